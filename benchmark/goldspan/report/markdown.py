"""Tables as GitHub Markdown, for a README or a comment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from goldspan.model import Result
from goldspan.report import formatting
from goldspan.report.tables import OFTEN, Grid, in_order, score_columns

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def score_markdown(result: Result, titles: Sequence[str] | None = None) -> str:
    """The score table and the protocol.

    Args:
        titles: the columns to show, by their titles (``Prec.``, ``Leaked``); all that have a value if None.
    """
    columns = [column for column in score_columns(result) if titles is None or column.title in titles]
    rows = [
        [
            str(system.rank) if system.rank is not None else formatting.NONE,
            _escaped(system.system.key),
            *(_unbroken(column.cells[number].text) for column in columns),
        ]
        for number, system in enumerate(in_order(result))
    ]
    table = _table(["#", "System", *(_escaped(column.title) for column in columns)], rows, left=(1,))
    marked = any("†" in cell.text for column in columns for cell in column.cells)
    legend = f"Reordered, {OFTEN}.\n\n" if marked else ""
    return f"{table}\n\n{legend}Protocol: `{formatting.line(result.protocol).replace('`', '')}`\n"


def grid_table(grid: Grid, names: Sequence[str]) -> str:
    """A grid's table.

    Args:
        names: of the systems, in the grid's order.
    """
    heads = ["System", *(_escaped(f"{text} ({note})" if note else text) for text, note in grid.heads)]
    rows = [
        [_escaped(name)]
        + [f"**{cell.text}**" if cell.best else _unbroken(f"{cell.text} {cell.note}".strip()) for cell in row]
        for name, row in zip(names, grid.cells, strict=True)
    ]
    return _table(heads, rows, left=(0,))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int]) -> str:
    rule = [":--" if number in left else "--:" for number in range(len(heads))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, rule, *rows])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", formatting.line(text))


def _unbroken(text: str) -> str:
    """A figure with no-break spaces, so that a narrow page does not tear it from its interval."""
    return _escaped(text).replace(", ", ",\n").replace(" ", "\u00a0").replace(",\n", ", ")
