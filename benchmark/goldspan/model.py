"""The nouns of the house, as frozen data. Nothing here reads, writes or computes.

Lengths and offsets are Unicode code points; times are milliseconds unless a name says otherwise; memory is in
megabytes of 2**20 bytes. ``None`` always means "not known" or "not applicable", never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from math import inf
from typing import Any, Literal

from goldspan.errors import UsageError

Media = Literal["html", "text"]
TextFormat = Literal["text", "markdown", "html"]
Status = Literal["ok", "empty", "error", "timeout", "crash", "memory"]

FAILURES: tuple[Status, ...] = ("error", "timeout", "crash", "memory")
"""The statuses that are failures. ``empty`` is an answer, not a failure."""

FIELDS = ("title", "authors", "published", "modified", "publisher", "language", "description")
"""The metadata fields that an extraction can carry and a gold can state."""


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of one HTML document or plain text, with what is known of where they came from.

    Attributes:
        charset: what the HTTP header said, if it was stored.
        encoding: the encoding the page was decoded with when its gold was made; it overrides detection.
        captured: when it was fetched, as ISO 8601, if that is known.
    """

    id: str
    data: bytes
    url: str | None = None
    charset: str | None = None
    encoding: str | None = None
    media: Media = "html"
    captured: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the text stream, before anybody labelled it.

    Attributes:
        ruby: half-open ranges of the text that come from ``rt`` or ``rp``.
        path: the names of the elements around it, outermost first, joined by ``/``.
    """

    text: str
    hidden: bool = False
    ruby: tuple[tuple[int, int], ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points of one block, with a label of its own."""

    start: int
    end: int
    label: str
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class GoldBlock:
    """A labelled block of a gold.

    Attributes:
        role: what kind of body text it is (``p``, ``h2``, ``li``, ``cell`` …).
        cell: table number, row and column, from 0, for the role ``cell``.
        duplicate_of: the number of the block whose text this one copies.
        source: for ``extra`` blocks only: where the page carries the text (``json-ld``, ``__NEXT_DATA__``).
    """

    text: str
    label: str
    role: str | None = None
    cell: tuple[int, int, int] | None = None
    spans: tuple[Span, ...] = ()
    duplicate_of: int | None = None
    hidden: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Snippets:
    """Gold that consists of phrases: those the text must hold, and those it must not."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What kind of page it is. Real pages are clustered by ``site``, a registrable domain; composed ones by ``family``
    and by ``article``."""

    language: str | None = None
    page_type: str | None = None
    family: str | None = None
    article: str | None = None
    site: str | None = None
    origin: str = "unknown"
    licence: str | None = None
    mess: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known to be right about one page. A corpus fills what it has and leaves the rest ``None``.

    Attributes:
        blocks: the stream with a label for each block; None where the corpus has no such gold.
        extra: body text that the page carries only outside its stream. It is neutral.
        reference: the gold text as its authors wrote it, for the metrics that compare plain texts.
        snippets: phrases, for corpora annotated that way.
        metadata: a field mapped to its value; None is "checked and absent", a missing key "not annotated".
        canary: the string that marks published gold, so that its presence in a training set can be seen.
        coverage: share of the reference's tokens that were found in the stream, where it was projected.
    """

    about: About = About()
    blocks: tuple[GoldBlock, ...] | None = None
    extra: tuple[GoldBlock, ...] = ()
    reference: str | None = None
    snippets: Snippets | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    coverage: float | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    canary: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A page and its gold."""

    page: Page
    gold: Gold

    @property
    def id(self) -> str:
        return self.page.id


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an extractor made of a page.

    Attributes:
        format: what ``text`` is written in; Markdown and HTML are rendered to text before scoring.
    """

    text: str
    format: TextFormat = "text"
    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: str | None = None
    modified: str | None = None
    publisher: str | None = None
    language: str | None = None
    description: str | None = None

    def metadata(self) -> dict[str, Any]:
        """The fields that are set, by name."""
        values = {name: getattr(self, name) for name in FIELDS}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class System:
    """An extractor as it was run: its name, its version and its options.

    Attributes:
        takes: ``html`` when it gets the decoded string, ``bytes`` when it does the decoding itself.
        fields: the metadata fields it can return; a field outside them is not applicable to it.
        tuned_on: corpora it was trained or tuned on, by its authors' account.
    """

    name: str
    version: str
    options: Mapping[str, str] = field(default_factory=dict)
    takes: Literal["html", "bytes"] = "html"
    fields: tuple[str, ...] = ()
    tuned_on: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``name@version?option=value&…``: the name it has in reports and run files."""
        options = "&".join(f"{name}={value}" for name, value in sorted(self.options.items()))
        return f"{self.name}@{self.version}" + (f"?{options}" if options else "")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a page may cost.

    Attributes:
        timeout: wall-clock seconds a page.
        memory_mb: resident memory of the process and its children.
        start_timeout: wall-clock seconds for starting, with the warm-up page.
    """

    timeout: float = 30.0
    memory_mb: float = 2048.0
    start_timeout: float = 120.0

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
                raise UsageError(f"the limit {one.name} is {value!r}", "Give a number above 0.")

    @property
    def identity(self) -> str:
        """What protocols print: the limits that are not the defaults, such as ``timeout=0.4``; empty where all are."""
        usual = Limits()
        return ",".join(
            f"{field.name}={getattr(self, field.name):g}"
            for field in fields(self)
            if getattr(self, field.name) != getattr(usual, field.name)
        )


@dataclass(frozen=True, slots=True)
class Prediction:
    """One system's answer for one page, as a run file stores it.

    Attributes:
        system: the key of the system.
        page_sha256: hash of the page's bytes; None where finished predictions of another program lack it.
        ms: wall-clock time of the extractor's own call, in its own process.
        peak_mb: peak resident memory of the process during that call.
        error: the exception's type and last line, or the signal that ended the process.
        noise: what it printed, cut short.
    """

    system: str
    id: str
    status: Status
    extraction: Extraction | None = None
    page_sha256: str | None = None
    ms: float | None = None
    peak_mb: float | None = None
    error: str | None = None
    noise: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with its 95 % interval.

    Attributes:
        n: the pages it was computed from.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One page of one system: for each metric its values, or None where it does not apply to this page."""

    id: str
    status: Status
    values: Mapping[str, Mapping[str, float] | None]


@dataclass(frozen=True, slots=True)
class Speed:
    """What a run cost. Times of one call are wall-clock milliseconds around the extractor's own call."""

    pages_per_second: float | None = None
    median_ms: float | None = None
    p95_ms: float | None = None
    peak_mb: float | None = None
    start_ms: float | None = None


@dataclass(frozen=True, slots=True)
class RankRange:
    """The ranks that a system can have: ``2–5``, or ``3`` where it can have one only."""

    best: int
    worst: int

    def __str__(self) -> str:
        return str(self.best) if self.best == self.worst else f"{self.best}–{self.worst}"


@dataclass(frozen=True, slots=True)
class SystemResult:
    """All that is known of one system after a run.

    Attributes:
        scores: figures by ``metric.figure`` (``body.f1``, ``leak.tokens``, ``leak.navigation.share``).
        rank: the ranks that it can have by the headline; None where it is not ranked.
        strata: the headline by the values of ``Result.by``.
        failures: pages by failure kind, and ``empty``; only those that occurred.
    """

    system: System
    scores: Mapping[str, Score]
    rank: RankRange | None
    rows: tuple[Row, ...]
    failures: Mapping[str, int] = field(default_factory=dict)
    speed: Speed = Speed()
    strata: Mapping[str, Score] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A finished comparison: every system, scored on the same pages under one protocol.

    Attributes:
        protocol: everything that must be equal for two scores to be comparable, as one line.
        headline: the figure that systems are ranked by.
        by: what the strata are values of (``page_type``, ``language``, ``family``), if any.
        left_out: pages of the corpus that took no part, with the reason.
    """

    protocol: str
    headline: str
    systems: tuple[SystemResult, ...]
    by: str | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
