"""Mutated pages and mutated outputs through everything that scores them: no exception, and no page that takes a second.

A page is a window of a composed one with a few mutations of its bytes. Its stream gets gold, by random labels or by
projecting a random text, and three outputs that are slices, shuffles and oddities. Everything is drawn from the seed
and the page's number, so that a page can be made again; ``scripts/studies/fuzz.py`` runs many,
``test_fuzz.py`` a few.
"""

from __future__ import annotations

import base64
import io
import json
import re
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from rich.console import Console

from goldspan.core.metrics import DEFAULT, find_metric
from goldspan.core.policy import tokenise_gold
from goldspan.core.scoring import Measured, case_of, measure_sample, summarise
from goldspan.core.text import STREAM, build_stream, tokenise, tokenise_with_offsets
from goldspan.data.corpora.projection import project_sample
from goldspan.data.gold import format_gold, sample_from_json, sample_to_json
from goldspan.data.runs import prediction_from_json, prediction_to_json
from goldspan.data.schema import load_labels, load_policy, policy_names, validate
from goldspan.model import (
    FAILURES,
    FIELDS,
    About,
    Block,
    Extraction,
    Gold,
    GoldBlock,
    Page,
    Prediction,
    Sample,
    Span,
    System,
)
from goldspan.report.console import profile_table, score_table, strata_table
from goldspan.report.explain import Explained, Fold, explain
from goldspan.report.explain_console import print_explained
from goldspan.report.formatting import visible
from goldspan.report.html import report_html
from goldspan.report.markdown import score_markdown
from goldspan.report.result_json import result_json

PAGES = Path(__file__).resolve().parent.parent / "annotations" / "pages"
LIMIT = 1.0
"""Seconds of CPU that one page may take with all its outputs."""
STOP = 20
"""Seconds of CPU after which a page is given up."""
WINDOW = 20_000
"""Bytes of most pages."""
POOLED, RENDERED = 5, 50
"""One page in so many is pooled to a result of its own, one is rendered by every report; :func:`report_batch` takes
all of them together."""

METRICS = tuple(find_metric(name) for name in (*DEFAULT, "shingle", "words"))
SYSTEMS = (
    System("slices", "1", fields=FIELDS),
    System("oddities", "1", {"mode": "<b>|[x]"}, fields=("title", "authors", "published")),
    System("mixture", "1", takes="bytes", tuned_on=("core",)),
)

TAGS = (
    "a b i p div span table tr td th tbody caption colgroup col select option optgroup template svg math mi mtext "
    "annotation-xml foreignObject desc title frameset frame plaintext textarea noscript ruby rt rp details summary "
    "dialog pre br hr form button input img body html head script style iframe xmp listing nobr marquee object applet "
    "h1 h6 li ul ol dl dt dd font em strong u s code blockquote article nav main footer x-custom image isindex math "
    "video audio canvas datalist legend fieldset label meta link base wbr slot search"
).split()
ATTRIBUTES = (
    "hidden", "aria-hidden=true", "aria-hidden='false'", 'style="display:none"', "style='visibility : hidden;'", "open",
    "id=x", 'class="a b c"', "data-gs=1", "encoding=text/html", "shadowrootmode=open", "=", '"', "'", "a=b=c", "/",
    "style=';;;display:'", "\x00", "onload='<p>'", "type=hidden", "dir=rtl", "lang=zh", "a='&quot;&lt;'",
)  # fmt: skip
ENTITIES = (
    "&amp;", "&#0;", "&#xD800;", "&#xDFFF;", "&#x110000;", "&#99999999999999;", "&notit;", "&NotEqualTilde;", "&lt",
    "&#x80;", "&#13;", "&nbsp;", "&ZeroWidthSpace;", "&#x", "&#;", "&", "&#8238;", "&#xFEFF;", "&shy;", "&fjlig;",
    "&#1;", "&#xFFFF;", "&Tab;", "&NewLine;", "&#x1F468;&#x200D;&#x1F469;",
)  # fmt: skip
BROKEN = (
    "<!--", "-->", "<!-->", "--!>", "<!--<!--", "<![CDATA[", "]]>",
    "<?xml version='1.0' encoding='utf-16'?>", "<?", "<",
    "<!DOCTYPE html SYSTEM 'x", "<!DOCTYPE", "</", "</>", "<a href=\"", "<p class='", "<script>",
    "<script><!--<script>",
    "</script", "<style>", "<textarea>", "<plaintext>", "<svg><![CDATA[", "<math><mi>", "<template><tr>",
    "</br>", "</p>",
    "</body>", "</html>", "<frameset>", "<table><p>", "<select><table>", "<meta charset=utf-7>", "<title>", "<xmp>",
    "<svg><desc><table>", "<math><annotation-xml encoding='text/html'><p>", "<noscript><p title='</noscript>",
)  # fmt: skip
BYTES = (
    b"\x00", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xfe\xff", b"\x1b[31m", b"\x9b", b"\x80", b"\x0c", b"\x08", b"\x7f", b"\xc2\x85", b"\xe2\x80\xa8", b"\xf0\x9f",
    b"\x1b$B", b"\x81\x30\x81\x30", b"\xa4", b"\x8f\xa2", b"~{", b"+AD-", b"\r", b"\x1e",
)  # fmt: skip
CHARACTERS = (
    "\u202e", "\u2066", "\u2069", "\u200f", "\u200d", "\u200b", "\ufeff", "\u00a0", "\u0301", "\u0489", "\ufdfa",
    "\u0130", "\u00df", "\ufb03", "\u1100\u1161\u11a8", "\u0e33", "\u0f71\u0f72", "\u3099", "\u3250", "\u00bd",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U000e0041", "\ufe0f", "\u0344", "\u2028",
    "\u00ad", "\u0903", "\u0d4d", "\uff76\uff9e", "\u05d0\u05b8", "\u0627\u064e", "\u4e2d", "\u1000\u1039", "\u0345",
    "\U0001d15e", "\ufffe", "\U0010ffff", "\u1e9b\u0323", "\u212b", "\u17b4", "\u115f", "\u3164", "a", "1", "_", " ",
)  # fmt: skip
NESTED = (
    "<div>", "<b>", "<a>", "<p>", "<b><p>", "<table><tr><td>", "<table>", "<font size={}>", "<details>", "<ruby><rt>",
    "<select><option>", "<pre>", "<svg>", "<math><mi>", "<template>", "<ul><li>", "<button>", "<form>",
    "<dialog>", "<br>",
    "<nobr>", "<h1>", "<summary>", "<details><summary>", "<blockquote hidden>", "<a><div>", "<i><table>",
    "<dd>x", "x<br>",
    "<span style='display:none'>x", "<p>x", "<b id={}>x", "</p>", "</div>", "<object>", "<x-y>",
)  # fmt: skip
MARKDOWN = (
    "[", "![", "]", "](", "[a](", "[a](<", "[a]: <b> '", "\n[a]: x\n", "*", "**a ", "_a", "__", "*a_b", "`", "``", "~~",
    "~~~\n", "```\n", "> ", "- ", "\n- ", "1. ", "\n> - 1. ", "|", "|a", "\n|-|-|\n", "a|b\n-|-\n", "<", "<a", "<!--",
    "<![CDATA[", "<?", "&", "\\", "\n    ", "\t", "# ", "\n===\n", "\n---\n", "<b>", "</p>", "![a](b)",
    "<http://a", "*a**",
    "\n\n", "[a][b]", "[^1]", "\n#", "\n    - ", "$$", "\n:--:|", "<div>\n", "\n\n</div>\n\n", "&#0;", "a\n",
)  # fmt: skip
DATES = (
    "2024-02-30", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00", "0000-00-00", "1e400",
    "12/13/14", "yesterday",
    "2024", "2024-05", "2024-05-06T10:20:30Z", "٢٠٢٤-٠٥-٠٦", "99999999999999999999", "10:99", "2024-05-06T10:20+99:99",
    "Mai 2024", "\x00", "", "-1", "1.2.3.4.5", "Inf", "nan", "2024-05-06 10:20 UTC-25", "T", "+", "1,000,000", "::",
    "2024年5月6日", "Fri, 06 Jul 10 24:00", "1e9999999", "²", "৪", "1.1e5 am", "0:0:0:0", "12am pm",
)  # fmt: skip


class PageFault(Exception):
    """A page that raised, took too long or broke what must hold; the message is the whole report."""


class _Overtime(BaseException):
    """A page that was given up; no ``except Exception`` catches it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A page to be tried, and how it came about.

    Attributes:
        mutations: their names, in order.
    """

    seed: int
    number: int
    page: Page
    mutations: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"page {self.number} of seed {self.seed} ({', '.join(self.mutations) or 'unchanged'})"

    def to_json(self) -> dict[str, Any]:
        page: dict[str, Any] = {"data": base64.b64encode(self.page.data).decode(), "media": self.page.media}
        page |= {"charset": self.page.charset, "encoding": self.page.encoding}
        return {"seed": self.seed, "number": self.number, "mutations": list(self.mutations), "page": page}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mutant:
        page = dict(data["page"])
        page["data"] = base64.b64decode(page["data"])
        number = data["number"]
        return cls(data["seed"], number, Page(_id(number), url=_url(number), **page), tuple(data["mutations"]))


@dataclass(frozen=True, slots=True)
class Tried:
    """A page that went through.

    Attributes:
        cpu: seconds, the better of two if the first was over the limit.
        stages: seconds by stage.
    """

    cpu: float
    stages: dict[str, float]
    measured: Measured
    outputs: tuple[str, ...]


def _id(number: int) -> str:
    return f"fuzz-{number:07}"


def _url(number: int) -> str:
    return f"https://site-{number % 7}.example/{number}"


@cache
def sources() -> tuple[Page, ...]:
    """The composed pages that mutants are made of."""
    found = []
    for folder in sorted(PAGES.iterdir()):
        gold = json.loads((folder / "gold.json").read_bytes())
        found.append(Page(folder.name, (folder / "page.html").read_bytes(), encoding=gold["page"]["encoding"]))
    return tuple(found)


def make_mutant(seed: int, number: int) -> Mutant:
    """The page of that number."""
    rng = Random(f"{seed}:{number}:page")
    source = rng.choice(sources())
    data = source.data
    if rng.random() > _LARGE:
        size = int(_log_uniform(rng, 100, WINDOW))
        start = rng.randrange(max(1, len(data) - size))
        data = (data[:400] if rng.random() < 0.3 else b"") + data[start : start + size]
    done: list[str] = []
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4, 6))):
        mutate = rng.choice(MUTATORS)
        data = mutate(rng, data)
        done.append(mutate.__name__.strip("_"))
    data = data[: _LARGEST if rng.random() < _LARGE else rng.choice((WINDOW, WINDOW // 4, WINDOW // 4, WINDOW // 8))]
    encoding = rng.choice((source.encoding, source.encoding, None, "utf-8", *_ENCODINGS))
    charset = rng.choice((None, None, "utf-8", "x-unknown", *_ENCODINGS))
    media: Any = "text" if rng.random() < 0.04 else "html"
    page = Page(_id(number), data, _url(number), charset, encoding, media)
    return Mutant(seed, number, page, tuple(done))


_LARGEST = 160_000
_LARGE = 0.005
_OUTPUT, _LARGEST_OUTPUT = 6_000, 60_000  # code points

_ENCODINGS = (
    "windows-1252", "utf-16le", "utf-16be", "shift_jis", "gb18030", "gbk", "big5", "euc-kr", "euc-jp", "iso-2022-jp",
    "koi8-r", "windows-874", "x-user-defined", "macintosh", "replacement", "iso-8859-8-i",
)  # fmt: skip


def _log_uniform(rng: Random, low: float, high: float) -> float:
    return float(low * (high / low) ** rng.random())


def _count(rng: Random, most: int = 20_000) -> int:
    return int(_log_uniform(rng, 1, most))


# ----------------------------------------------------------------------------------------------- mutations of bytes


def _insert(rng: Random, data: bytes, piece: bytes | str) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + (piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece) + data[at:]


def _flip(rng: Random, data: bytes) -> bytes:
    """Some bytes become others."""
    changed = bytearray(data)
    for _ in range(_count(rng, 200) if changed else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _random_bytes(rng: Random, data: bytes) -> bytes:
    """A stretch of noise."""
    return _insert(rng, data, rng.randbytes(_count(rng, 3000)))


def _delete(rng: Random, data: bytes) -> bytes:
    """A stretch is gone."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + _count(rng, 5000) :]


def _duplicate(rng: Random, data: bytes) -> bytes:
    """A stretch stands there several times."""
    at = rng.randrange(len(data) + 1)
    piece = data[at : at + _count(rng, 4000)]
    return data[:at] + piece * rng.choice((2, 2, 3, 10)) + data[at:]


def _many_copies(rng: Random, data: bytes) -> bytes:
    """A short stretch stands there very often."""
    at = rng.randrange(len(data) + 1)
    piece = data[at : at + _count(rng, 100)]
    return _insert(rng, data, (piece * _count(rng))[:60_000])


def _splice(rng: Random, data: bytes) -> bytes:
    """A stretch of another page."""
    other = rng.choice(sources()).data
    at = rng.randrange(len(other))
    return _insert(rng, data, other[at : at + _count(rng, 8000)])


def _truncate(rng: Random, data: bytes) -> bytes:
    """The page ends early."""
    return data[: rng.randrange(len(data) + 1)]


def _swap(rng: Random, data: bytes) -> bytes:
    """Two halves change places."""
    at = rng.randrange(len(data) + 1)
    return data[at:] + data[:at]


def _tag(rng: Random) -> str:
    name = rng.choice(TAGS)
    if rng.random() < 0.3:
        return f"</{name}>"
    attributes = "".join(f" {rng.choice(ATTRIBUTES)}" for _ in range(rng.choice((0, 0, 1, 2))))
    return f"<{name}{attributes}{rng.choice(('', '', '/', ' '))}>"


def _tags(rng: Random, data: bytes) -> bytes:
    """Stray tags all over."""
    for _ in range(_count(rng, 30)):
        data = _insert(rng, data, _tag(rng))
    return data


def _tag_soup(rng: Random, data: bytes) -> bytes:
    """Many random tags in a row, some with text."""
    return _insert(rng, data, "".join(_tag(rng) + rng.choice(("", "", "x", " yz ")) for _ in range(_count(rng, 600))))


def _entities(rng: Random, data: bytes) -> bytes:
    """References to characters, also to such as do not exist."""
    for _ in range(_count(rng, 30)):
        data = _insert(rng, data, rng.choice(ENTITIES))
    return data


def _broken_markup(rng: Random, data: bytes) -> bytes:
    """Comments, CDATA, quotes and raw text that nobody closes."""
    for _ in range(_count(rng, 8)):
        data = _insert(rng, data, rng.choice(BROKEN))
    return data


def _much_broken_markup(rng: Random, data: bytes) -> bytes:
    """One of them very often."""
    return _insert(rng, data, rng.choice(BROKEN) * _count(rng, 3000))


def _odd_bytes(rng: Random, data: bytes) -> bytes:
    """NULs, surrogates, overlong forms, marks of byte order, controls."""
    for _ in range(_count(rng, 40)):
        data = _insert(rng, data, rng.choice(BYTES))
    return data


def _odd_characters(rng: Random, data: bytes) -> bytes:
    """Marks of direction, joiners, combining marks, characters that normalise to many."""
    for _ in range(_count(rng, 40)):
        data = _insert(rng, data, rng.choice(CHARACTERS))
    return data


def _character_flood(rng: Random, data: bytes) -> bytes:
    """One odd character very often."""
    return _insert(rng, data, _flood(rng))


def _long_token(rng: Random, data: bytes) -> bytes:
    """A word without end."""
    return _insert(rng, data, rng.choice(("a", "ab1", "é", "ж", "क", "ß")) * _count(rng, 60_000))


def _deep_nesting(rng: Random, data: bytes) -> bytes:
    """Elements in elements."""
    piece = rng.choice(NESTED)
    many = _count(rng, 3000)
    return _insert(rng, data, "".join(piece.replace("{}", str(i)) for i in range(many)))


def _huge_attribute(rng: Random, data: bytes) -> bytes:
    """An attribute of many kilobytes."""
    name, piece = (
        rng.choice(("style", "class", "hidden", "x", "data-gs")),
        rng.choice((";", "a ", "display:", " ", "&amp;")),
    )
    return _insert(rng, data, f'<div {name}="{piece * _count(rng)}">x')


def _many_attributes(rng: Random, data: bytes) -> bytes:
    """An element with hundreds of attributes."""
    return _insert(rng, data, f"<p {' '.join(f'a{i}=b' for i in range(_count(rng, 2000)))}>")


def _siblings(rng: Random, data: bytes) -> bytes:
    """Many small blocks, alike or not."""
    words = [rng.choice(("one", "two", "three", "x", "中", "é")) for _ in range(_count(rng, 3000))]
    tag = rng.choice(("p", "td", "li", "h2", "dt", "option", "x-y"))
    return _insert(rng, data, "".join(f"<{tag}>{word}" for word in words))


def _recoded(rng: Random, data: bytes) -> bytes:
    """The characters in another encoding than is declared."""
    codec = rng.choice(
        ("utf-16le", "utf-16be", "shift_jis", "gb18030", "big5", "euc_jp", "iso2022_jp", "utf-7", "cp1251")
    )
    return data.decode("utf-8", "replace").encode(codec, "ignore")


def _meta(rng: Random, data: bytes) -> bytes:
    """A declaration of some encoding in front."""
    label = rng.choice((*_ENCODINGS, "utf-8", "", "x" * 50, "'\"", "utf-16"))
    quote = rng.choice(("", '"', "'"))
    http = f"<meta http-equiv=content-type content={quote}text/html;charset={label}{quote}>"
    return (
        rng.choice(
            (f"<meta charset={quote}{label}{quote}>", http, f"<?xml encoding={quote}{label}{quote}?>", "<meta ")
        ).encode()
        + data
    )


Mutator = Callable[[Random, bytes], bytes]
MUTATORS: tuple[Mutator, ...] = (
    _flip, _random_bytes, _delete, _duplicate, _many_copies, _splice, _splice, _truncate, _swap, _tags,
    _tags, _tag_soup,
    _entities, _broken_markup, _broken_markup, _much_broken_markup, _odd_bytes, _odd_characters, _character_flood,
    _long_token, _deep_nesting, _huge_attribute, _many_attributes, _siblings, _recoded, _meta,
)  # fmt: skip


# --------------------------------------------------------------------------------------------- mutations of outputs


def _flood(rng: Random) -> str:
    return (rng.choice(("", "a", "中")) + rng.choice(CHARACTERS) * _count(rng) + rng.choice(("", "b", " c")))[:20_000]


def _all_of(rng: Random, lines: list[str]) -> str:
    return "\n".join(lines)


def _slices(rng: Random, lines: list[str]) -> str:
    """Runs of characters out of the page."""
    text = "\n".join(lines)
    found = []
    for _ in range(_count(rng, 30)):
        at = rng.randrange(len(text) + 1)
        found.append(text[at : at + _count(rng, 2000)])
    return rng.choice(("", " ", "\n")).join(found)


def _some_lines(rng: Random, lines: list[str]) -> str:
    """Blocks drawn with their order."""
    share = rng.random()
    return "\n".join(line for line in lines if rng.random() < share)


def _shuffled_lines(rng: Random, lines: list[str]) -> str:
    return "\n".join(rng.sample(lines, len(lines)))


def _shuffled_words(rng: Random, lines: list[str]) -> str:
    words = " ".join(lines).split()
    rng.shuffle(words)
    return " ".join(words)


def _reversed_words(rng: Random, lines: list[str]) -> str:
    return " ".join(reversed(" ".join(lines).split()))


def _reversed_characters(rng: Random, lines: list[str]) -> str:
    return "\n".join(lines)[::-1]


def _repeated(rng: Random, lines: list[str]) -> str:
    """The page, or a line of it, again and again."""
    text = rng.choice(("\n".join(lines), rng.choice(lines or ["x"])))
    return ((text + rng.choice((" ", "\n", ""))) * _count(rng, 500))[:80_000]


def _two_words(rng: Random, lines: list[str]) -> str:
    """A few words of the page in every order."""
    words = (" ".join(lines).split() or ["x"])[:5000]
    few = [rng.choice(words) for _ in range(rng.choice((1, 2, 2, 3, 8)))]
    return " ".join(rng.choice(few) for _ in range(_count(rng, 8000)))


def _glued(rng: Random, lines: list[str]) -> str:
    """Spaces are missing, some or all."""
    share = rng.choice((0.1, 0.5, 1.0))
    return "".join(char for char in "\n".join(lines) if not (char.isspace() and rng.random() < share))


def _split(rng: Random, lines: list[str]) -> str:
    """Spaces inside words."""
    share = rng.choice((0.02, 0.3, 1.0))
    return "".join(char + " " if rng.random() < share else char for char in "\n".join(lines))


def _every_second_word(rng: Random, lines: list[str]) -> str:
    """Holes of one word, with or without another word in them."""
    step, other = rng.choice((2, 3, 5)), rng.choice(("", "zzz", "the"))
    return " ".join(other if i % step == 0 else word for i, word in enumerate(" ".join(lines).split()))


def _broken_markdown(rng: Random, lines: list[str]) -> str:
    """Syntax in all the wrong places."""
    text = "\n".join(lines)[:20_000]
    for _ in range(_count(rng, 60)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(MARKDOWN) + text[at:]
    return text


def _much_markdown(rng: Random, lines: list[str]) -> str:
    """One or two pieces of syntax very often."""
    piece = "".join(rng.choice(MARKDOWN) for _ in range(rng.choice((1, 1, 2, 3))))
    return (piece * _count(rng, 5000))[:20_000] + rng.choice(("", "\n".join(lines)[:2000]))


def _as_html(rng: Random, lines: list[str]) -> str:
    """The lines in elements, with mutations of a page."""
    data = "".join(f"<{rng.choice(TAGS)}>{line}" for line in lines).encode("utf-8", "replace")
    return rng.choice(MUTATORS)(rng, data[:30_000]).decode("utf-8", "replace")


def _odd(rng: Random, lines: list[str]) -> str:
    """Odd characters, lone surrogates and controls in the text."""
    text = "\n".join(lines)
    for _ in range(_count(rng, 60)):
        at = rng.randrange(len(text) + 1)
        piece = rng.choice(
            (*CHARACTERS, "\ud800", "\udfff", "\x00", "\x1b[2J", "\x85", "\u2029", "\r", "\x1c", "\x01", "\x02")
        )
        text = text[:at] + piece + text[at:]
    return text


def _flooded(rng: Random, lines: list[str]) -> str:
    """One odd character very often."""
    text = "\n".join(lines)
    at = rng.randrange(len(text) + 1)
    return text[:at] + _flood(rng) + text[at:]


def _zalgo(rng: Random, lines: list[str]) -> str:
    """Many marks on every character."""
    marks = [
        chr(rng.choice((0x300, 0x301, 0x323, 0x345, 0x5B4, 0x64B, 0x94D, 0x3099, 0x0F71)))
        for _ in range(rng.randrange(1, 30))
    ]
    return "".join(char + "".join(marks) for char in "\n".join(lines)[:1500])


def _any_characters(rng: Random, lines: list[str]) -> str:
    """Code points from everywhere."""
    most = rng.choice((0x80, 0x800, 0x3000, 0x10000, 0x110000))
    return "".join(chr(rng.randrange(most)) for _ in range(_count(rng, 3000)))


def _other_page(rng: Random, lines: list[str]) -> str:
    """Text and markup of another page."""
    other = rng.choice(sources()).data
    at = rng.randrange(len(other))
    return other[at : at + _count(rng)].decode("utf-8", "replace")


def _nothing(rng: Random, lines: list[str]) -> str:
    return rng.choice(("", " ", "\n\n", "\x00", "\u200b", ".", "-"))


Writer = Callable[[Random, list[str]], str]
WRITERS: tuple[Writer, ...] = (
    _all_of, _slices, _some_lines, _shuffled_lines, _shuffled_words, _reversed_words, _reversed_characters, _repeated,
    _two_words, _glued, _split, _every_second_word, _broken_markdown, _much_markdown, _as_html, _odd, _flooded, _zalgo,
    _any_characters, _other_page, _nothing,
)  # fmt: skip
_PLAIN = (_all_of, _slices, _some_lines, _shuffled_lines)
_FORMATS = {"_broken_markdown": "markdown", "_much_markdown": "markdown", "_as_html": "html"}


def make_extraction(rng: Random, blocks: Sequence[Block], writers: Sequence[Writer]) -> tuple[Extraction, str]:
    """An output for a stream, and its name."""
    lines = [block.text for block in blocks]
    writer = rng.choice(writers)
    text = writer(rng, lines)
    if rng.random() < 0.15:  # one oddity in the words of another
        second = rng.choice(WRITERS)
        text = second(rng, text[:_LARGEST_OUTPUT].split("\n"))
    text = text[: _LARGEST_OUTPUT if rng.random() < 2 * _LARGE else rng.choice((_OUTPUT, _OUTPUT // 3, _OUTPUT // 6))]
    form: Any = _FORMATS.get(writer.__name__, "text")
    if rng.random() < 0.2:
        form = rng.choice(("text", "markdown", "html"))
    facts = _metadata(rng, text)
    return Extraction(text, form, **facts), f"{writer.__name__.strip('_')} as {form}"


def _metadata(rng: Random, text: str) -> dict[str, Any]:
    def some() -> str:
        at = rng.randrange(len(text) + 1)
        return rng.choice((text[at : at + _count(rng, 300)], rng.choice(CHARACTERS), rng.choice(DATES)))

    values: dict[str, Any] = {name: some() for name in FIELDS if rng.random() < 0.5}
    if "authors" in values:
        values["authors"] = tuple(some() for _ in range(rng.randrange(4)))
    for name in ("published", "modified"):
        if name in values:
            values[name] = rng.choice((rng.choice(DATES), values[name]))
    return values


# ------------------------------------------------------------------------------------------------------------- gold


def make_gold(rng: Random, page: Page, blocks: Sequence[Block]) -> Gold:
    """Labels for a stream: drawn, or projected from a random text."""
    labels = load_labels()
    about = About(
        rng.choice((None, "en", "zh", "ar")),
        rng.choice((None, *labels.page_types)),
        origin="fuzz",
        site=rng.choice((None, f"site-{rng.randrange(7)}.example")),
    )
    metadata = {
        name: list(value) if name == "authors" else rng.choice((value, value, None))
        for name, value in _metadata(rng, " ".join(block.text for block in blocks[:20])).items()
    }
    kind = rng.random()
    if kind < 0.4:
        reference, _ = make_extraction(rng, blocks, rng.choice((_PLAIN, _PLAIN, WRITERS)))
        gold = Gold(about, reference=reference.text, metadata=metadata)
        return project_sample(Sample(page, gold)).gold
    names = list(labels.groups)
    few = rng.sample(names, rng.choice((1, 2, 5)))
    run = [rng.choice(("body", rng.choice(few)))]
    found: list[GoldBlock] = []
    for number, block in enumerate(blocks):
        if rng.random() < 0.3:
            run = [rng.choice(("body", "body", rng.choice(few)))]
        found.append(_gold_block(rng, number, block, run[0], few, labels.roles, found))
    extra = tuple(
        GoldBlock(block.text, "body", rng.choice((None, "p")), source="json-ld")
        for block in rng.sample(list(blocks), min(len(blocks), rng.choice((0, 0, 0, 1, 5))))
    )
    return Gold(about, tuple(found), extra, metadata=metadata, canary="fuzz")


def _gold_block(
    rng: Random,
    number: int,
    block: Block,
    label: str,
    labels: Sequence[str],
    roles: Sequence[str],
    before: list[GoldBlock],
) -> GoldBlock:
    originals = [i for i, one in enumerate(before[-50:], max(0, len(before) - 50)) if one.duplicate_of is None]
    copy = rng.choice(originals) if originals and rng.random() < 0.05 else None
    spans = []
    at = 0
    while rng.random() < 0.3 and at < len(block.text):
        start = rng.randrange(at, len(block.text))
        at = rng.randrange(start + 1, len(block.text) + 1)
        original = rng.choice(originals) if originals and rng.random() < 0.1 else None
        spans.append(Span(start, at, rng.choice(("body", rng.choice(labels))), original))
    role = rng.choice((None, "p", rng.choice(roles)))
    cell = (0, number, 1) if role == "cell" else None
    return GoldBlock(block.text, label, role, cell, tuple(spans), copy, block.hidden)


# -------------------------------------------------------------------------------------------------------- the trial


@contextmanager
def _guarded() -> Iterator[None]:
    """Gives up what takes more than :data:`STOP` seconds of CPU."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Overtime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, STOP)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class _Clock:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.last = time.process_time()

    def lap(self, stage: str) -> None:
        now = time.process_time()
        self.stages[stage] = self.stages.get(stage, 0.0) + now - self.last
        self.last = now

    def skip(self) -> None:
        """What was done since is the fuzzer's own work."""
        self.last = time.process_time()


def _go_through(mutant: Mutant) -> Tried:
    rng = Random(f"{mutant.seed}:{mutant.number}:outputs")
    page = mutant.page
    clock = _Clock()
    blocks = build_stream(page)
    clock.lap("stream")
    assert all(block.text for block in blocks), "an empty block"
    for block in blocks:
        block.text.encode("utf-8")  # no lone surrogate
    clock.skip()
    gold = make_gold(rng, page, blocks)
    clock.lap("gold")
    sample = Sample(page, gold)
    policy = load_policy(rng.choice(policy_names()))
    made = [make_extraction(rng, blocks, writers) for writers in (_PLAIN, WRITERS, WRITERS)]
    predictions: list[Prediction | None] = []
    for system, (extraction, _) in zip(SYSTEMS, made, strict=True):
        prediction = Prediction(system.key, page.id, "ok", extraction, ms=1.5, peak_mb=30.0)
        if rng.random() < 0.03:
            prediction = replace(prediction, status=rng.choice(FAILURES), extraction=None, error="E: \x1b[1m\ud800")
        predictions.append(None if rng.random() < 0.01 else prediction)
    outputs = tuple(name for _, name in made)
    clock.skip()

    measured = measure_sample(sample, SYSTEMS, predictions, policy, METRICS)
    clock.lap("measure")
    for row in measured.rows:
        for figure, value in (row.values["body"] or {}).items():
            assert 0 <= value <= 1, f"body.{figure} is {value}"
    explained: list[Explained] = []
    if gold.blocks is not None:
        _check_stored(sample, policy_free=not gold.reference)
        clock.lap("store")
        gold_tokens = tokenise_gold(gold, policy)
        clock.lap("owe")
        chosen = rng.randrange(len(SYSTEMS))
        explaining = predictions[chosen]
        if explaining is not None and mutant.number % 2 == 0:
            case = case_of(gold, explaining, SYSTEMS[chosen], policy, gold_tokens)
            assert case.alignment is not None
            clock.lap("measure")
            explained.append(explain(sample, explaining, gold_tokens, case.alignment, case.text))
            clock.lap("explain")
            _check_explained(explained[0], sample)
            found = tokenise_with_offsets(case.text)
            clock.lap("offsets")
            assert [token for token, _, _ in found] == tokenise(case.text), "tokens with offsets are others"
    for given in predictions:
        if given is not None:
            record = json.dumps(prediction_to_json(given))
            prediction_from_json(json.loads(record))
    clock.lap("store")
    if mutant.number % POOLED == 0:
        _report([measured], policy, explained, None, full=mutant.number % RENDERED == 0)
    clock.lap("report")
    return Tried(sum(clock.stages.values()), clock.stages, measured, outputs)


def _check_stored(sample: Sample, *, policy_free: bool) -> None:
    """What is written as gold.json is read again as the same."""
    if not policy_free:
        return
    data = json.loads(format_gold(sample_to_json(sample)))
    stored = sample_from_json(data, sample.page.data).gold
    assert (stored.blocks, stored.extra) == (sample.gold.blocks, sample.gold.extra)
    assert data["stream"]["spec"] == STREAM


def _check_explained(explained: Explained, sample: Sample) -> None:
    """The page that is shown holds the page's text, each block once."""
    lines = [line for item in explained.page for line in (item.lines if isinstance(item, Fold) else (item,))]
    blocks = (*(sample.gold.blocks or ()), *sample.gold.extra)
    shown = ["".join(bit.text for bit in line.bits) for line in lines]
    assert shown == [visible(block.text) for block in blocks], "the page that is explained is another"


def _report(
    measured: Sequence[Measured], policy: Any, pages: Sequence[Explained], by: str | None, *, full: bool
) -> None:
    """A result and all that can be made of it."""
    metrics = [m for m in METRICS if any(row.values[m.name] is not None for page in measured for row in page.rows)]
    if not metrics:
        return
    result = summarise("fuzz@0", measured, SYSTEMS, policy, metrics, by=by)
    text = result_json(result)
    if not full:
        return
    incidents = validate("result", json.loads(text), "result")
    assert not incidents, incidents[0].what
    for colours, width in ((None, 60), ("truecolor", 140)):
        console = Console(file=io.StringIO(), width=width, color_system=colours, force_terminal=bool(colours))  # type: ignore[arg-type]
        score_table(result, console)
        profile_table(result, console)
        strata_table(result, console)
        for page in pages:
            print_explained(page, console)
        assert not re.search("[\ud800-\udfff]", console.file.getvalue()), "a lone surrogate is printed"  # type: ignore[attr-defined]
    score_markdown(result).encode()
    report_html(result, pages).encode()


def report_batch(measured: Sequence[Measured], turn: int = 0) -> None:
    """The report of many pages, by another attribute each turn.

    Raises:
        PageFault: something raised.
    """
    try:
        by = ("page_type", "language", "site")[turn % 3]
        _report(measured, load_policy("neutral"), (), by, full=True)
    except Exception:
        ids = f"{measured[0].id} to {measured[-1].id}"
        raise PageFault(f"the report of the pages {ids}\n{traceback.format_exc()}") from None


def try_page(mutant: Mutant) -> Tried:
    """Take a mutant through stream, gold, alignment, metrics, result, report and explanation.

    Raises:
        PageFault: something raised, or the page took more than :data:`LIMIT` seconds of CPU, twice.
    """
    best: Tried | None = None
    for _ in range(2):
        try:
            with _guarded():
                tried = _go_through(mutant)
        except _Overtime:
            raise PageFault(f"{mutant.name} takes over {STOP} s\n{traceback.format_exc()}") from None
        except Exception:
            raise PageFault(f"{mutant.name}\n{traceback.format_exc()}") from None
        if best is None or tried.cpu < best.cpu:
            best = tried
        if best.cpu <= LIMIT:
            return best
    assert best is not None
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in best.stages.items())
    raise PageFault(f"{mutant.name} takes {best.cpu:.2f} s: {stages}; outputs: {', '.join(best.outputs)}")
