"""Article × site template × seed → a page and its gold, the same bytes every time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from goldspan.core.text import MarkedBlock, build_blocks, build_marked, decode, tokenise
from goldspan.errors import CorpusError
from goldspan.model import About, Gold, GoldBlock, Page, Sample
from goldspan.synth.content.article import Article
from goldspan.synth.marked_page import content_tokens, gold_blocks, strip_marks
from goldspan.synth.noise.ablate import cut
from goldspan.synth.phrases.phrasebook import Phrasebook, load_phrasebook
from goldspan.synth.rng import Rng
from goldspan.synth.site.markup_style import apply_markup_style
from goldspan.synth.site.site_template import SiteTemplate, render
from goldspan.synth.site.template_context import TemplateContext

LICENCE = "CC-BY-4.0"
GUIDELINE = "1.0"

# What a language was written in before UTF-8: the label that pages state, and Python's codec.
_WESTERN = (("windows-1252", "cp1252"), ("iso-8859-1", "cp1252"))
_LEGACY = {
    "ar": ("windows-1256", "cp1256"),
    "bg": ("windows-1251", "cp1251"),
    "cs": ("windows-1250", "cp1250"),
    "el": ("iso-8859-7", "iso8859_7"),
    "fa": ("windows-1256", "cp1256"),
    "he": ("windows-1255", "cp1255"),
    "hu": ("windows-1250", "cp1250"),
    "ja": ("shift_jis", "cp932"),
    "ko": ("euc-kr", "cp949"),
    "pl": ("iso-8859-2", "iso8859_2"),
    "ru": ("windows-1251", "cp1251"),
    "th": ("windows-874", "cp874"),
    "tr": ("windows-1254", "cp1254"),
    "uk": ("windows-1251", "cp1251"),
    "zh": ("gb2312", "gbk"),
    "zh-Hant": ("big5", "big5hkscs"),
}
_LATIN_1 = frozenset("de en es fi fr id it nl pt sv".split())
_RAW = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>)", re.S)
_ESCAPE = re.compile(r"\\[xuU]0*([0-9a-f]+)")
_KEEP = re.compile(r"(<pre\b.*?</pre>|<script\b.*?</script>|<style\b.*?</style>)", re.S)
_LINES_BETWEEN_TAGS = re.compile(r">[ \t]*\n\s*<")
_INDENT = re.compile(r"\n[ \t]+")


def compose(
    article: Article,
    template: SiteTemplate,
    seed: str,
    page_id: str,
    phrasebook: Phrasebook | None = None,
    canary: str | None = None,
    without: str = "",
) -> Sample:
    """A page and its exact gold.

    Args:
        bank: the phrasebook to use; the package's for the article's language if None.
        without: a kind of mess that is cut from the page or switched off; all else stays as it is.

    Raises:
        CorpusError: a phrase is missing, some text has no mark, or the page does not contain the whole article.
    """
    draw = Rng(seed)
    phrasebook = phrasebook or load_phrasebook(article.language)
    shown = (
        _listing(article, template.page_types[0], phrasebook, draw.child("listing")) if template.listing else article
    )
    context = TemplateContext(shown, template, phrasebook, draw, without)
    marked, label, codec = _marked_page(context, draw, without)
    final = strip_marks(marked)
    if "<built-in" in final or " object at 0x" in final:
        raise CorpusError(f"{page_id}: the template prints an object", f"Correct its {template.family}/page.html.")
    page = _page(page_id, final.encode(codec, "xmlcharrefreplace"), context.url, label)
    stream = build_marked(marked)
    blocks = gold_blocks(stream)
    _check_stream(stream, page)
    extra: tuple[GoldBlock, ...] = ()
    if context.extra:
        source, units = context.extra
        extra = tuple(GoldBlock(unit.text, "body", unit.role, source=source) for unit in units)
    _check_whole(page_id, shown, template, blocks + extra)
    about = About(
        language=article.language,
        page_type=shown.page_type,
        family=template.family,
        article=None if template.listing else article.key,
        origin="authored",
        licence=LICENCE,
        mess=context.mess.names(context.prose.used),
    )
    provenance = {"annotators": ["composer"], "prelabelled_by": None, "guideline": GUIDELINE}
    gold = Gold(about, blocks, extra, metadata=_metadata(context), provenance=provenance, canary=canary)
    return Sample(page, gold)


def _page(page_id: str, data: bytes, url: str, label: str) -> Page:
    """The page, with the HTTP header's charset where the markup alone would be read in another encoding."""
    encoding = decode(Page(page_id, data, charset=label))[1]
    charset = None if decode(Page(page_id, data))[1] == encoding else label
    return Page(page_id, data, url, charset, encoding)


def _listing(article: Article, page_type: str, phrasebook: Phrasebook, draw: Rng) -> Article:
    """What a page that shows no article is made from: a heading for its type, and a section to draw its links for."""
    section = article.section or str(phrasebook.get("nav.main")[1])
    heading = str(draw.pick(phrasebook.get(f"{page_type}.heads")))
    topic = next(iter(article.tags), section)
    title = heading.replace("{section}", section).replace("{topic}", topic)
    return Article(article.slug, title, article.language, page_type, section=section, tags=article.tags)


def _marked_page(context: TemplateContext, draw: Rng, without: str = "") -> tuple[str, str, str]:
    """The page with its marks, the label of its encoding and the codec for it."""
    label = codec = "utf-8"
    wanted, language = context.template.encoding, context.article.language
    is_old = wanted == "either" and (language in _LEGACY or language in _LATIN_1) and draw.child("encoding").chance(0.5)
    if is_old or wanted == "legacy":
        label, codec = _LEGACY.get(language) or draw.child("western").pick(_WESTERN)
    context.encoding_label = label
    html = render(context.template, context.context(), without)
    html = writable(html, codec)
    manner = draw.child("whitespace").weighted(context.template.whitespace)
    html = apply_markup_style(_lay_out(html, manner), context.host, draw.child("dress"), manner == "minified")
    return cut(html) if without else html, label, codec


def writable(html: str, codec: str) -> str:
    """The page with references for what the encoding cannot write, and with escapes in scripts and style sheets.

    They stand in the marked page too, so that both pages are read alike.
    """
    parts = _RAW.split(html)
    for number, part in enumerate(parts):
        manner = "backslashreplace" if number % 2 else "xmlcharrefreplace"
        parts[number] = part.encode(codec, manner).decode(codec)
        if part.startswith("<style"):
            parts[number] = _ESCAPE.sub(r"\\\1 ", parts[number])
    return "".join(parts)


def _lay_out(html: str, manner: str) -> str:
    """Line breaks and indentation as a build step or a chain of includes would leave them."""
    if manner == "indented":
        return html
    parts = _KEEP.split(html)
    for number in range(0, len(parts), 2):
        if manner == "minified":
            parts[number] = _INDENT.sub("\n", _LINES_BETWEEN_TAGS.sub("><", parts[number]))
        else:
            parts[number] = _LINES_BETWEEN_TAGS.sub(lambda found: found[0].replace("\n", "\n\n", 1), parts[number])
    return "".join(parts)


def _check_stream(marked: Sequence[MarkedBlock], page: Page) -> None:
    """The final bytes give the stream that the marks were read from."""
    before = [(found.block.text, found.block.hidden) for found in marked]
    after = [(found.text, found.hidden) for found in build_blocks(decode(page)[0])]
    if before == after:
        return
    changes = (f"Block {at} was {old} and is {new}" for at, (old, new) in enumerate(zip(before, after)) if old != new)  # noqa: B905
    change = next(changes, f"There were {len(before)} blocks and are {len(after)}")
    raise CorpusError(f"{page.id}: taking the marks out, or the encoding, changed the text. {change[:300]}")


def _check_whole(page_id: str, article: Article, template: SiteTemplate, blocks: tuple[GoldBlock, ...]) -> None:
    """The words of the article are the content of the gold: all of them, in order, and nothing else."""
    found = content_tokens(blocks)
    gold_tokens = [token for unit in article.units() for token in tokenise(unit.text)]
    if found == gold_tokens:
        return
    missing, added = Counter(gold_tokens), Counter(found)
    raise CorpusError(
        f"{page_id}: the gold doesn't hold the article as it is: missing {list((missing - added).elements())[:12]}, "
        f"added {list((added - missing).elements())[:12]}",
        f"Look at the body in templates/{template.family}/page.html.",
    )


def _metadata(context: TemplateContext) -> dict[str, Any]:
    """What the page states, as precisely as it states it."""
    article = context.article
    return {
        "title": article.title,
        "authors": list(article.authors) if article.authors and context.shown_authors else None,
        "published": _stated(article.published, context.stated.get("published", 0)),
        "modified": _stated(article.modified, context.stated.get("modified", 0)),
        "publisher": context.source,
        "language": article.language,
        "description": context.facts().description if "description" in context.stated else None,
    }


def _stated(value: str | None, precision: int) -> str | None:
    return value[:precision] if value and precision else None
