"""How a table of many columns is laid out on a narrow screen: as few tables as needed, the names repeated in each, and
no number ever broken over two lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from benchmark.report.figures import key_parts

PADDING = 2
"""What a column takes up besides its text."""
_NARROWEST = 24  # a single option longer than this is broken like any long word


@dataclass(frozen=True, slots=True)
class Block:
    """Columns that should stay in one table if they can.

    Attributes:
        columns: their numbers.
    """

    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns stand in which table, and how wide the column of names is."""

    name_width: int
    tables: tuple[tuple[int, ...], ...]


def text_width(text: str) -> int:
    """The cells that the longest part of a text takes up, where it may be broken after a comma or at a newline."""
    return max(cell_len(part) for part in text.replace(", ", ",\n").split("\n"))


def lay_out(names: Sequence[str], widths: Sequence[int], blocks: Sequence[Block], width: int, fixed: int = 0) -> Layout:
    """Lay columns out in as few tables as possible, then with the names as wide as possible.

    Args:
        names: what stands in the first column of each table.
        widths: the width of each further column's text.
        blocks: the columns in their order.
        width: of the screen.
        fixed: the text width of a column before the names, if there is one.
    """
    longest = max(map(cell_len, names), default=1)
    shortest = max((cell_len(part) for name in names for part in key_parts(name)), default=1)
    room = width - (fixed + PADDING if fixed else 0)
    candidates = range(longest, min(shortest, _NARROWEST, longest) - 1, -1)
    layouts = [Layout(name_width, _pack(widths, blocks, room - name_width)) for name_width in candidates]
    return min(layouts, key=lambda layout: (len(layout.tables), -layout.name_width))


def _pack(widths: Sequence[int], blocks: Sequence[Block], room: int) -> tuple[tuple[int, ...], ...]:
    """Fill tables with whole blocks; a block that is too wide for one table is broken between columns."""

    def need(columns: Sequence[int]) -> int:
        return sum(widths[column] + PADDING for column in columns)

    tables: list[list[int]] = [[]]
    for block in blocks:
        if tables[-1] and need([*tables[-1], *block.columns]) > room:
            tables.append([])
        for column in block.columns:
            if tables[-1] and need([*tables[-1], column]) > room:
                tables.append([])
            tables[-1].append(column)
    return tuple(tuple(table) for table in tables)
