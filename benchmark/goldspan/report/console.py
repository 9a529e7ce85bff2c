"""Results on a terminal or in a pipe: rich tables that fit the width, plain where there are no colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from goldspan.core.scoring import Pair
from goldspan.model import RankRange, Result
from goldspan.report import formatting
from goldspan.report.formatting import break_key, line
from goldspan.report.table_layout import Layout, lay_out, text_width
from goldspan.report.tables import (
    FAILURES,
    OFTEN,
    RANKS,
    Cell,
    Column,
    Grid,
    in_order,
    leak_grid,
    loss_grid,
    score_columns,
    strata_grid,
)

PIPE_WIDTH = 160
"""The width of tables that go into a pipe or a file, unless ``COLUMNS`` says otherwise."""


class Paired(NamedTuple):
    """A paired difference of two systems' headlines, ``first − second``."""

    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    significant: bool

    @classmethod
    def of(cls, pair: Pair) -> Paired:
        """A pair of a comparison, flat."""
        gap = pair.difference
        return cls(pair.first, pair.second, gap.value, gap.low, gap.high, gap.p, pair.significant)

    def texts(self, headline: str) -> tuple[str, str, str]:
        """The difference with its sign, the interval and p, as tables print them."""
        interval = f"[{_signed(headline, self.low)} {_signed(headline, self.high)}]"
        return _signed(headline, self.difference), interval, _p_value(self.p)


def make_console(*, stderr: bool = False) -> Console:
    """A console that prints what it is given: no markup, no emoji, nothing highlighted that was not meant to be."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, width=width)


def score_table(result: Result, console: Console) -> None:
    """Every system's figures, then what needs saying about them, the protocol line last."""
    systems = in_order(result)
    columns = score_columns(result)
    keys = [line(system.system.key) for system in systems]
    ranks = [str(system.rank) if system.rank is not None else formatting.NONE for system in systems]
    layout, widths = _score_layout(columns, keys, ranks, console.width)
    for place, numbers in enumerate(layout.tables):
        if place:
            console.print()
        table = _table()
        table.add_column("#", justify="right", no_wrap=True)
        table.add_column("System", width=layout.name_width, overflow="fold")
        for number in numbers:
            justify: JustifyMethod = "left" if columns[number].title == FAILURES else "right"
            table.add_column(columns[number].title, justify=justify, width=widths[number], no_wrap=True)
        for row, key in enumerate(keys):
            cells = [_score_text(columns[number].cells[row], widths[number]) for number in numbers]
            table.add_row(ranks[row], _Key(key), *cells)
        console.print(table)
    _print_remarks(result, columns, console)


def _score_layout(
    columns: Sequence[Column], keys: Sequence[str], ranks: Sequence[str], width: int
) -> tuple[Layout, list[int]]:
    """The layout with the fewest tables, and the widths of the columns in it. Lists are broken after their commas, and
    the cost stands before the details, only where that saves a table."""
    on_one_line = [_width(column) for column in columns]
    broken = [_width(column, broken=True) for column in columns]
    rank_width = max(map(len, ranks), default=1)
    choices = [
        (lay_out(keys, widths, [_block(columns, group) for group in order], width, rank_width), widths)
        for widths in (on_one_line, broken)
        for order in (("accuracy", "detail", "cost"), ("accuracy", "cost", "detail"))
    ]
    return min(choices, key=lambda choice: choice[0].badness[:2])


def _block(columns: Sequence[Column], group: str) -> list[int]:
    return [number for number, column in enumerate(columns) if column.group == group]


def _print_remarks(result: Result, columns: Sequence[Column], console: Console) -> None:
    titles = {column.title for column in columns}
    says = [f"#: {RANKS}; [ ]: 95 % interval"]
    counted = [title for title in ("Leaked", "Lost", "Invented", "Repeated") if title in titles]
    if counted:
        says.append(f"{', '.join(counted)}: tokens a page")
    if any("†" in cell.text for column in columns for cell in column.cells):
        says.append(f"Reordered, {OFTEN}")
    if "Metadata" in titles:
        says.append("Metadata: mean (number of fields)")
    console.print(Text("; ".join(says) + ".", style="dim"))
    for system in in_order(result):
        remarks = list(system.warnings)
        if system.system.tuned_on:
            remarks.append(f"tuned on {', '.join(system.system.tuned_on)}")
        for remark in remarks:
            console.print(Text(f"warning: {line(system.system.key)}: {line(remark)}", style="yellow"))
    if result.left_out:
        pages = "1 page" if len(result.left_out) == 1 else f"{len(result.left_out)} pages"
        console.print(Text(f"{pages} left out: {formatting.reasons(result.left_out)}"))
    _print_protocol(result.protocol, console)


def _print_protocol(protocol: str, console: Console) -> None:
    console.print(Text(line(protocol), style="bold"), soft_wrap=True)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")


@dataclass(frozen=True, slots=True)
class _Key:
    """A system's key in a cell, broken between its pieces where the column is too narrow for it."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(break_key(self.text, options.max_width), overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, cell_len(self.text)).with_maximum(options.max_width)


def _width(column: Column, *, broken: bool = False) -> int:
    """The width of a column whose lists stand on one line, or are broken after their commas."""
    measure = text_width if broken else cell_len
    return max([text_width(column.title), *(measure(cell.text) for cell in column.cells)])


def _score_text(cell: Cell, width: int) -> Text:
    if cell.low is None or "[" not in cell.text:
        return Text(cell.text if cell_len(cell.text) <= width else cell.text.replace(", ", ",\n"))
    value, interval = cell.text.split(" ", 1)
    return Text.assemble((value, "bold"), " ", (interval, "dim"))


def strata_table(result: Result, console: Console) -> None:
    """The headline by stratum (``--by``); says so where there are none."""
    print_grid(strata_grid(result), _names(result), console)


def profile_table(result: Result, console: Console) -> None:
    """What leaked, by label, and what was lost, by role."""
    for place, grid in enumerate(grid for grid in (leak_grid(result), loss_grid(result)) if grid):
        if place:
            console.print()
        print_grid(grid, _names(result), console)


def _names(result: Result) -> list[str]:
    systems = [system.system for system in in_order(result)]
    shorts = formatting.short_names(systems)
    return [shorts[system.key] for system in systems]


def print_grid(grid: Grid, names: Sequence[str], console: Console) -> None:
    """A grid with the systems as rows or as columns, whichever takes fewer tables.

    Args:
        names: of the systems, in the grid's order.
    """
    console.print(Text(grid.title, style="bold"))
    if not grid:
        console.print(Text("nothing to show", style="dim"))
        return
    heads = [text + (f"\n{note}" if note else "") for text, note in grid.heads]
    upright = [list(row) for row in grid.cells]
    turned = [list(column) for column in zip(*grid.cells, strict=True)]
    corner_turned = grid.title.rpartition(" ")[2].capitalize()
    choices = [("System", names, heads, upright), (corner_turned, _flat(grid), names, turned)]
    widths = [_grid_widths(columns, rows) for _, _, columns, rows in choices]
    layouts = [
        lay_out(first, width, [[i] for i in range(len(width))], console.width)
        for (_, first, _, _), width in zip(choices, widths, strict=True)
    ]
    best = min(range(2), key=lambda i: layouts[i].badness[:2])
    corner, first, columns, rows = choices[best]
    for place, numbers in enumerate(layouts[best].tables):
        if place:
            console.print()
        table = _table()
        table.add_column(corner, width=max(layouts[best].name_width, len(corner)), overflow="fold")
        for number in numbers:
            table.add_column(Text(_head(columns[number])), justify="right", width=widths[best][number], overflow="fold")
        for name, row in zip(first, rows, strict=True):
            table.add_row(_Key(name), *(_grid_text(row[number], _notes(rows, number)) for number in numbers))
        console.print(table)
    console.print(Text(grid.about, style="dim"))


_HEAD, _WIDEST_HEAD = 16, 24


def _head(name: str) -> str:
    """A name at the head of a column: as narrow as its parts allow."""
    return break_key(name, _HEAD)


def _flat(grid: Grid) -> list[str]:
    return [f"{text} ({note})" if note else text for text, note in grid.heads]


def _notes(rows: Sequence[Sequence[Cell]], column: int) -> int:
    return max(len(row[column].note) for row in rows)


def _grid_widths(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    widths = []
    for number, head in enumerate(heads):
        notes = _notes(rows, number)
        cells = max(len(row[number].text) for row in rows) + (notes + 1 if notes else 0)
        widths.append(max(cells, min(_WIDEST_HEAD, text_width(_head(head)))))
    return widths


def _grid_text(cell: Cell, notes: int) -> Text:
    style = "dim" if cell.few or not cell.value else "bold" if cell.best else ""
    text = Text(cell.text, style)
    return text.append(" " + cell.note.rjust(notes), "dim") if notes else text


def compare_table(
    rows: Sequence[Paired], ranks: Mapping[str, RankRange | None], headline: str, protocol: str, console: Console
) -> None:
    """Paired differences, and the ranks that follow from them.

    Args:
        rows: the differences, in the order they should stand.
        ranks: a system's key mapped to the ranks that it can have.
        headline: the figure that is compared.
    """
    table = _table()
    for title in ("First", "Second"):
        table.add_column(title, overflow="fold")
    for title in ("Difference", "95 % interval", "p", ""):
        table.add_column(title, justify="right", no_wrap=True)
    for row in rows:
        style = "bold" if row.significant else ""
        cells = [Text(figure, style) for figure in row.texts(headline)]
        table.add_row(_Key(line(row.first)), _Key(line(row.second)), *cells, "*" if row.significant else "")
    console.print(table)
    console.print(Text(f"First − second, {headline}; *: significant, Holm-corrected.", style="dim"))
    _print_ranks(ranks, console)
    _print_protocol(protocol, console)


def _print_ranks(ranks: Mapping[str, RankRange | None], console: Console) -> None:
    for key, rank in ranks.items():
        console.print(Text(f"{rank if rank is not None else 'not ranked'}: {line(key)}"))


def _signed(headline: str, value: float) -> str:
    text = formatting.figure(headline, value)
    return text if text.startswith("-") or text == formatting.NONE else f"+{text}"


def _p_value(p: float) -> str:
    return "<.001" if p < 0.001 else formatting.share(p)


def list_table(rows: Sequence[Sequence[str]], console: Console, heads: Sequence[str] = ("Name", "What it is")) -> None:
    """Names and what they are, for ``goldspan list``."""
    table = _table()
    for number, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=number == 0 and console.width > 60)
    for row in rows:
        table.add_row(*(Text(formatting.visible(cell)) for cell in row))
    console.print(table)
