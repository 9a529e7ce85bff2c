"""whatwg-text/1: the text stream of a page. This docstring is the specification.

A page is parsed by the WHATWG algorithm with scripting off and without declarative shadow roots (the reference
implementation is lexbor, through selectolax). The stream is its text in document order, as a list of blocks.

*Skipped* with all they hold: ``head title script style template iframe noembed noframes textarea svg object canvas
audio video datalist annotation annotation-xml``, comments and processing instructions; they end no block. ``noscript``
and ``select`` are kept. Attribute values (``alt``, ``value``, ``placeholder``) are not text.

*Inline* are the phrasing elements of the HTML standard and the obsolete ones that were rendered inline
(:data:`INLINE`), and every element inside ``math``. All other elements are block elements, custom and unknown ones
too; ``option``, ``legend``, ``summary``, ``button``, ``dt`` and ``dd`` among them. A block is a maximal run of text
that crosses no boundary, start or end, of a block element; an empty one (``hr``) is a boundary too. Inline elements
without text (``img``, ``input``, ``wbr``) are nothing.

*White space*: runs of space, tab, LF, FF, CR, NBSP, ZWSP and BOM become one space, across element boundaries, and a
block is trimmed. Inside ``pre``, newlines and tabs are text and stay as they are; the rest collapses as elsewhere.
``br`` becomes a newline and swallows the spaces around it; where nothing but space stands between two of them, the
block ends. Empty blocks are dropped. There is no Unicode normalisation.

*Hidden*: text is hidden when an ancestor has ``hidden``, ``aria-hidden="true"`` or an inline style with
``display:none`` or ``visibility:hidden``, is a ``dialog`` without ``open``, or is a ``details`` without ``open`` (all
of it but its first ``summary`` child). A block is hidden when all of its text is. Hidden blocks stay in the stream,
flagged; so does the text of ``rt`` and ``rp``.

Offsets are code points inside a block; over a whole stream, blocks are joined by one newline. In a plain-text page
each line is a block.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from goldspan.core.text.decode import decode
from goldspan.model import Block, Page

STREAM = "whatwg-text/1"
"""The version of the stream definition; it stands in every gold and every protocol string."""

SKIPPED = frozenset(
    "head title script style template iframe noembed noframes textarea svg object canvas audio video datalist "
    "annotation annotation-xml".split()
)
INLINE = frozenset(
    "a abbr acronym area b bdi bdo big blink br cite code data del dfn em embed font i img input ins kbd label link "
    "map mark math meta meter nobr noscript output picture progress q rb rp rt rtc ruby s samp select slot small "
    "source span strike strong sub sup time track tt u var wbr".split()
)
_SPACE = " \t\n\f\r\u00a0\u200b\ufeff"
_SPACES = re.compile(f"[{_SPACE}]+")
_SPACES_IN_PRE = re.compile("[ \f\r\u00a0\u200b\ufeff]+")
_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_PATH_DEPTH = 24  # a path is a hint for people; unbounded, 20,000 nested elements would take gigabytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of a block's text and the attributes of the nearest marked element around it (none: empty)."""

    start: int
    end: int
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MarkedBlock:
    """A block and where its text comes from; the marks cover the text without gaps, in order."""

    block: Block
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Context:
    """What an element's text inherits from the elements around it."""

    hidden: bool = False
    ruby: bool = False
    pre: bool = False
    math: bool = False
    mark: Mapping[str, str] | None = None
    summary: int = 0  # in a closed details, the identity of the one child that shows …
    shown: bool = True  # … and whether it does, by what stands around the details


_NO_MARK: Mapping[str, str] = {}


class _Writer:
    """Collects the pieces of one block after another and collapses the space between them."""

    def __init__(self) -> None:
        self.blocks: list[MarkedBlock] = []
        self._clear()

    def _clear(self) -> None:
        self.pieces: list[str] = []
        self.origins: list[tuple[_Context, int]] = []
        self.path = ""
        self.open_end = False  # the text so far ends in a space that the next piece must not repeat
        self.after_break = False

    def text(self, raw: str, context: _Context, path: list[str]) -> None:
        piece = (_SPACES_IN_PRE if context.pre else _SPACES).sub(" ", raw)
        if not self.pieces or self.open_end:
            piece = piece.lstrip(" ") if self.pieces or context.pre else piece.lstrip(_SPACE)
        if not piece:
            return
        if not self.pieces:
            self.path = "/".join(path[-_PATH_DEPTH:])
        self.pieces.append(piece)
        self.origins.append((context, len(piece)))
        self.open_end = piece[-1] == " "
        if piece != " ":
            self.after_break = False

    def line_break(self, context: _Context) -> None:
        if not self.pieces:
            return
        if self.after_break:
            self.end()
            return
        if self.pieces[-1][-1] == " ":
            origin, length = self.origins.pop()
            stripped = self.pieces.pop()[:-1]
            if stripped:
                self.pieces.append(stripped)
                self.origins.append((origin, length - 1))
        self.pieces.append("\n")
        self.origins.append((context, 1))
        self.open_end = self.after_break = True

    def end(self) -> None:
        if not self.pieces:
            return
        raw = "".join(self.pieces)
        text = raw.strip(_SPACE)
        if text:
            self._emit(text, len(raw) - len(raw.lstrip(_SPACE)))
        self._clear()

    def _emit(self, text: str, cut: int) -> None:
        marks: list[Mark] = []
        ruby: list[tuple[int, int]] = []
        hidden = True
        at = -cut
        for context, length in self.origins:
            start, at = max(at, 0), at + length
            end = min(at, len(text))
            if end <= start:
                continue
            if not context.hidden and text[start:end].strip(_SPACE):
                hidden = False
            if context.ruby:
                begin = ruby.pop()[0] if ruby and ruby[-1][1] == start else start
                ruby.append((begin, end))
            mark = context.mark or _NO_MARK
            if marks and marks[-1].attributes is mark:
                marks[-1] = Mark(marks[-1].start, end, mark)
            else:
                marks.append(Mark(start, end, mark))
        self.blocks.append(MarkedBlock(Block(text, hidden, tuple(ruby), self.path), tuple(marks)))


def _enter(node: LexborNode, tag: str, around: _Context, prefix: str | None) -> _Context:
    """The context inside an element."""
    attributes = node.attributes
    hidden = around.hidden
    if tag == "summary" and node.mem_id == around.summary:
        hidden = not around.shown
    if attributes and not hidden:
        hidden = (
            "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or bool(_HIDING_STYLE.search(attributes.get("style") or ""))
        )
    summary, shown = around.summary, around.shown
    if tag == "details" and "open" not in attributes:
        summary, shown, hidden = _summary_of(node), not hidden, True
    elif tag == "dialog" and "open" not in attributes:
        hidden = True
    ruby = around.ruby or tag in ("rt", "rp")
    pre = around.pre or tag == "pre"
    math = around.math or tag == "math"
    mark = around.mark
    if prefix and prefix in attributes:
        mark = {name: value or "" for name, value in attributes.items() if name.startswith(prefix)}
    before = around.hidden, around.ruby, around.pre, around.math, around.summary  # shown changes only with summary
    if mark is around.mark and before == (hidden, ruby, pre, math, summary):
        return around
    return _Context(hidden, ruby, pre, math, mark, summary, shown)


def _summary_of(details: LexborNode) -> int:
    """The identity of the child that a browser shows for closed details: their first summary; 0 if there is none."""
    child = details.first_child
    while child is not None:
        if child.tag == "summary":
            return child.mem_id
        child = child.next
    return 0


def _walk(html: str, prefix: str | None) -> list[MarkedBlock]:
    writer = _Writer()
    root = LexborHTMLParser(html).root
    if root is None:
        return []
    # The stack holds the open elements: node, whether it is a block, and the context around it.
    stack: list[tuple[LexborNode, bool, _Context]] = []
    path: list[str] = []
    context = _Context()
    node: LexborNode | None = root
    while node is not None:
        tag = node.tag or ""
        child: LexborNode | None = None
        if tag == "-text":
            writer.text(node.text_content or "", context, path)
        elif tag == "br":
            writer.line_break(context)
        elif tag in SKIPPED:
            pass
        elif tag and tag[0] != "-":  # a comment or a processing instruction is nothing
            block = not (tag in INLINE or context.math)
            if block:
                writer.end()
            child = node.first_child
            if child is not None:
                stack.append((node, block, context))
                path.append(tag)
                context = _enter(node, tag, context, prefix)
                node = child
                continue
        while node.next is None:
            if not stack:
                writer.end()
                return writer.blocks
            node, block, context = stack.pop()
            path.pop()
            if block:
                writer.end()
        node = node.next
    return writer.blocks


def build_marked(html: str, prefix: str = "data-gs") -> list[MarkedBlock]:
    """The stream of a page in which elements are marked.

    Args:
        html: the page; elements that have the attribute ``prefix`` are marked.
        prefix: also the beginning of the names of the attributes that a mark carries.

    Returns:
        The blocks in order; each mark holds the attributes of the nearest marked element around its text.
    """
    return _walk(html, prefix)


def build_blocks(html: str) -> tuple[Block, ...]:
    """The stream of an HTML document given as characters."""
    return tuple(marked.block for marked in _walk(html, None))


def build_lines(text: str) -> tuple[Block, ...]:
    """The stream of a plain text: a block a line, spaces collapsed, empty lines dropped."""
    lines = (_SPACES.sub(" ", line).strip(" ") for line in re.split(r"\r\n|\r|\n", text))
    return tuple(Block(line) for line in lines if line)


def build_stream(page: Page) -> tuple[Block, ...]:
    """The stream of a page. Never raises: malformed bytes and markup are read as a browser reads them."""
    text, _ = decode(page)
    return build_blocks(text) if page.media == "html" else build_lines(text)


def stream_digest(texts: Iterable[str]) -> str:
    """SHA-256 of a stream's block texts, as hexadecimal. Each block is closed by U+001E, which keeps two streams
    apart that only divide the same text differently."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "replace") + b"\x1e")
    return digest.hexdigest()


def stream_text(html: str) -> str:
    """The text of an HTML document, one block a line: all of its stream, hidden text too."""
    return "\n".join(block.text for block in build_blocks(html))


def runs(marked: MarkedBlock) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The pieces of a marked block's text with their marks' attributes."""
    for mark in marked.marks:
        yield marked.block.text[mark.start : mark.end], mark.attributes
