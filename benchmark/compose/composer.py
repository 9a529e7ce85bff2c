"""Article × skin × seed → a page and its gold, the same bytes every time."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from benchmark.compose.article import Article
from benchmark.compose.bank import Bank, load_bank
from benchmark.compose.draw import Draw
from benchmark.compose.gold import content_tokens, gold_blocks, strip_marks
from benchmark.compose.kit import Kit
from benchmark.compose.skin import Skin, render
from benchmark.errors import CorpusError
from benchmark.model import About, Gold, GoldBlock, Page, Sample
from benchmark.text import build_blocks, build_marked, decode, tokenise

LICENCE = "CC-BY-4.0"
GUIDELINE = "1.0"

# What a language was written in before UTF-8: the label that pages state, and Python's codec.
LEGACY = {
    "ar": ("windows-1256", "cp1256"), "fa": ("windows-1256", "cp1256"), "he": ("windows-1255", "cp1255"),
    "bg": ("windows-1251", "cp1251"), "ru": ("windows-1251", "cp1251"), "uk": ("windows-1251", "cp1251"),
    "cs": ("windows-1250", "cp1250"), "hu": ("windows-1250", "cp1250"), "pl": ("iso-8859-2", "iso8859_2"),
    "el": ("iso-8859-7", "iso8859_7"), "tr": ("windows-1254", "cp1254"), "th": ("windows-874", "cp874"),
    "ja": ("shift_jis", "cp932"), "ko": ("euc-kr", "cp949"), "zh": ("gb2312", "gbk"), "zh-Hant": ("big5", "big5hkscs"),
    "vi": ("windows-1258", "cp1258"),
}  # fmt: skip
_WESTERN = (("windows-1252", "cp1252"), ("iso-8859-1", "cp1252"))
_PRE = re.compile(r"(<pre\b.*?</pre>|<script\b.*?</script>|<style\b.*?</style>)", re.S)
_LINES_BETWEEN_TAGS = re.compile(r">[ \t]*\n\s*<")
_INDENT = re.compile(r"\n[ \t]+")


@dataclass(frozen=True, slots=True)
class Marked:
    """A page as it left the template, before its marks were taken out."""

    html: str
    label: str
    codec: str


def compose(article: Article, skin: Skin, seed: str, page_id: str, bank: Bank | None = None) -> Sample:
    """A page and its exact gold.

    Raises:
        CorpusError: a phrase is missing, some text has no mark, or the page doesn't hold the article whole.
    """
    draw = Draw(seed)
    kit = Kit(article, skin, bank or load_bank(article.language), draw)
    marked = _mark(kit, draw)
    final = strip_marks(marked.html)
    data = final.encode(marked.codec, "xmlcharrefreplace")
    page = Page(page_id, data, kit.url)
    encoding = decode(Page(page_id, data, charset=marked.label))[1]
    page = Page(page_id, data, kit.url, encoding=encoding)
    stream = build_marked(marked.html)
    blocks = gold_blocks(stream)
    if tuple(found.block.text for found in stream) != tuple(found.text for found in build_blocks(decode(page)[0])):
        raise CorpusError(f"{page_id}: taking the marks out, or the encoding, changed the text", _first_change(stream, page))
    extra: tuple[GoldBlock, ...] = ()
    if kit.extra:
        extra = tuple(GoldBlock(unit.text, "body", unit.role, source=kit.extra[0]) for unit in kit.extra[1])
    _check_whole(page_id, article, skin, blocks + extra)
    about = About(
        language=article.language,
        page_type="listing" if skin.listing else article.page_type,
        family=skin.family,
        article=None if skin.listing else article.key,
        origin="authored",
        licence=LICENCE,
        mess=kit.mess.names,
    )
    provenance = {"annotators": ["composer"], "prelabelled_by": None, "guideline": GUIDELINE}
    return Sample(page, Gold(about, blocks, extra, metadata=_metadata(kit), provenance=provenance))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mark(kit: Kit, draw: Draw) -> Marked:
    label = codec = "utf-8"
    if kit.skin.encoding == "legacy":
        label, codec = LEGACY.get(kit.article.language) or draw.child("western").pick(_WESTERN)
    kit.encoding_label = label
    html = render(kit.skin, kit.context())
    # What this encoding cannot write stands as a reference in the marked page too: both are read alike.
    html = html.encode(codec, "xmlcharrefreplace").decode(codec)
    return Marked(_lay_out(html, draw.child("whitespace").weighted(kit.skin.whitespace)), label, codec)


def _lay_out(html: str, manner: str) -> str:
    """Line breaks and indentation as a build step or a chain of includes leaves them."""
    if manner == "indented":
        return html
    parts = _PRE.split(html)
    for number in range(0, len(parts), 2):
        if manner == "minified":
            parts[number] = _LINES_BETWEEN_TAGS.sub("><", parts[number])
            parts[number] = _INDENT.sub("\n", parts[number])
        else:
            parts[number] = _LINES_BETWEEN_TAGS.sub(lambda match: match[0].replace("\n", "\n\n", 1), parts[number])
    return "".join(parts)


def _check_whole(page_id: str, article: Article, skin: Skin, blocks: tuple[GoldBlock, ...]) -> None:
    """Every word of the article stands in the gold as body, once and in order; nothing else does."""
    found = content_tokens(blocks)
    owed = [] if skin.listing else [token for unit in article.units() for token in tokenise(unit.text)]
    if sorted(found) == sorted(owed):
        return
    missing, added = Counter(owed), Counter(found)
    raise CorpusError(
        f"{page_id}: the gold doesn't hold the article as it is: missing {list((missing - added).elements())[:12]}, "
        f"added {list((added - missing).elements())[:12]}",
        f"Look at the body in skins/{skin.family}/page.html.",
    )


def _first_change(stream: list[Any], page: Page) -> str:
    after = build_blocks(decode(page)[0])
    for number, (old, new) in enumerate(zip(stream, after, strict=False)):
        if old.block.text != new.text:
            return f"Block {number} was {old.block.text[:80]!r} and is {new.text[:80]!r}."
    return f"There were {len(stream)} blocks and are {len(after)}."


def _metadata(kit: Kit) -> dict[str, Any]:
    """What the page states, as precisely as it states it."""
    article = kit.article
    if kit.skin.listing:
        return {"title": kit.listing_title, "authors": None, "published": None, "modified": None,
                "publisher": kit.site["name"], "language": article.language, "description": None}  # fmt: skip
    return {
        "title": article.title,
        "authors": list(article.authors) if article.authors and kit.shown_authors else None,
        "published": _stated(article.published, kit.stated.get("published", 0)),
        "modified": _stated(article.modified, kit.stated.get("modified", 0)),
        "publisher": kit.source,
        "language": article.language,
        "description": kit.facts().description if "description" in kit.stated else None,
    }


def _stated(value: str | None, precision: int) -> str | None:
    return value[:precision] if value and precision else None
