"""Turn a captured page into a sample: store it unchanged, cut it into blocks, draft labels; refuse duplicates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from goldspan.annotate.capture import Capture, read_capture
from goldspan.annotate.download import fetch
from goldspan.annotate.drafts import draft_labels
from goldspan.annotate.lint_context import strings_in
from goldspan.annotate.minhash import ALIKE, similarity, sketch_words
from goldspan.annotate.provenance import UNLABELLED, new_provenance
from goldspan.core.text import build_stream, decode, tokenise
from goldspan.data.corpora.base import language_of, site_of
from goldspan.data.corpora.samples import sample_folders
from goldspan.data.files import read_json, sha256, write_folder
from goldspan.data.gold import format_gold, sample_to_json
from goldspan.errors import CorpusError, UsageError
from goldspan.model import About, Block, Gold, GoldBlock, Page, Sample

PROSE = 12  # words of a block that is more than a line of a menu
SCRIPTED = 0.5  # share of the page's prose that stands only in its scripts: most of what a reader sees
KNOWN = 0.8  # share of a text's words that stand in the HTML too, as those of a copy do
THIN = 40  # words of prose under which a page with much script is an empty shell
SHELL = 20_000  # bytes of script that make a page with hardly any text a program
_ID = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Added:
    """A new sample.

    Attributes:
        blocks: how many blocks its stream has.
        warning: what the user should know about the page, if anything.
    """

    folder: Path
    page: Page
    blocks: int
    prelabelled_by: str | None
    warning: str | None


def add_page(
    capture: Capture,
    into: Path,
    *,
    id: str | None = None,
    about: About,
    duplicates: bool = False,
) -> Added:
    """Store a page as a new sample of a folder.

    Args:
        id: the sample's name; made of language, site and hash if None.
        about: what the user says about the page; its language and site are filled in where they are None.
        duplicates: add it even if it is there already.

    Raises:
        UsageError: the page, or one like it, is there already; or the name is taken or not valid.
        CorpusError: it has no text.
    """
    language = about.language or language_of(capture.data)
    site = about.site or site_of(capture.url)
    digest = sha256(capture.data)
    slug = _ID.sub("-", site or "page").strip("-")
    name = id or "-".join([language or "xx", slug, digest[:8]])
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", name):
        raise UsageError(f"'{name}' is no id", "Take letters, digits, '.', '_' and '-'.")
    page = Page(name, capture.data, capture.url, capture.charset, None, capture.media, capture.captured)
    page = replace(page, encoding=decode(page)[1])
    blocks = build_stream(page)
    if not blocks:
        raise CorpusError("the page has no text", "Is it built by scripts? Save it in a browser as MHTML and add that.")
    folder = sample_folders(into)[0]
    if not duplicates:
        _refuse_known(page, blocks, folder)
    drafted = draft_labels(page, blocks)
    labels: Sequence[GoldBlock] = drafted.labels if drafted else [GoldBlock(block.text, UNLABELLED) for block in blocks]
    marked = tuple(replace(label, hidden=block.hidden) for block, label in zip(blocks, labels, strict=True))
    by = drafted.by if drafted else None
    provenance = new_provenance(len(blocks), [label.label for label in labels] if drafted else None, by)
    gold = Gold(replace(about, language=language, site=site), marked, provenance=provenance)
    data = sample_to_json(Sample(page, gold), _file(page))
    try:
        write_folder(folder / name, {_file(page): page.data, "gold.json": format_gold(data)})
    except UsageError:
        raise UsageError(f"{folder / name} is there already", "Give the sample another name with --id.") from None
    return Added(folder / name, page, len(blocks), by, scripted(page, blocks))


def _file(page: Page) -> str:
    return "page.html" if page.media == "html" else "page.txt"


def _refuse_known(page: Page, blocks: Sequence[Block], folder: Path) -> None:
    hashes = _sketch(block.text for block in blocks)
    do = "Add it all the same with --duplicate."
    for name, data in _golds(folder):
        stated = data.get("page", {})
        if stated.get("sha256") == sha256(page.data):
            raise UsageError(f"the page is there already, as {name}", do)
        if page.url and _same(stated.get("url")) == _same(page.url):
            raise UsageError(f"a page of this URL is there already, as {name}", do)
        its = _sketch(str(block.get("text", "")) for block in data.get("blocks", ()))
        alike = similarity(hashes, its) if hashes and its else 0.0
        if alike >= ALIKE:
            raise UsageError(f"{alike:.0%} of the page's text is that of {name}", do)


def _golds(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The golds of a folder; 'goldspan check' reports those that cannot be read."""
    for path in sorted(folder.glob("*/gold.json")):
        try:
            data = read_json(path)
        except CorpusError:
            continue
        if isinstance(data, dict):
            yield path.parent.name, data


def _same(url: object) -> str:
    """A URL without what does not change the page: scheme, fragment, the last slash."""
    text = str(url or "")
    return text.partition("#")[0].partition("://")[2].rstrip("/") or text


def _sketch(texts: Iterator[str]) -> tuple[int, ...]:
    """The sketch of a page's prose: the menus of two pages of a site are the same, and prove nothing."""
    lines = (tokenise(text) for text in texts)
    return sketch_words([word for line in lines if len(line) >= PROSE for word in line])


def scripted(page: Page, blocks: Sequence[Block]) -> str | None:
    """A warning if most of the page's text is not in its HTML, because scripts insert it."""
    from selectolax.lexbor import LexborHTMLParser

    if page.media != "html":
        return None
    shown = {word for block in blocks for word in tokenise(block.text)}
    prose = sum(len(line) for line in (tokenise(block.text) for block in blocks) if len(line) >= PROSE)
    programs = [node.text() for node in LexborHTMLParser(decode(page)[0]).css("script")]
    hidden = 0
    for told in _texts(programs):
        words = tokenise(told)
        if len(words) >= PROSE and len(shown & set(words)) < KNOWN * len(set(words)):
            hidden += len(words)
    if hidden > 2 * THIN and hidden >= SCRIPTED * (hidden + prose):
        return f"about {hidden} words of the text stand only in the page's scripts, {prose} in its HTML"
    size = sum(map(len, programs))
    if prose < THIN and size >= SHELL:
        return f"the HTML holds {prose} words of prose and {size // 1000} kB of scripts: its text may be built by them"
    return None


def _texts(programs: Sequence[str]) -> Iterator[str]:
    """The texts in the scripts that are data."""
    import orjson

    for program in programs:
        if program.lstrip()[:1] in ("{", "["):
            try:
                yield from (text for text in strings_in(orjson.loads(program)) if text.count(" ") >= PROSE - 1)
            except orjson.JSONDecodeError:
                continue


def read_source(source: str, url: str | None, private: bool) -> Capture:
    """The page in a file or, for an address, on the web.

    Raises:
        UsageError, CorpusError: it cannot be had.
    """
    if source.startswith(("http://", "https://")):
        if url and url != source:
            raise UsageError("--url is for files", "A page that is fetched has its own URL.")
        return fetch(source, private=private)
    path = Path(source)
    if not path.is_file():
        raise UsageError(f"{source} is no file", "Give a file, or a URL with http:// or https://.")
    return read_capture(path, url)
