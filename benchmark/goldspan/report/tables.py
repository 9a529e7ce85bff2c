"""A result as tables of cells, before anybody decides how they look: console, Markdown and HTML draw the same ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from goldspan.core.metrics import find_metric
from goldspan.errors import UsageError
from goldspan.model import Result, Score, SystemResult
from goldspan.report import formatting
from goldspan.report.formatting import NONE, known

Group = Literal["accuracy", "detail", "cost"]

RANKS = (
    "the ranks that a system can have: one more than those significantly better, to all but those significantly worse "
    "(all pairs, Holm-corrected)"
)
"""What stands in the column of ranks."""
_REORDERED = 0.05
OFTEN = "†: on over 5 % of the pages"
"""The mark of a system that puts text out in another order than the page's too often."""

TITLES = {
    "body.f1": "Body F1",
    "shingle.f1": "Shingle F1",
    "words.f1": "Words F1",
    "snippets.f1": "Snippets F1",
    "wcxb-snippets.with": "WCXB with",
    "wcxb-snippets.without": "WCXB without",
    "rouge-lsum.f1": "ROUGE-Lsum",
    "edit.similarity": "Edit sim.",
    "leak.tokens": "Leaked",
    "loss.tokens": "Lost",
    "surplus.invented": "Invented",
    "surplus.repeated": "Repeated",
    "order.tau": "Order tau",
    "order.flagged": "Reordered",
    "abstention.share": "Abstained",
    "metadata.mean": "Metadata",
}
FAILURES, EMPTY = "Failures", "Empty"
_OWN_COLUMNS = ("leak", "loss", "surplus", "order", "abstention", "metadata")
_BESIDE_HEADLINE = {"precision": "Prec.", "recall": "Recall", "accuracy": "Accur.", "without": "Without"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table.

    Attributes:
        text: the figure as it is written.
        value: what it is sorted and shaded by; None where nothing is known.
        note: what is said beside it, smaller.
        n: the pages it comes from, where that matters.
        few: it comes from too few pages to be ranked.
        best: it is the best of its column, or lies within the best one's interval.
    """

    text: str
    value: float | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    n: int | None = None
    few: bool = False
    best: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the score table: a cell for each system, in the table's order."""

    title: str
    group: Group
    about: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of systems by something (strata, labels, roles, fields).

    Attributes:
        heads: what the columns are, each with a note (``120 pages``) or an empty string.
        cells: a row for each system, in the table's order.
    """

    title: str
    about: str
    heads: tuple[tuple[str, str], ...]
    cells: tuple[tuple[Cell, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.heads and self.cells)

    @property
    def most(self) -> float:
        """The largest value, at least a little above 0."""
        return max([cell.value or 0.0 for row in self.cells for cell in row], default=0.0) or 1.0


def lower_is_better(result: Result) -> bool:
    """Whether a smaller headline is the better one."""
    try:
        return find_metric(result.headline.partition(".")[0]).lower_is_better
    except UsageError:  # a result of a metric that this installation lacks
        return False


def in_order(result: Result) -> tuple[SystemResult, ...]:
    """The systems by headline, the best first; what is not ranked comes after what is."""
    sign = 1 if lower_is_better(result) else -1

    def place(system: SystemResult) -> tuple[bool, bool, float, str]:
        value = _value(system, result.headline)
        return system.rank is None, value is None, sign * (value or 0.0), system.system.key

    return tuple(sorted(result.systems, key=place))


def _value(system: SystemResult, name: str) -> float | None:
    score = system.scores.get(name)
    return known(score.value) if score else None


def title_of(name: str) -> str:
    """What a figure's column is called."""
    return TITLES.get(name) or formatting.line(name.replace(".", " "))


def score_columns(result: Result) -> tuple[Column, ...]:
    """The columns of the score table; those without any value are left out."""
    systems = in_order(result)
    headline = result.headline
    metric = headline.partition(".")[0]
    found = [_plain(systems, headline, "accuracy", "with its 95 % interval", interval=True)]
    for name, title in _BESIDE_HEADLINE.items():
        figure = f"{metric}.{name}"
        found.append(_plain(systems, figure, "accuracy", f"{name} of the headline's metric", title=title))
    found += [
        _plain(systems, "leak.tokens", "accuracy", "noise tokens in the output, a page"),
        _plain(systems, "loss.tokens", "accuracy", "content tokens that the output lacks, a page"),
        _plain(systems, "surplus.invented", "detail", "tokens that stand nowhere on the page, a page"),
        _plain(systems, "surplus.repeated", "detail", "tokens put out again, a page"),
        _column(
            "Reordered", "detail", f"pages whose text is out of order (tau under .8); {OFTEN}", systems, _reordered
        ),
        _column("Metadata", "detail", "mean over the fields, with their number", systems, _metadata),
        _shares(systems, "abstention.share", "pages without content on which the output was empty"),
        _column(FAILURES, "detail", "pages by kind of failure; they score as empty", systems, _failures),
        _column(EMPTY, "detail", "pages with an empty output, which is no failure", systems, _empty),
    ]
    found += [
        _plain(systems, name, "detail", "another metric's headline") for name in _other_headlines(systems, metric)
    ]
    found += [_cost(systems, *spec) for spec in _COSTS]
    columns: dict[str, Column] = {}
    for column in found:
        if not columns or _says_something(column):
            columns.setdefault(column.title, column)
    return tuple(columns.values())


def _says_something(column: Column) -> bool:
    values = [cell.value for cell in column.cells if cell.value is not None]
    return any(values) if column.title in (FAILURES, EMPTY) else bool(values)


def _column(
    title: str, group: Group, about: str, systems: Sequence[SystemResult], cell: Callable[[SystemResult], Cell]
) -> Column:
    return Column(title, group, about, tuple(cell(system) for system in systems))


def _plain(
    systems: Sequence[SystemResult], name: str, group: Group, about: str, *, title: str = "", interval: bool = False
) -> Column:
    def cell(system: SystemResult) -> Cell:
        score = system.scores.get(name)
        if score is None:
            return Cell(NONE)
        text = formatting.with_interval(name, score) if interval else formatting.figure(name, score.value)
        return Cell(text, known(score.value), low=known(score.low), high=known(score.high), n=score.n)

    return _column(title or title_of(name), group, about, systems, cell)


def _shares(systems: Sequence[SystemResult], name: str, about: str) -> Column:
    def cell(system: SystemResult) -> Cell:
        value = _value(system, name)
        return Cell(formatting.percent(value), value)

    return _column(title_of(name), "detail", about, systems, cell)


def _reordered(system: SystemResult) -> Cell:
    value = _value(system, "order.flagged")
    is_often = value is not None and value > _REORDERED
    return Cell(formatting.percent(value) + ("†" if is_often else ""), value)


def _metadata(system: SystemResult) -> Cell:
    value, fields = _value(system, "metadata.mean"), _value(system, "metadata.fields")
    if value is None:
        return Cell(NONE)
    return Cell(formatting.share(value) + (f" ({fields:.0f})" if fields is not None else ""), value)


def _failures(system: SystemResult) -> Cell:
    total = sum(number for kind, number in system.failures.items() if kind != "empty")
    return Cell(formatting.failures(system.failures), float(total))


def _empty(system: SystemResult) -> Cell:
    number = system.failures.get("empty", 0)
    return Cell(str(number), float(number))


def _cost(systems: Sequence[SystemResult], title: str, attribute: str, about: str) -> Column:
    def cell(system: SystemResult) -> Cell:
        value = known(getattr(system.speed, attribute))
        return Cell(formatting.count(value), value)

    return _column(title, "cost", about, systems, cell)


_COSTS = (
    ("Pages/s", "pages_per_second", "pages a second, all jobs together"),
    ("Median ms", "median_ms", "wall-clock time of one call"),
    ("p95 ms", "p95_ms", "the time that one call in twenty exceeds"),
    ("Peak MB", "peak_mb", "largest resident memory of a process"),
    ("Start ms", "start_ms", "import and first page, cold"),
)


def _other_headlines(systems: Sequence[SystemResult], headline_metric: str) -> list[str]:
    """The headline figures of the metrics that have no columns of their own, in the order they were measured."""
    figures_of: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for system in systems for name in system.scores):
        metric, _, figure = name.partition(".")
        figures_of.setdefault(metric, []).append(figure)
    chosen = []
    for metric, names in figures_of.items():
        if metric == headline_metric or metric in _OWN_COLUMNS:
            continue
        try:
            headline = find_metric(metric).headline
        except UsageError:
            headline = names[0]
        chosen.append(f"{metric}.{headline if headline in names else names[0]}")
        if metric == "wcxb-snippets":
            chosen.append("wcxb-snippets.without")
    return chosen


def strata_grid(result: Result) -> Grid:
    """The headline by the values of ``Result.by``: the largest strata first."""
    systems = in_order(result)
    pages: dict[str, int] = {}
    for system in systems:
        for name, score in system.strata.items():
            pages[name] = max(pages.get(name, 0), score.n)
    names = sorted(pages, key=lambda name: (name == "unknown", -pages[name], name))
    columns = [_stratum(result, [system.strata.get(name) for system in systems]) for name in names]
    about = (
        f"{title_of(result.headline)}. Too few pages or clusters for an interval: marked ·, never ranked. "
        "Bold: the best of a column and what lies within its interval."
    )
    heads = tuple((formatting.line(name), f"{pages[name]} p.") for name in names)
    return Grid(f"By {_words(result.by)}", about, heads, tuple(zip(*columns, strict=True)))


def _words(name: str | None) -> str:
    return formatting.line((name or "stratum").replace("_", " "))


def _stratum(result: Result, scores: Sequence[Score | None]) -> list[Cell]:
    sign = -1 if lower_is_better(result) else 1
    counted = [s for s in scores if s is not None and known(s.value) is not None and s.low is not None]
    best = max(counted, key=lambda s: sign * (s.value or 0.0), default=None)
    cells = []
    for score in scores:
        value = known(score.value) if score else None
        if score is None or value is None:
            cells.append(Cell(NONE))
            continue
        few = score.low is None
        text = formatting.figure(result.headline, value) + ("·" if few else "")
        is_best = best is not None and not few and len(counted) > 1 and _within(value, best, sign)
        cells.append(Cell(text, value, "", known(score.low), known(score.high), score.n, few, is_best))
    return cells


def _within(value: float, best: Score, sign: int) -> bool:
    edge = known(best.low if sign > 0 else best.high)
    return sign * value >= sign * (edge if edge is not None else best.value or 0.0)


def leak_grid(result: Result) -> Grid:
    """Leaked tokens a page by label, with the share of pages that leak at least 5 of it."""
    return _profile(
        result, "leak", "Leaked, by label", "Tokens a page, and the share of pages with at least 5 of them."
    )


def loss_grid(result: Result) -> Grid:
    """Lost tokens a page by role."""
    return _profile(result, "loss", "Lost, by role", "Content tokens a page that the output lacks.")


def _profile(result: Result, metric: str, title: str, about: str) -> Grid:
    systems = in_order(result)
    found: dict[str, list[float]] = {}
    for system in systems:
        for name, score in _figures_of(system, metric).items():
            if name != "tokens" and not name.endswith(".pages"):
                found.setdefault(name, []).append(known(score.value) or 0.0)

    def weight(name: str) -> tuple[float, float]:
        # The median, so that a baseline that puts out everything does not decide what stands first.
        return median(found[name] + [0.0] * (len(systems) - len(found[name]))), max(found[name])

    names = sorted(sorted(found), key=weight, reverse=True)

    def cell(scores: Mapping[str, Score], name: str) -> Cell:
        if "tokens" not in scores:
            return Cell(NONE)
        # A label that a system never leaked has no figure: that is a zero, since the metric did apply.
        value = known(scores[name].value) if name in scores else 0.0
        pages = scores[f"{name}.pages"].value if f"{name}.pages" in scores else None
        return Cell(formatting.count(value), value, formatting.percent(pages) if known(pages) else "")

    rows = (tuple(cell(_figures_of(system, metric), name) for name in names) for system in systems)
    return Grid(title, about, tuple((formatting.line(name), "") for name in names), tuple(rows))


def metadata_grid(result: Result) -> Grid:
    """The score of each metadata field."""
    systems = in_order(result)
    scores = [_figures_of(system, "metadata") for system in systems]
    names = [n for n in dict.fromkeys(n for row in scores for n in row) if n not in ("mean", "fields")]
    rows = (
        tuple(Cell(formatting.share(row[n].value), known(row[n].value)) if n in row else Cell(NONE) for n in names)
        for row in scores
    )
    about = "From 0 to 1. A field that a system does not give is not applicable to it."
    return Grid("Metadata, by field", about, tuple((formatting.line(n), "") for n in names), tuple(rows))


def _figures_of(system: SystemResult, metric: str) -> dict[str, Score]:
    return {
        name.removeprefix(f"{metric}."): score for name, score in system.scores.items() if name.startswith(f"{metric}.")
    }
