"""What the draft labeller sees of a block: its place in the page, its shape, the names of the elements around it.

It sees no words of any language except those that sites use in class names and addresses (``nav``,
``related``, ``/author/``).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log1p
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from goldspan.core.text import tokenise
from goldspan.core.text.stream import INLINE, SKIPPED
from goldspan.model import Block

_SPACE = re.compile("[ \t\n\f\r\u00a0\u200b\ufeff]+")
_NAMES = ("class", "id", "itemprop", "role", "rel", "data-testid", "data-component", "data-type", "aria-label")
_PIECE = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_ADDRESS = re.compile(r"[a-z]{3,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d")
_ENDS = ".!?…。！？।؟։۔」』”»\"'"
_NEAR = 3  # elements whose names count as the block's own
_TOKENS = 60  # characters of an address that are looked at

OWN = (
    "p li h1 h2 h3 h4 h5 h6 div span a td th dt dd figcaption blockquote pre button label option summary time "
    "cite small strong em address legend section article header footer aside nav main form caption"
).split()
AROUND = (
    "nav header footer aside article main section form ul ol dl table figure figcaption button blockquote pre a "
    "details dialog time h1 h2 h3 h4 h5 h6 p li label select address noscript fieldset"
).split()
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


@dataclass(slots=True)
class _Element:
    """An open element, or one that is closed, with what it holds."""

    tag: str
    up: _Element | None
    names: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    is_link: bool = False
    chars: int = 0
    linked: int = 0
    blocks: int = 0
    children: int = 0
    last: int = -1

    def line(self) -> Iterator[_Element]:
        """The element and those around it, inside out."""
        one: _Element | None = self
        while one is not None:
            yield one
            one = one.up


@dataclass(slots=True)
class _Seen:
    """A block with the elements of its runs of text."""

    text: str
    hidden: bool
    home: _Element
    linked: int = 0
    links: int = 0
    bold: int = 0
    addresses: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a page's blocks.

    Attributes:
        numbers: for each block its figures, in the order of :data:`NAMES`.
        words: for each block the names it has, each with a prefix: ``n:`` near, ``a:`` around, ``h:`` of addresses.
    """

    numbers: list[list[float]]
    words: list[frozenset[str]]


def pieces(value: str) -> list[str]:
    """The words that a class name is made of."""
    return [piece.lower() for piece in _PIECE.findall(value[:400])]


def _see(html: str, blocks: Sequence[Block], kept: Sequence[bool]) -> tuple[list[_Seen], LexborHTMLParser]:
    """Walk the tree along with the stream: both hold the same characters but for space."""
    tree = LexborHTMLParser(html)
    seen: list[_Seen] = []
    left, number = 0, -1
    here = _Element("", None)
    node: LexborNode | None = tree.root
    depth = 0
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            size = len(_SPACE.sub("", node.text_content or ""))
            if size:
                if left <= 0:
                    number += 1
                    if number == len(blocks):
                        break
                    left = len(_SPACE.sub("", blocks[number].text))
                    if kept[number]:
                        seen.append(_Seen(blocks[number].text, blocks[number].hidden, here))
                left -= size
                if kept[number]:
                    _note(seen[-1], number, here, size)
        elif tag and tag[0] != "-" and tag not in SKIPPED and node.first_child is not None:
            here.children += 1
            here = _open(node, tag, here)
            depth += 1
            node = node.first_child
            continue
        while node.next is None:
            if depth == 0 or node.parent is None:
                return seen, tree
            node = node.parent
            here = here.up or here
            depth -= 1
        node = node.next
    return seen, tree


def _open(node: LexborNode, tag: str, up: _Element) -> _Element:
    attributes = node.attributes
    names: list[str] = []
    for name in _NAMES:
        value = attributes.get(name)
        if value:
            names += pieces(value)
    made = _Element(tag, up, tuple(names[:24]))
    if tag == "a" and attributes.get("href"):
        made.is_link = True
        made.address = tuple(_address(attributes["href"] or ""))
    elif up.is_link:
        made.is_link, made.address = True, up.address
    return made


def _address(href: str) -> list[str]:
    """What an address tells: where it leads, and the words of its path but the last, which is the page's own name."""
    href = href.strip().lower()
    if href.startswith("#") or not href:
        return ["#"]
    try:
        parts = urlsplit(href)
    except ValueError:
        return ["bad"]
    if parts.scheme not in ("", "http", "https"):
        return [f"{parts.scheme}:"]
    steps = [step for step in parts.path.split("/") if step]
    words = [word for step in steps if len(step) <= 24 for word in _ADDRESS.findall(step)][:8]
    host = [piece for piece in parts.netloc.split(".") if len(piece) > 3][:3]
    found = words + host + (["?"] if parts.query else [])
    return [*found, f"steps{min(len(steps), 5)}", "long" if steps and len(steps[-1]) > 24 else "short"]


def _note(block: _Seen, number: int, here: _Element, size: int) -> None:
    if here.is_link:
        block.linked += size
        block.links += 1
        block.addresses += here.address
    for one in here.line():
        if one.tag in INLINE:
            block.tags.add(one.tag)
            block.inner += one.names
        else:
            break
    for one in here.line():
        one.chars += size
        one.linked += size if here.is_link else 0
        if one.last != number:
            one.blocks, one.last = one.blocks + 1, number


def features(html: str, blocks: Sequence[Block], kept: Sequence[bool] | None = None) -> Features:
    """The features of a page.

    Args:
        html: the page; of a plain text, none.
        blocks: its stream.
        kept: the blocks that are there; the page then looks as if it had no others. All of them if None.
    """
    kept = [True] * len(blocks) if kept is None else kept
    seen, tree = _see(html, blocks, kept)
    if len(seen) != sum(kept):
        # A plain text has no elements; a fault of this walk must not cost the annotator the page.
        bare = _Element("body", None)
        seen = [_Seen(block.text, block.hidden, bare) for block, there in zip(blocks, kept, strict=True) if there]
    head = _Head(tree)
    return Features(_numbers(seen, head), [_words(one) for one in seen])


class _Head:
    """What the head says of the page, as sets of words."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        found: dict[str, list[str]] = {"title": [], "description": [], "author": []}
        for node in tree.css("title, meta[content]"):
            if node.tag == "title":
                found["title"].append(node.text())
                continue
            name = (node.attributes.get("property") or node.attributes.get("name") or "").lower()
            for kind, values in found.items():
                if name.endswith(kind):
                    values.append(node.attributes.get("content") or "")
        self.title, self.description, self.author = (
            frozenset(word for value in found[kind] for word in tokenise(value)) for kind in found
        )


def _overlap(words: Sequence[str], other: frozenset[str]) -> tuple[float, float]:
    if not words or not other:
        return 0.0, 0.0
    own = set(words)
    both = len(own & other)
    return both / len(own), both / len(other)


def _words(one: _Seen) -> frozenset[str]:
    found: set[str] = {f"h:{word}" for word in one.addresses}
    found |= {f"n:{word}" for word in one.inner}
    near = [element for element in one.home.line() if element.tag not in INLINE]
    for place, element in enumerate(near):
        if element.tag in ("body", "html"):
            break
        found |= {f"a:{word}" for word in element.names}
        if place < _NEAR:
            found |= {f"n:{word}" for word in element.names}
    found |= {f"t:{tag}" for tag in one.tags}
    chain = [element.tag for element in near[:3]]
    found.add("p:" + "/".join(reversed(chain)))
    return frozenset(found)


_CONTEXT = (-3, -2, -1, 1, 2, 3)
_WINDOWS = (4, 12, 40)


def _numbers(seen: Sequence[_Seen], head: _Head) -> list[list[float]]:
    count = len(seen)
    if not count:
        return []
    lines = [tokenise(one.text) for one in seen]
    # A character of a script without spaces is a token: by their number a line would seem long.
    size = [min(len(line), len(one.text) / 2) for line, one in zip(lines, seen, strict=True)]
    density = [min(one.linked / max(len(_SPACE.sub("", one.text)), 1), 1.0) for one in seen]
    prose = [words if words >= 10 and linked < 0.5 else 0.0 for words, linked in zip(size, density, strict=True)]
    mass = _shares(prose)
    total = _shares([float(words) for words in size])
    blocks_of = [next((e for e in one.home.line() if e.tag not in INLINE), one.home) for one in seen]
    copies = Counter(one.text for one in seen)
    titles = [_overlap(line, head.title) for line in lines]
    first_heading = next((n for n, e in enumerate(blocks_of) if _heading(e) == 1), -1)
    best = max(range(count), key=lambda n: (min(titles[n]) + 0.3 * (_heading(blocks_of[n]) == 1), -n))
    anchor = best if min(titles[best]) > 0.3 else first_heading
    logs = [log1p(words) for words in size]
    rows = []
    for n, one in enumerate(seen):
        text, own = one.text, blocks_of[n]
        tags = {element.tag for element in own.line()} | one.tags
        line = list(own.line())
        row = [logs[n], log1p(len(text)), len(text) / max(len(lines[n]), 1) / 10, density[n], log1p(one.links)]
        row += _shape(text, lines[n])
        row += [float(one.hidden), n / count, log1p(n), log1p(count - n), total[n], mass[n], log1p(len(line))]
        row += [float(0 < mass[n] < 1), prose[n] and 1.0, log1p(copies[text] - 1), log1p(count)]
        row += [*titles[n], *_overlap(lines[n], head.description), *_overlap(lines[n], head.author)]
        row += [float(n == anchor), _signed(n - anchor) if anchor >= 0 else 0.0, float(anchor >= 0)]
        row += [float(own.tag == tag) for tag in OWN] + [float(tag in tags) for tag in AROUND]
        row += [float(_heading(element)) for element in (own,)]
        for around in _levels(line):
            row += _holding(around)
        for step in _CONTEXT:
            at = n + step
            there = 0 <= at < count
            row += [logs[at] if there else -1.0, density[at] if there else 0.0]
            row += [float(there and blocks_of[at].tag == own.tag), float(there and _heading(blocks_of[at]) > 0)]
            row += [
                float(there and (blocks_of[at].up is own.up or blocks_of[at] is own)),
                float(there and prose[at] > 0),
            ]
        for width in _WINDOWS:
            for low, high in ((max(n - width, 0), n), (n + 1, min(n + 1 + width, count))):
                there = high > low
                row += [sum(logs[low:high]) / (high - low) if there else 0.0]
                row += [sum(density[low:high]) / (high - low) if there else 0.0]
                row += [sum(1 for p in prose[low:high] if p) / width]
        rows.append(row)
    return rows


def _levels(line: Sequence[_Element]) -> Iterator[_Element | None]:
    """The elements whose contents count: the nearest ones, and the first that is more than a wrapper."""
    for place in (1, 2, 3, 5):
        yield line[place] if place < len(line) else None
    own = line[0].blocks
    yield next((one for one in line if one.blocks >= own + 3), None)


def _holding(one: _Element | None) -> list[float]:
    if one is None:
        return [0.0, 0.0, 0.0, 0.0]
    return [log1p(one.blocks), log1p(one.chars), one.linked / max(one.chars, 1), log1p(one.chars / max(one.blocks, 1))]


def _shape(text: str, line: Sequence[str]) -> list[float]:
    kinds = Counter(unicodedata.category(char)[0] for char in text[:500])
    length = max(min(len(text), 500), 1)
    sentences = sum(text.count(end) for end in ".!?。！？।؟")
    first = text[0]
    return [
        kinds["P"] / length, kinds["N"] / length, kinds["S"] / length, kinds["Z"] / length,
        log1p(sentences), float(text[-1] in _ENDS), float(text[-1] in ":：…"), log1p(sum(map(text.count, ",、،，"))),
        float(first.isupper()), float(first.isdigit()), float(text.isupper()), log1p(text.count("\n")),
        float(bool(_YEAR.search(text))), float(bool(_CLOCK.search(text))), float("©" in text), float("@" in text),
        float(any(mark in text for mark in "|•·/›»>")), sum(word.isdigit() for word in line) / max(len(line), 1),
        sum(map(str.istitle, text.split()[:12])) / 12,
    ]  # fmt: skip


def _heading(one: _Element) -> int:
    return int(one.tag[1]) if one.tag in HEADINGS else 0


def _signed(distance: int) -> float:
    return log1p(distance) if distance >= 0 else -log1p(-distance)


def _shares(values: Sequence[float]) -> list[float]:
    """For each place the share of the sum that stands before it, its own half included."""
    whole, at, found = sum(values), 0.0, []
    for value in values:
        found.append((at + value / 2) / whole if whole else 0.0)
        at += value
    return found
