"""tok/1: from text to the tokens that scores count.

The definition: delete default-ignorable code points, apply NFKC, casefold; then a token is a run of letters, marks
and numbers, except that in scripts written without spaces a base character with its marks is a token of its own.
Punctuation, symbols and space are no tokens. The classes are frozen in :mod:`goldspan.core.text.ranges`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

from goldspan.core.text import ranges

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


@lru_cache(maxsize=1 << 16)
def normalise_cluster(cluster: str) -> str:
    """The same of a character with its marks, of which a text has few kinds."""
    return normalise(cluster)


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
    to those of :func:`tokenise`. Two tokens have the same range or none in common: where normalising makes several
    tokens of one character (``½``), each has the character's range.
    """
    found: list[tuple[str, int, int]] = []
    for match in _SPACED.finditer(text):
        chunk, start = match.group(), match.start()
        tokens = tokenise(chunk)
        if not tokens:
            continue
        written = normalise(chunk)
        sources = None if chunk.isascii() else _sources(chunk, written)
        at = 0
        group: list[str] = []
        first = end = 0
        for token in tokens:
            at = written.index(token, at)
            begin = sources[at][0] if sources else at
            at += len(token)
            stop = sources[at - 1][1] if sources else at
            if begin >= end:  # else it begins in a character that the token before ends in
                found += [(word, start + first, start + end) for word in group]
                group, first = [], begin
            group.append(token)
            end = max(end, stop)
        found += [(word, start + first, start + end) for word in group]
    return found


def _sources(chunk: str, written: str) -> list[tuple[int, int]]:
    """For each character of a chunk's normalised form the range of the chunk that it comes from: its cluster, which is
    a character and the marks on it; the whole chunk where clusters do not normalise one by one."""
    if len(chunk) == len(written) and not _IGNORED_CHARS.search(chunk) and unicodedata.is_normalized("NFKC", chunk):
        return [(i, i + 1) for i in range(len(chunk))]
    cuts = [0, *(i for i in range(1, len(chunk)) if _begins(chunk[i])), len(chunk)]
    ranges: list[tuple[int, int]] = []
    parts: list[str] = []
    for begin, end in pairwise(cuts):
        part = normalise_cluster(chunk[begin:end])
        parts.append(part)
        ranges += [(begin, end)] * len(part)
    return ranges if "".join(parts) == written else [(0, len(chunk))] * len(written)


def _begins(char: str) -> bool:
    """Whether a character begins a cluster: no mark, nothing ignorable, no Hangul vowel or final consonant."""
    code = ord(char)
    return not (code in _MARKS or code in _IGNORED or unicodedata.combining(char) or 0x1160 <= code <= 0x11FF)
