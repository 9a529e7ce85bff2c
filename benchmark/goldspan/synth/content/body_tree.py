"""The body of an article as a tree, read from Markdown.

A *node* is a paragraph, heading, list, table …; a *unit* is the smallest piece that carries text (a paragraph, a list
item, a table cell), and becomes one block of the gold. The Markdown is CommonMark with pipe tables and footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from goldspan.errors import CorpusError

_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*))*)", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uff00-\uffef]")
_STYLES = {"em_open": "em", "strong_open": "strong", "s_open": "s"}


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one inline style.

    Attributes:
        styles: ``em strong s code``, outermost first.
        href: where the run links to.
        note: the number of the footnote that the run refers to.
    """

    text: str
    styles: tuple[str, ...] = ()
    href: str | None = None
    note: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text that becomes one block: its key within the article, its role and its runs."""

    key: str
    role: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the body.

    Attributes:
        kind: ``p h ul ol li quote pre table row cell hr notes note``.
        level: of a heading; of a cell, 1 in a header row.
        cell: table, row and column of a cell.
        info: the language of a code block.
    """

    kind: str
    unit: Unit | None = None
    children: tuple[Node, ...] = ()
    level: int = 0
    cell: tuple[int, int, int] | None = None
    info: str = ""

    def units(self) -> Iterator[Unit]:
        """All units of this node, in reading order."""
        if self.unit is not None:
            yield self.unit
        for child in self.children:
            yield from child.units()


class BodyReader:
    """Reads Markdown into nodes; keys and tables are numbered through all the texts that one reader reads."""

    def __init__(self) -> None:
        self._parser = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
        self._units = 0
        self._tables = 0
        self._notes: dict[str, int] = {}

    def read(self, markdown: str) -> tuple[Node, ...]:
        definitions = [(match[1], match[2]) for match in _NOTE.finditer(markdown)]
        self._notes = {name: number for number, (name, _) in enumerate(definitions, 1)}
        tokens = iter(self._parser.parse(_NOTE.sub("", markdown)))
        nodes = self._nodes(tokens, None, "p")
        if definitions:
            notes = []
            for _, text in definitions:
                inline = self._parser.parseInline(" ".join(text.split()))[0]
                notes.append(Node("note", self._unit("footnote", inline)))
            nodes += (Node("notes", children=tuple(notes)),)
        return nodes

    def inline(self, text: str) -> tuple[Run, ...]:
        """The runs of a single line, of a caption or a deck for example."""
        return _runs(self._parser.parseInline(text)[0], {})

    def _key(self) -> str:
        self._units += 1
        return f"b{self._units - 1}"

    def _unit(self, role: str, inline: Token) -> Unit:
        return Unit(self._key(), role, _runs(inline, self._notes))

    def _nodes(self, tokens: Iterator[Token], end: str | None, role: str) -> tuple[Node, ...]:
        nodes: list[Node] = []
        for token in tokens:
            kind = token.type
            if kind == end:
                break
            if kind == "paragraph_open":
                nodes.append(Node("p", self._unit(role, next(tokens))))
                next(tokens)
            elif kind == "heading_open":
                level = int(token.tag[1])
                nodes.append(Node("h", self._unit(f"h{level}", next(tokens)), level=level))
                next(tokens)
            elif kind in ("bullet_list_open", "ordered_list_open"):
                name = "ul" if kind.startswith("bullet") else "ol"
                nodes.append(Node(name, children=self._nodes(tokens, kind.replace("open", "close"), role)))
            elif kind == "list_item_open":
                nodes.append(_lifted(self._nodes(tokens, "list_item_close", "li")))
            elif kind == "blockquote_open":
                nodes.append(Node("quote", children=self._nodes(tokens, "blockquote_close", "quote")))
            elif kind in ("fence", "code_block"):
                unit = Unit(self._key(), "code", (Run(token.content.rstrip("\n")),))
                nodes.append(Node("pre", unit, info=token.info.split()[0] if token.info else ""))
            elif kind == "hr":
                nodes.append(Node("hr"))
            elif kind == "table_open":
                nodes.append(self._table(tokens))
            else:
                raise CorpusError(f"Markdown that articles do not use: {kind}", "Write it as plain CommonMark.")
        return tuple(nodes)

    def _table(self, tokens: Iterator[Token]) -> Node:
        number = self._tables
        self._tables += 1
        rows: list[Node] = []
        cells: list[Node] = []
        header = False
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type in ("thead_open", "thead_close"):
                header = token.type == "thead_open"
            elif token.type == "tr_close":
                rows.append(Node("row", children=tuple(cells), level=int(header)))
                cells = []
            elif token.type == "inline":
                place = (number, len(rows), len(cells))
                cells.append(Node("cell", self._unit("cell", token), level=int(header), cell=place))
        return Node("table", children=tuple(rows))


def _lifted(children: tuple[Node, ...]) -> Node:
    """A list item; the text of its first paragraph belongs to the item itself."""
    if children and children[0].kind == "p":
        return Node("li", children[0].unit, children[1:])
    return Node("li", children=children)


def _runs(inline: Token, notes: dict[str, int]) -> tuple[Run, ...]:
    runs: list[Run] = []
    styles: list[str] = []
    href: str | None = None
    children = inline.children or []
    for at, token in enumerate(children):
        kind = token.type
        if kind == "text":
            runs.extend(_with_notes(token.content, tuple(styles), href, notes))
        elif kind == "code_inline":
            runs.append(Run(token.content, (*styles, "code"), href))
        elif kind == "softbreak":
            before = children[at - 1].content[-1:] if at else ""
            after = children[at + 1].content[:1] if at + 1 < len(children) else ""
            glued = bool(_SPACELESS.match(before) and _SPACELESS.match(after))
            runs.append(Run("" if glued else " ", tuple(styles), href))
        elif kind == "hardbreak":
            runs.append(Run("\n", tuple(styles), href))
        elif kind in _STYLES:
            styles.append(_STYLES[kind])
        elif kind in ("em_close", "strong_close", "s_close"):
            styles.pop()
        elif kind == "link_open":
            href = str(token.attrs.get("href", ""))
        elif kind == "link_close":
            href = None
        else:
            raise CorpusError(f"Markdown that articles do not use: {kind}", "Write it as plain CommonMark.")
    return tuple(run for run in runs if run.text)


def _with_notes(text: str, styles: tuple[str, ...], href: str | None, notes: dict[str, int]) -> Iterator[Run]:
    at = 0
    for match in _NOTE_MARK.finditer(text):
        if match[1] not in notes:
            continue
        yield Run(text[at : match.start()], styles, href)
        yield Run(str(notes[match[1]]), styles, note=notes[match[1]])
        at = match.end()
    yield Run(text[at:], styles, href)
