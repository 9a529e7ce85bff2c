"""The text stream written a second time, over html5lib's tree, to hold the package's stream against.

Nothing here shares code with the package. The method differs on purpose: the tree becomes one flat list of characters,
breaks and boundaries, and each rule of the specification is one pass over that list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import html5lib

HTML = "{http://www.w3.org/1999/xhtml}"

NOT_READ = set(
    """
    head title script style template iframe noembed noframes textarea svg object canvas audio video datalist
    annotation annotation-xml
    """.split()
)

# The elements that do not end a block: the phrasing content of the HTML standard (those that are read or are void) …
PHRASING = set(
    """
    a abbr area b bdi bdo br cite code data del dfn em embed i img input ins kbd label link map mark math meta meter
    noscript output picture progress q ruby s samp select slot small span strong sub sup time u var wbr
    """.split()
)
# … what may stand inside them, and what browsers showed inline before it was obsolete.
INSIDE_PHRASING = set("rb rp rt rtc source track".split())
OBSOLETE = set("acronym big blink font nobr strike tt".split())
NO_BLOCK = PHRASING | INSIDE_PHRASING | OBSOLETE

BR = "<br>"
WHITE = " \t\n\f\r\u00a0\u200b\ufeff"

BOUNDARY = "boundary"


@dataclass(frozen=True)
class Char:
    """One character of the page or one ``br`` (the character BR), with what the elements around it say."""

    char: str
    pre: bool
    hidden: bool
    ruby: bool


@dataclass(frozen=True)
class Around:
    pre: bool = False
    hidden: bool = False
    ruby: bool = False
    math: bool = False


def parse(html: str) -> Any:
    """html5lib's tree of a document, scripting off."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=True)
    return parser.parse(html, scripting=False)


def local_name(tag: str) -> str:
    return tag.rsplit("}", 1)[-1].lower()


def hides(name: str, attributes: dict[str, str]) -> bool:
    style = re.sub(r"\s*:\s*", ":", attributes.get("style", "").lower())
    declarations = [part.strip() for part in style.split(";")]
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or any(re.match(r"display:none\b|visibility:hidden\b", part) for part in declarations)
        or (name == "dialog" and "open" not in attributes)
    )


def flatten(root: Any) -> list[Any]:
    """The page as a list of characters, breaks and boundaries, in document order."""
    items: list[Any] = []

    def text(value: str | None, around: Around) -> None:
        items.extend(Char(char, around.pre, around.hidden, around.ruby) for char in value or "")

    # (what to do, element, its surroundings); without recursion, for pages may be 20,000 elements deep.
    work: list[tuple[str, Any, Around]] = [("enter", root, Around())]
    while work:
        action, element, around = work.pop()
        if action == "tail":
            text(element.tail, around)
            continue
        if action == "boundary":
            items.append(BOUNDARY)
            continue
        if not isinstance(element.tag, str):  # a comment
            continue
        name = local_name(element.tag)
        if name in NOT_READ:
            continue
        if name == "br":
            items.append(Char(BR, around.pre, around.hidden, around.ruby))
            continue
        attributes = {local_name(key): value for key, value in element.attrib.items()}
        inside = Around(
            pre=around.pre or name == "pre",
            hidden=around.hidden or hides(name, attributes),
            ruby=around.ruby or name in ("rt", "rp"),
            math=around.math or name == "math",
        )
        if not (name in NO_BLOCK or around.math):
            items.append(BOUNDARY)
            work.append(("boundary", element, around))
        folded = name == "details" and "open" not in attributes
        summary_seen = False
        children = []
        body = Around(inside.pre, True, inside.ruby, inside.math) if folded else inside
        text(element.text, body)
        for child in element:
            is_summary = isinstance(child.tag, str) and local_name(child.tag) == "summary" and not summary_seen
            summary_seen = summary_seen or is_summary
            children.append(("enter", child, inside if is_summary else body))
            children.append(("tail", child, body))
        work += reversed(children)
    items.append(BOUNDARY)
    return items


def blocks_of(items: list[Any]) -> list[tuple[str, bool, tuple[tuple[int, int], ...]]]:
    """Text, hidden and ruby ranges of each block of a flat page."""
    segments: list[list[Any]] = [[]]
    for item in items:
        if item is BOUNDARY:
            segments.append([])
        else:
            segments[-1].append(item)
    found = []
    for segment in segments:
        for part in split_at_double_breaks(collapse(segment)):
            block = trim(part)
            if block:
                text = "".join(c.char for c in block)
                hidden = all(c.hidden for c in block if c.char not in WHITE)
                found.append((text, hidden, ruby_ranges(block)))
    return found


def collapse(segment: list[Char]) -> list[Char]:
    """Each run of space to one, none beside a break; the newlines and tabs of ``pre`` are no space."""
    spaced = [replace(c, char=" ") if c.char in WHITE and not (c.pre and c.char in "\n\t") else c for c in segment]
    once = [c for i, c in enumerate(spaced) if not (c.char == " " and i and spaced[i - 1].char == " ")]
    return [c for i, c in enumerate(once) if not (c.char == " " and BR in (char_at(once, i - 1), char_at(once, i + 1)))]


def char_at(items: list[Char], i: int) -> str:
    return items[i].char if 0 <= i < len(items) else ""


def split_at_double_breaks(items: list[Char]) -> list[list[Char]]:
    """A single break becomes a newline, a run of them ends the part."""
    parts: list[list[Char]] = [[]]
    for i, item in enumerate(items):
        if item.char != BR:
            parts[-1].append(item)
        elif BR in (char_at(items, i - 1), char_at(items, i + 1)):
            parts.append([])
        else:
            parts[-1].append(replace(item, char="\n"))
    return parts


def trim(part: list[Char]) -> list[Char]:
    start, end = 0, len(part)
    while start < end and part[start].char in WHITE:
        start += 1
    while end > start and part[end - 1].char in WHITE:
        end -= 1
    return part[start:end]


def ruby_ranges(block: list[Char]) -> tuple[tuple[int, int], ...]:
    """The maximal ranges of ruby characters."""
    ranges: list[tuple[int, int]] = []
    for i, char in enumerate(block):
        if not char.ruby:
            continue
        if ranges and ranges[-1][1] == i:
            ranges[-1] = (ranges[-1][0], i + 1)
        else:
            ranges.append((i, i + 1))
    return tuple(ranges)


def reference_blocks(html: str) -> list[tuple[str, bool, tuple[tuple[int, int], ...]]]:
    """The stream of a page by html5lib and these rules."""
    return blocks_of(flatten(parse(html)))
