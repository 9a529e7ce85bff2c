"""A corpus to be looked at: every page as it looks, beside its blocks with their labels in colour. Static files.

The pages are other people's code. Each is copied with a content policy in its head that forbids scripts, frames and
every request, and is shown in a sandboxed frame.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from goldspan.core.text import decode, tokenise
from goldspan.data.schema import load_labels
from goldspan.model import GoldBlock, Sample
from goldspan.report.html_page import asset, content_policy, template

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_HEAD = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
_DOCTYPE = re.compile(r"\A\ufeff?(\s|<!--.*?-->|<\?.*?>)*<!doctype[^>]*>", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the gallery's list.

    Attributes:
        file: the address of its page, below the gallery.
        content: the share of the page's visible words that is the article's.
        labels: how many blocks have each label, the commonest first.
    """

    id: str
    file: str
    language: str
    page_type: str
    family: str
    size_kb: float
    blocks: int
    tokens: int
    content: float
    mess: tuple[str, ...]
    labels: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a block's text with one label."""

    text: str
    label: str
    group: str
    copy: bool


def gallery(samples: Iterable[Sample], title: str) -> Iterator[tuple[str, bytes]]:
    """The files of a gallery: path and bytes; the list, ``index.html``, comes last."""
    entries: list[Entry] = []
    ordered = list(samples)
    files = [f"{quote(sample.id, safe='')}.html" for sample in ordered]
    style, script = asset("gallery.css"), asset("gallery.js")
    shared = {"style": style, "script": script, "policy": content_policy(style, script, "frame-src 'self' file:")}
    for number, sample in enumerate(ordered):
        entry = _entry(sample, files[number])
        entries.append(entry)
        yield f"pages/{files[number]}", harmless(sample)
        yield (
            files[number],
            template("sample.html.j2")
            .render(
                **shared,
                entry=entry,
                sample=sample,
                frame=f"pages/{quote(files[number])}",
                blocks=[(block, pieces(block)) for block in sample.gold.blocks or ()],
                extra=[(block, pieces(block)) for block in sample.gold.extra],
                previous=files[number - 1] if number else None,
                following=files[number + 1] if number + 1 < len(files) else None,
            )
            .encode(),
        )
    index = template("gallery.html.j2").render(**shared, title=title, entries=entries)
    yield "index.html", index.encode()


def harmless(sample: Sample) -> bytes:
    """The page as UTF-8, with a content policy that forbids scripts and requests."""
    html, _ = decode(sample.page)
    if sample.page.media == "text":
        return template("plain.html.j2").render(text=html).encode()
    found = _DOCTYPE.match(html)
    at = found.end() if found else 0
    return (html[:at] + _HEAD + html[at:]).encode("utf-8", "replace")


def pieces(block: GoldBlock) -> list[Piece]:
    """The block's text, cut at its spans."""
    groups = load_labels().groups
    found: list[Piece] = []

    def add(start: int, end: int, label: str, copy: bool) -> None:
        if start < end:
            found.append(Piece(block.text[start:end], label, groups[label], copy))

    at = 0
    for span in sorted(block.spans, key=lambda span: span.start):
        add(at, span.start, block.label, block.duplicate_of is not None)
        add(span.start, span.end, span.label, span.duplicate_of is not None)
        at = span.end
    add(at, len(block.text), block.label, block.duplicate_of is not None)
    return found


def _entry(sample: Sample, file: str) -> Entry:
    about, blocks = sample.gold.about, sample.gold.blocks or ()
    groups = load_labels().groups
    tokens, content = 0, 0
    for block in blocks:
        if not block.hidden:
            count = len(tokenise(block.text))
            tokens += count
            content += count if groups[block.label] == "body" else 0
    return Entry(
        id=sample.id,
        file=quote(file),
        language=about.language or "",
        page_type=about.page_type or "",
        family=about.family or about.site or "",
        size_kb=len(sample.page.data) / 1024,
        blocks=len(blocks),
        tokens=tokens,
        content=content / tokens if tokens else 0.0,
        mess=about.mess,
        labels=tuple(Counter(block.label for block in blocks).most_common()),
    )
