"""A page as the annotator's browser shows it, and the structure around its blocks.

A page is somebody else's code. No markup of it reaches the browser: the server parses it, and sends a list of steps by
which a script of ours builds the page from elements and attributes that are known to be harmless. What the server
parsed is thus what the browser shows, and every run of text is in an element of its own with its block's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from goldspan.core.text import decode
from goldspan.core.text.stream import INLINE, SKIPPED
from goldspan.data.corpora.projection import role_of
from goldspan.model import Block, Page

# Rendered under their own names, so that a page's style sheet applies. All else becomes a plain box or a plain run.
_SHOWN = frozenset(
    "a abbr address article aside b bdi bdo big blockquote body caption center cite code col colgroup dd del details "
    "dfn dialog dir div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr html i ins "
    "kbd legend li main mark menu nav nobr ol p pre q rb rp rt rtc ruby s samp section small span strike strong sub "
    "summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
_ATTRIBUTES = frozenset(
    "align bgcolor border cellpadding cellspacing class color colspan dir face height hidden id lang open reversed "
    "rowspan size start style valign value width".split()
)
_DEEPEST = 300  # elements; deeper ones are left out and their text stays, since no browser lays out more
_SPACE = " \t\n\f\r\u00a0\u200b\ufeff"
_LOADS = re.compile(r"@import[^;]*;?|(?:url|image-set|image|src|element|cross-fade|paint)\([^)]*\)?", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:0{0,4}([46][0-9a-f]|[57][0-9a])\s?|([g-z@]))", re.IGNORECASE)  # a letter, or @
_DIGITS = re.compile(r"\d+")

Step = Any
"""``[tag, attributes]`` opens an element, ``0`` closes it, ``1`` breaks the line, ``[number, text]`` is a text run."""


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """Where a block stands.

    Attributes:
        alike: blocks with the same number stand in elements of the same names and classes.
        role: the role that it has if it is body text.
        cell: table, row and column, counted over all tables of the page, if it stands in a table.
    """

    alike: int
    role: str
    cell: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class View:
    """A page to look at.

    Attributes:
        steps: how the page is built.
        styles: its style sheets, each with its media query; nothing in them loads anything.
        places: one for each block.
        subtrees: the ranges of blocks, half-open, that are the content of an element.
    """

    steps: list[Step]
    styles: list[tuple[str, str]]
    places: list[TokenSpan]
    subtrees: list[tuple[int, int]]


@dataclass(slots=True)
class _Table:
    number: int
    row: int = -1
    column: int = 0


@dataclass(slots=True)
class _Open:
    """An element whose end has not come."""

    node: LexborNode
    tag: str
    shown: bool
    alike: int
    table: _Table | None
    pre: bool
    first: int = -1
    last: int = -1


@dataclass(slots=True)
class _Cursor:
    """Where in the stream the walk is; the stream and the tree hold the same characters but for space."""

    blocks: Sequence[Block]
    block: int = 0
    at: int = 0

    def take(self, raw: str) -> tuple[int, str] | None:
        """The block that a text node belongs to, and the text since the last one, up to the node's last character."""
        wanted = [char for char in raw if char not in _SPACE]
        if not wanted:
            return None
        text = self.blocks[self.block].text
        if self.at == len(text):
            self.block, self.at = self.block + 1, 0
            text = self.blocks[self.block].text
        end = self.at
        for char in wanted:
            while text[end] in _SPACE:
                end += 1
            if text[end] != char:
                raise ValueError(f"block {self.block} does not hold the page's text at {end}")
            end += 1
        found = self.block, text[self.at : end]
        self.at = end
        return found


@dataclass(slots=True)
class _Builder:
    cursor: _Cursor
    steps: list[Step] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    paths: dict[tuple[int, str], int] = field(default_factory=dict)
    places: list[TokenSpan] = field(default_factory=list)
    subtrees: set[tuple[int, int]] = field(default_factory=set)
    tables: int = 0

    def enter(self, node: LexborNode, tag: str) -> None:
        attributes = node.attributes
        around = self.open[-1] if self.open else None
        classes = " ".join(sorted(_DIGITS.sub("#", attributes.get("class") or "").split()))
        alike = self.paths.setdefault((around.alike if around else -1, f"{tag} {classes}"), len(self.paths))
        shown = len(self.open) < _DEEPEST
        if shown:
            name = tag if tag in _SHOWN else "gs-inline" if tag in INLINE else "gs-box"
            kept = {key: _harmless(key, value or "") for key, value in attributes.items() if key in _ATTRIBUTES}
            if tag == "a" and "href" in attributes:
                kept["data-gs-link"] = ""
            self.steps.append([name, kept] if kept else [name])
        table = around.table if around else None
        if tag == "table":
            table, self.tables = _Table(self.tables), self.tables + 1
        elif tag == "tr" and table:
            table.row, table.column = table.row + 1, 0
        pre = tag == "pre" or (around is not None and around.pre)
        self.open.append(_Open(node, tag, shown, alike, table, pre))

    def leave(self) -> LexborNode:
        done = self.open.pop()
        if done.shown:
            self.steps.append(0)
        if done.tag in ("td", "th") and done.table:
            span = (done.node.attributes.get("colspan") or "1").strip()
            done.table.column += min(max(int(span), 1), 1000) if span.isascii() and span.isdigit() else 1
        if done.first >= 0:
            if done.last > done.first:
                self.subtrees.add((done.first, done.last + 1))
            if self.open:
                around = self.open[-1]
                around.first = done.first if around.first < 0 else min(around.first, done.first)
                around.last = max(around.last, done.last)
        return done.node

    def text(self, raw: str) -> None:
        run = self.cursor.take(raw)
        if run is None:
            return
        number, text = run
        self.steps.append([number, text])
        here = self.open[-1]
        here.first = number if here.first < 0 else here.first
        here.last = number
        if number == len(self.places):
            self.places.append(self._place(number))

    def _place(self, number: int) -> TokenSpan:
        inner = next((one for one in reversed(self.open) if one.tag not in INLINE), self.open[-1])
        path = self.cursor.blocks[number].path
        cell = inner.table and (inner.table.number, max(inner.table.row, 0), inner.table.column)
        is_cell = any(one.tag in ("td", "th") for one in self.open[-2:]) and cell is not None
        return TokenSpan(inner.alike, role_of(path) or ("cell" if is_cell else "p"), cell or None)


def _harmless(name: str, value: str) -> str:
    return unloading(value) if name == "style" else value[:2000]


def unloading(css: str) -> str:
    """CSS without what would load something; the frame's content policy is what makes sure of it."""
    plain = _ESCAPE.sub(lambda found: found[2] or chr(int(found[1], 16)), css)
    return _LOADS.sub("none", plain)


def build_view(page: Page, blocks: Sequence[Block]) -> View:
    """The view of a page.

    Args:
        blocks: its stream.

    Raises:
        ValueError: the blocks are not the page's stream.
    """
    html, _ = decode(page)
    if page.media == "text":
        steps: list[Step] = [["body"]]
        for number, block in enumerate(blocks):
            steps += [["p"], [number, block.text], 0]
        return View([*steps, 0], [], [TokenSpan(0, "p", None)] * len(blocks), [])
    tree = LexborHTMLParser(html)
    styles = [(unloading(node.text()), node.attributes.get("media") or "") for node in tree.css("style")]
    builder = _Builder(_Cursor(blocks))
    if tree.root is not None:
        _walk(tree.root, builder)
    if len(builder.places) != len(blocks):
        raise ValueError(f"{len(blocks)} blocks, {len(builder.places)} of them on the page")
    return View(builder.steps, styles, builder.places, sorted(builder.subtrees, key=lambda two: (two[1] - two[0], two)))


def _walk(root: LexborNode, builder: _Builder) -> None:
    node: LexborNode | None = root
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            builder.text(node.text_content or "")
        elif tag == "br":
            # In preformatted text the run that follows begins with the newline itself.
            if not builder.open[-1].pre:
                builder.steps.append(1)
        elif tag == "img":
            builder.steps += [["gs-image"], 0]
        elif tag and tag[0] != "-" and tag not in SKIPPED:
            builder.enter(node, tag)
            if node.first_child is not None:
                node = node.first_child
                continue
            builder.leave()
        while node.next is None:
            if not builder.open:
                return
            node = builder.leave()
        node = node.next


def runs_of(view: View) -> Iterator[tuple[int, str]]:
    """The runs of text of a view, in order: the number of their block, and their text."""
    for step in view.steps:
        if isinstance(step, list) and isinstance(step[0], int):
            yield step[0], step[1]
