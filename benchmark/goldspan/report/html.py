"""A result as one HTML file that needs nothing else: no network, no fonts, and a content policy that allows only its
own style and script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from goldspan.model import Result, Row, Status, SystemResult
from goldspan.report import formatting
from goldspan.report.explain import Explained
from goldspan.report.explain_console import LOOKS, summary
from goldspan.report.formatting import known
from goldspan.report.html_page import asset, content_policy, template
from goldspan.report.score_charts import Bars, interval_bars, scatter
from goldspan.report.tables import (
    Cell,
    Column,
    Grid,
    in_order,
    leak_grid,
    loss_grid,
    lower_is_better,
    metadata_grid,
    score_columns,
    strata_grid,
    title_of,
)

WORST = 20
"""Pages of each system that are listed, from the worst."""
_SHADES = 8
_BESIDE = ("body.precision", "body.recall", "loss.tokens", "leak.tokens", "surplus.invented", "surplus.repeated")


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The score table of one result: a key, a rank and a bar for each system, in the columns' order."""

    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    ranks: tuple[int | None, ...]
    bars: Bars


@dataclass(frozen=True, slots=True)
class WorstPage:
    """One of a system's worst pages.

    Attributes:
        number: of its explained page, if there is one.
        cells: a figure for each title.
    """

    id: str
    status: Status
    number: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class WorstPages:
    """A system's worst pages."""

    name: str
    titles: tuple[str, ...]
    rows: tuple[WorstPage, ...]


def report_html(result: Result, pages: Sequence[Explained] = (), *, title: str = "Goldspan report") -> str:
    """The report.

    Args:
        pages: pages to be shown word by word; the lists of worst pages link to them.
    """
    style, script = asset("style.css"), asset("sort.js")
    systems = in_order(result)
    names = formatting.short_names([system.system for system in systems])
    return template("report.html.j2").render(
        title=title,
        style=style,
        script=script,
        policy=content_policy(style, script),
        result=result,
        systems=systems,
        keys=[formatting.line(system.system.key) for system in systems],
        names=[names[system.system.key] for system in systems],
        scores=ScoreTable(
            score_columns(result),
            tuple(system.system.key for system in systems),
            tuple(system.rank for system in systems),
            interval_bars(result),
        ),
        scatter=scatter(result),
        grids=[
            (grid, darkness)
            for grid, darkness in (
                (leak_grid(result), shade),
                (loss_grid(result), shade),
                (strata_grid(result), None),
                (metadata_grid(result), None),
            )
            if grid
        ],
        worst=[worst_pages(result, system, names, pages) for system in systems],
        reasons=formatting.reasons(result.left_out),
        pages=pages,
        summary=summary,
        looks=LOOKS,
    )


def shade(grid: Grid, cell: Cell) -> int:
    """How dark a cell of a heat table is, from 0 to 8; by the square root, so that small figures can be told apart."""
    return 0 if not cell.value else max(1, round(_SHADES * sqrt(max(cell.value, 0.0) / grid.most)))


def worst_pages(
    result: Result, system: SystemResult, names: Mapping[str, str], pages: Sequence[Explained] = ()
) -> WorstPages:
    """The pages on which a system did worst by the headline; those that the headline does not apply to are left out."""
    scored = [(value, row) for row in system.rows if (value := _page_value(row, result.headline)) is not None]
    scored.sort(key=lambda item: (-item[0] if lower_is_better(result) else item[0], item[1].id))
    worst = scored[:WORST]
    beside = [
        name for name in _BESIDE if name != result.headline and any(_raw(row, name) is not None for _, row in worst)
    ]
    explained = {(page.system, page.id): number for number, page in enumerate(pages)}
    key = formatting.line(system.system.key)
    rows = []
    for value, row in worst:
        cells = [Cell(formatting.figure(result.headline, value), value)]
        cells += [_tokens_or_share(name, _raw(row, name)) for name in beside]
        page_id = formatting.line(row.id)
        rows.append(WorstPage(page_id, row.status, explained.get((key, page_id)), tuple(cells)))
    titles = (title_of(result.headline), *(title_of(name).removeprefix("body ").capitalize() for name in beside))
    return WorstPages(names[system.system.key], titles, tuple(rows))


def _tokens_or_share(name: str, value: float | None) -> Cell:
    if value is None:
        return Cell(formatting.NONE)
    return Cell(f"{value:.0f}" if formatting.is_count(name) else formatting.share(value), value)


def _raw(row: Row, name: str) -> float | None:
    metric, _, figure = name.partition(".")
    return known((row.values.get(metric) or {}).get(figure))


def _page_value(row: Row, headline: str) -> float | None:
    """The headline of one page; where a metric only counts there, the F1 of its counts."""
    value = _raw(row, headline)
    if value is not None or not headline.endswith(".f1"):
        return value
    metric = headline.partition(".")[0]
    tp, fp, fn = (_raw(row, f"{metric}.{name}") for name in ("tp", "fp", "fn"))
    if tp is None or fp is None or fn is None:
        return None
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0
