"""Where the words of a text stand in it, so that they can be shown in place: tokens with ranges that never overlap."""

from __future__ import annotations

from dataclasses import dataclass

from goldspan.core.text import tokenise_with_offsets


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A token and the half-open range of code points that it is shown on; empty where it shares all its characters with
    the token before."""

    token: str
    start: int
    end: int


def token_spans(text: str) -> list[TokenSpan]:
    """The tokens of a text in order, each with its range."""
    found: list[TokenSpan] = []
    free = 0
    for token, start, end in tokenise_with_offsets(text):
        found.append(TokenSpan(token, max(start, free), max(end, free)))
        free = max(end, free)
    return found
