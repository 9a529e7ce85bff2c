"""Bytes to the text stream, and text to tokens. Pure; its two definitions carry versions."""

from goldspan.core.text.decode import decode
from goldspan.core.text.render import clean, markdown_to_html, render
from goldspan.core.text.stream import (
    STREAM,
    Mark,
    MarkedBlock,
    build_blocks,
    build_lines,
    build_marked,
    build_stream,
    stream_digest,
    stream_text,
)
from goldspan.core.text.tokens import TOKENS, normalise, tokenise, tokenise_with_offsets

__all__ = [
    "STREAM",
    "TOKENS",
    "Mark",
    "MarkedBlock",
    "build_blocks",
    "build_lines",
    "build_marked",
    "build_stream",
    "clean",
    "decode",
    "markdown_to_html",
    "normalise",
    "render",
    "stream_digest",
    "stream_text",
    "tokenise",
    "tokenise_with_offsets",
]
