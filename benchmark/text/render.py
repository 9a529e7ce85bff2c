"""From what an extractor says to the plain text that is scored.

Markdown and HTML outputs are rendered by the same stream that gold is made of, so that link targets, image
descriptions, list numbers and syntax drop out and words stay apart where blocks do.
"""

from __future__ import annotations

import re

from benchmark.model import Extraction
from benchmark.text.stream import stream_text

_SURROGATES = re.compile("[\ud800-\udfff]")
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
    """CommonMark with tables and strikethrough; HTML inside it is kept as HTML."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
