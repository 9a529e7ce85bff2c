"""tok/1: from text to the tokens that scores count.

The definition: delete default-ignorable code points, apply NFKC, casefold; then a token is a run of letters, marks
and numbers, except that in scripts written without spaces a base character with its marks is a token of its own.
Punctuation, symbols and space are no tokens. The classes are frozen in :mod:`benchmark.text.ranges`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

from benchmark.text import ranges

TOKENS = "1"
"""The version of the token definition; it stands in every protocol string."""

_ASCII = re.compile(r"[0-9a-z]+")
_SPACED = re.compile(r"\S+")
_BASE, _MARK = "\x01", "\x02"
_BASE_AND_MARKS = re.compile(f"{_BASE}((?:{_MARK}.)+)", re.DOTALL)


class _Ranges:
    """Membership in a sorted list of ranges."""

    def __init__(self, text: str) -> None:
        pairs = [(part + "-" + part).split("-")[:2] for part in text.split()]
        self.starts = [int(a, 16) for a, _ in pairs]
        self.ends = [int(b, 16) for _, b in pairs]

    def __contains__(self, code: int) -> bool:
        i = bisect_right(self.starts, code) - 1
        return i >= 0 and code <= self.ends[i]


_WORD = _Ranges(ranges.WORD)
_MARKS = _Ranges(ranges.MARK)
_UNSPACED = _Ranges(ranges.UNSPACED)
_IGNORED = _Ranges(ranges.IGNORABLE)


class _Separate(dict[int, str]):
    """For ``str.translate``: what is no token becomes a space; a base character of an unspaced script gets a space
    before and a sentinel behind, a mark a sentinel before, so that marks can find their base. Fills itself."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code not in _WORD:
            value = " "
        elif code in _MARKS:
            value = _MARK + char
        elif code in _UNSPACED:
            value = f" {char}{_BASE}"
        else:
            value = char
        self[code] = value
        return value


_SEPARATE = _Separate()


def _charset(*tables: _Ranges, to: int = 0x10FFFF) -> str:
    """The inside of a regular expression's character class."""
    pairs = [(a, min(b, to)) for table in tables for a, b in zip(table.starts, table.ends, strict=True) if a <= to]
    return "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in pairs)


# A class within the basic plane is one bitmap look-up; the slower way is kept for texts that need it.
_PLAIN = re.compile(f"[{_charset(_WORD, to=0xFFFF)}]+")
_NOT_PLAIN = re.compile(f"[{_charset(_UNSPACED, to=0xFFFF)}\U00010000-\U0010ffff]")
_IGNORED_CHARS = re.compile(f"[{_charset(_IGNORED)}]")


def normalise(text: str) -> str:
    """The first half of tok/1: without default-ignorable code points, NFKC, casefolded."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _IGNORED_CHARS.sub("", text)).casefold()


def tokenise(text: str) -> list[str]:
    """The tokens of a text, in order."""
    text = normalise(text)
    if text.isascii():
        return _ASCII.findall(text)
    if not _NOT_PLAIN.search(text):
        return _PLAIN.findall(text)
    text = text.translate(_SEPARATE)
    if _BASE in text:
        if _MARK in text:
            text = _BASE_AND_MARKS.sub(rf"\1{_BASE}", text)
        text = text.replace(_BASE, " ")
    return text.replace(_MARK, "").split()


def tokenise_with_offsets(text: str) -> list[tuple[str, int, int]]:
    """The tokens with the range of code points of ``text`` that each comes from, for showing them in place.

    Tokens never span white space, so the text is taken one space-free chunk at a time, which keeps the tokens equal
    to those of :func:`tokenise`. Where normalising changed a chunk's length, its tokens carry the chunk's range.
    """
    found: list[tuple[str, int, int]] = []
    for match in _SPACED.finditer(text):
        chunk, start = match.group(), match.start()
        exact = len(normalise(chunk)) == len(chunk)
        at = 0
        for token in tokenise(chunk):
            if exact:
                at = normalise(chunk).index(token, at)
                found.append((token, start + at, start + at + len(token)))
                at += len(token)
            else:
                found.append((token, start, match.end()))
    return found
