"""Where the words of a text stand in it, so that they can be shown in place: tok/1 with ranges that never overlap."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from goldspan.core.text.tokens import normalise_cluster, tokenise

_CHUNK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A token and the half-open range of code points that it is shown on; empty where it shares all its characters with
    the token before."""

    token: str
    start: int
    end: int


def token_spans(text: str) -> list[TokenSpan]:
    """The tokens of a text in order, each with its range.

    Tokens never span white space. Within a chunk, every base character with its marks is normalised by itself, so that
    a token is found again where normalising changed the length (a ligature, Thai's sara am, which decomposes).
    """
    found: list[TokenSpan] = []
    for match in _CHUNK.finditer(text):
        start = match.start()
        found += [TokenSpan(token, start + a, start + b) for token, a, b in _in_chunk(match.group())]
    return found


@lru_cache(maxsize=1 << 16)
def _in_chunk(chunk: str) -> tuple[tuple[str, int, int], ...]:
    """The tokens of a chunk with their ranges in it; texts say the same words again and again."""
    return tuple(_within(chunk))


def _within(chunk: str) -> Iterator[tuple[str, int, int]]:
    tokens = tokenise(chunk)
    written, ranges = _normalised(chunk)
    cursor = free = 0
    for number, token in enumerate(tokens):
        at = written.find(token, cursor)
        if at < 0:  # characters that compose with more than their marks: the rest of the chunk stays one range
            yield token, free, len(chunk)
            yield from ((rest, len(chunk), len(chunk)) for rest in tokens[number + 1 :])
            return
        cursor = at + len(token)
        first = max(ranges[at][0], free)
        free = max(ranges[cursor - 1][1], first)
        yield token, first, free


def _normalised(chunk: str) -> tuple[str, list[tuple[int, int]]]:
    """A chunk normalised, and for each character of that the range of the chunk that it comes from."""
    if chunk.isascii():
        return chunk.lower(), [(at, at + 1) for at in range(len(chunk))]
    parts: list[str] = []
    ranges: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(chunk) + 1):
        if end < len(chunk) and unicodedata.combining(chunk[end]):
            continue
        part = normalise_cluster(chunk[start:end])
        parts.append(part)
        ranges += [(start, end)] * len(part)
        start = end
    return "".join(parts), ranges
