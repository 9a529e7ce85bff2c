"""From what an extractor says to the plain text that is scored.

Markdown and HTML outputs are rendered by the same stream that gold is made of, so that link targets, image
descriptions, list numbers and syntax drop out and words stay apart where blocks do.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from goldspan.core.text.stream import stream_text
from goldspan.model import Extraction

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

_SURROGATES = re.compile("[\ud800-\udfff]")
_LOOKS = 30  # of the parser, a line of Markdown; ordinary texts need up to three
_LOOKS_OF_ALL = 5000  # that a text may have besides
_INVISIBLE_SPACES = ("\u00a0", "\u200b", "\ufeff", "\x00")


def clean(text: str) -> str:
    """Without what no file can hold or what the stream counts as space: lone surrogates become U+FFFD; NBSP, ZWSP, BOM
    and NUL a space."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = _SURROGATES.sub("\ufffd", text)
    for space in _INVISIBLE_SPACES:  # each a quick search; str.translate looks every character up
        text = text.replace(space, " ")
    return text


def render(extraction: Extraction) -> str:
    """The plain text of an extraction."""
    text = clean(extraction.text)
    if extraction.format == "html":
        return stream_text(text)
    if extraction.format == "markdown":
        return stream_text(markdown_to_html(text))
    return text


def markdown_to_html(text: str) -> str:
    """CommonMark with tables and strikethrough; HTML inside it is kept as HTML.

    Where quotes and lists go on lazily, the parser looks from every line at all the following ones, which takes hours
    for a megabyte made to that end. A text that wants more than :data:`_LOOKS` looks a line is taken as it stands.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "looks", _look, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    try:
        return str(parser.render(text, {"looks": _LOOKS_OF_ALL + _LOOKS * text.count("\n")}))
    except _TooManyLooks:
        return f"<pre>{escape(text)}</pre>"


class _TooManyLooks(Exception):
    pass


def _look(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A rule that matches nothing, and counts how often the parser asks what begins at a line."""
    state.env["looks"] -= 1
    if state.env["looks"] < 0:
        raise _TooManyLooks
    return False
