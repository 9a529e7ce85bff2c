"""Reading authored articles: front matter and Markdown, as ``annotations/articles/<lang>/<slug>.md`` holds them.

A thread or live blog has entries, each under a heading ``## @author | ISO time | optional title``; every other article
has one body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from goldspan.errors import CorpusError
from goldspan.synth.content.body_tree import BodyReader, Node, Run, Unit

_ENTRY = re.compile(
    r"^##[ \t]+@(?P<author>[^|\n]+?)[ \t]*\|[ \t]*(?P<time>[^|\n]+?)[ \t]*(?:\|[ \t]*(?P<title>[^\n]+?)[ \t]*)?$", re.M
)
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.S)
_TEXTS = ("deck", "kicker", "agency", "published", "modified", "section", "correction", "author_bio", "pullquote")


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the article: only what a page says about it, without a file."""

    caption: str | None
    credit: str | None
    alt: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a thread or live blog. Its title, where it has one, is a unit of its own."""

    author: str
    time: str
    title: Unit | None
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """An authored article. Exactly one of ``nodes`` and ``entries`` is filled."""

    slug: str
    title: str
    language: str
    page_type: str
    authors: tuple[str, ...] = ()
    deck: str | None = None
    kicker: str | None = None
    agency: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    correction: str | None = None
    author_bio: str | None = None
    pullquote: str | None = None
    tags: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    images: tuple[Picture, ...] = ()
    nodes: tuple[Node, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def key(self) -> str:
        """``<lang>/<slug>``: the name that plans and golds use."""
        return f"{self.language}/{self.slug}"

    def units(self) -> Iterator[Unit]:
        """Every piece of body text, in the order of the article."""
        for node in self.nodes:
            yield from node.units()
        for entry in self.entries:
            if entry.title is not None:
                yield entry.title
            for node in entry.nodes:
                yield from node.units()


def read_articles(folder: Path) -> dict[str, Article]:
    """All articles below a folder, by key."""
    articles = (read_article(path) for path in sorted(folder.glob("*/*.md")) if _FRONT.match(_read(path)))
    return {article.key: article for article in articles}


def read_article(path: Path) -> Article:
    """One article.

    Raises:
        CorpusError: the file has no front matter, misses a field, or uses Markdown that articles do not use.
    """
    match = _FRONT.match(_read(path))
    if match is None:
        raise CorpusError(f"{path} has no front matter", "Begin it with a YAML block between two lines '---'.")
    try:
        fields = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        raise CorpusError(f"{path}: the front matter is no YAML: {error}", "Quote values with colons.") from error
    if not isinstance(fields, dict):
        raise CorpusError(f"{path}: the front matter is not a mapping", "Write 'key: value' lines.")
    missing = [name for name in ("title", "language", "page_type") if not fields.get(name)]
    if missing:
        raise CorpusError(f"{path} lacks {', '.join(missing)}", "Add it to the front matter.")
    try:
        return _article(path.stem, fields, match[2])
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def _article(slug: str, fields: Mapping[str, Any], markdown: str) -> Article:
    reader = BodyReader()
    heads = list(_ENTRY.finditer(markdown))
    nodes: tuple[Node, ...] = ()
    entries: list[Entry] = []
    if not heads:
        nodes = reader.read(markdown)
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(markdown)
        title = None
        # The opening post of a thread repeats the thread's title in its head.
        if head["title"] and head["title"] != fields["title"]:
            title = Unit(f"e{number}", "h3", (Run(head["title"]),))
        entries.append(Entry(head["author"], head["time"], title, reader.read(markdown[head.end() : end])))
    texts = {name: _text(fields.get(name)) for name in _TEXTS}
    return Article(
        slug=slug,
        title=str(fields["title"]),
        language=str(fields["language"]),
        page_type=str(fields["page_type"]),
        authors=_texts(fields.get("authors")),
        tags=_texts(fields.get("tags")),
        summary=_texts(fields.get("summary")),
        images=tuple(
            Picture(_text(image.get("caption")), _text(image.get("credit")), _text(image.get("alt")))
            for image in fields.get("images") or ()
        ),
        nodes=nodes,
        entries=tuple(entries),
        **texts,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip()


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(item).strip() for item in value) if isinstance(value, list) else (str(value).strip(),)
