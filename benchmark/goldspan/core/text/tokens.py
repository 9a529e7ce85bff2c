"""tok/2: from text to the tokens that scores count.

The definition: delete default-ignorable code points, apply NFKC, casefold. Then

* an apostrophe between two letters is deleted, whichever of ``' ‘ ’ ‛ ʻ ʼ`` it is, so that *don't* is the token
  ``dont``, and a Ukrainian word is one token however its apostrophe is written; elsewhere an apostrophe separates,
  also U+02BB and U+02BC, which Unicode calls letters;
* a token is a run of letters or a run of numbers, with the marks on them. *covid19* and *covid-19* are ``covid 19``,
  and a footnote mark behind a word (*word¹*) is a token of its own;
* in scripts written without spaces a base character with its marks is a token of its own.

Punctuation, symbols and space are no tokens. The classes are frozen in :mod:`goldspan.core.text.ranges`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise

from goldspan.core.text import ranges

TOKENS = "2"
"""The version of the token definition; it stands in every protocol string."""

_ASCII = re.compile(r"[a-z]+|[0-9]+")
_SPACED = re.compile(r"\S+")
_BASE, _MARK, _NUMBER = "\x01", "\x02", "\x03"
_BASE_AND_MARKS = re.compile(f"{_BASE}((?:{_MARK}.)+)", re.DOTALL)
_NUMBER_AND_MARKS = re.compile(f"{_NUMBER}.(?:[{_NUMBER}{_MARK}].)*", re.DOTALL)
_APOSTROPHES = "'‘’‛ʻʼ"


class _Ranges:
    """Membership in a sorted list of ranges."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self.pairs = tuple(pairs)
        self.starts = [a for a, _ in self.pairs]
        self.ends = [b for _, b in self.pairs]

    @classmethod
    def read(cls, text: str) -> _Ranges:
        """The ranges of a line of :mod:`goldspan.core.text.ranges`."""
        parts = [(part + "-" + part).split("-")[:2] for part in text.split()]
        return cls((int(a, 16), int(b, 16)) for a, b in parts)

    def without(self, other: _Ranges) -> _Ranges:
        """What is in these ranges and not in the other ones."""
        found: list[tuple[int, int]] = []
        for a, b in self.pairs:
            for c, d in other.pairs[bisect_left(other.ends, a) : bisect_right(other.starts, b)]:
                if a < c:
                    found.append((a, c - 1))
                a = d + 1
            if a <= b:
                found.append((a, b))
        return _Ranges(found)

    def __contains__(self, code: int) -> bool:
        i = bisect_right(self.starts, code) - 1
        return i >= 0 and code <= self.ends[i]


_WORD = _Ranges.read(ranges.WORD).without(_Ranges((ord(char), ord(char)) for char in sorted(_APOSTROPHES)))
_MARKS = _Ranges.read(ranges.MARK)
_NUMBERS = _Ranges.read(ranges.NUMBER)
_LETTERS = _WORD.without(_MARKS).without(_NUMBERS)
_UNSPACED = _Ranges.read(ranges.UNSPACED)
_IGNORED = _Ranges.read(ranges.IGNORABLE)


class _Separate(dict[int, str]):
    """For ``str.translate``: what is no token becomes a space; a base character of an unspaced script gets a space
    before and a sentinel behind, a mark and a number a sentinel before, so that marks can find their base and runs of
    numbers be told from letters. Fills itself."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code not in _WORD:
            value = " "
        elif code in _MARKS:
            value = _MARK + char
        elif code in _UNSPACED:
            value = f" {char}{_BASE}"
        elif code in _NUMBERS:
            value = _NUMBER + char
        else:
            value = char
        self[code] = value
        return value


_SEPARATE = _Separate()


def _charset(*tables: _Ranges, to: int = 0x10FFFF) -> str:
    """The inside of a regular expression's character class."""
    pairs = [(a, min(b, to)) for table in tables for a, b in table.pairs if a <= to]
    return "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in pairs)


@cache  # compiling takes as long as importing the rest
def _plain() -> re.Pattern[str]:
    """What finds the tokens of most texts. A class within the basic plane is one bitmap look-up; the slower way is kept
    for the texts that need it."""
    words, numbers = _charset(_WORD.without(_NUMBERS), to=0xFFFF), _charset(_NUMBERS, to=0xFFFF)
    return re.compile(f"[{words}]+|[{numbers}][{numbers}{_charset(_MARKS, to=0xFFFF)}]*")


_NOT_PLAIN = re.compile(f"[{_charset(_UNSPACED, to=0xFFFF)}\U00010000-\U0010ffff]")
_IGNORED_CHARS = re.compile(f"[{_charset(_IGNORED)}]")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}](?=.)")
_ASCII_APOSTROPHE = re.compile("'(?<=[a-z]')(?=[a-z])")


def _is_between_letters(match: re.Match[str]) -> bool:
    text, at = match.string, match.start()
    before, after = ord(text[at - 1]) if at else 0, ord(text[at + 1])
    return (before in _LETTERS or before in _MARKS) and after in _LETTERS


def normalise(text: str) -> str:
    """The first step of tok/2: without default-ignorable code points, NFKC, casefolded."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _IGNORED_CHARS.sub("", text)).casefold()


@lru_cache(maxsize=1 << 16)
def normalise_cluster(cluster: str) -> str:
    """The same of a character with its marks, of which a text has few kinds."""
    return normalise(cluster)


def tokenise(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return _split(normalise(text))


def _split(text: str) -> list[str]:
    """The tokens of a normalised text."""
    if text.isascii():
        return _ASCII.findall(_ASCII_APOSTROPHE.sub("", text) if "'" in text else text)
    text = _APOSTROPHE.sub(lambda match: "" if _is_between_letters(match) else " ", text)
    if not _NOT_PLAIN.search(text):
        return _plain().findall(text)
    text = text.translate(_SEPARATE)
    if _BASE in text:
        if _MARK in text:
            text = _BASE_AND_MARKS.sub(rf"\1{_BASE}", text)
        text = text.replace(_BASE, " ")
    if _NUMBER in text:
        text = _NUMBER_AND_MARKS.sub(r" \g<0> ", text).replace(_NUMBER, "")
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
        written = normalise(chunk)
        tokens = _split(written)
        if not tokens:
            continue
        sources = None if chunk.isascii() else _sources(chunk, written)
        apostrophes = [match.start() for match in _APOSTROPHE.finditer(written) if _is_between_letters(match)]
        if apostrophes:
            sources = sources or [(i, i + 1) for i in range(len(written))]
            for i in reversed(apostrophes):
                written = written[:i] + written[i + 1 :]
                del sources[i]
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
