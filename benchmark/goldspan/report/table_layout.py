"""How a table of many columns is laid out on a narrow screen: as few tables as needed, the names repeated in each, and
no number ever broken over two lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from goldspan.report.formatting import key_parts

_PADDING = 2  # what a column takes up besides its text
_NARROWEST = 6  # the head of the column, "System", has to fit
_LONGEST_PART = 24  # a single option longer than this is broken like any long word


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns stand in which table, how wide the column of names is, and whether every table fits the screen."""

    name_width: int
    tables: tuple[tuple[int, ...], ...]
    fits: bool

    @property
    def badness(self) -> tuple[bool, int, int]:
        return not self.fits, len(self.tables), -self.name_width


def text_width(text: str) -> int:
    """The cells that the longest part of a text takes up, where it may be broken after a comma or at a newline."""
    return max(cell_len(part) for part in text.replace(", ", ",\n").split("\n"))


def lay_out(
    names: Sequence[str], widths: Sequence[int], blocks: Sequence[Sequence[int]], width: int, fixed: int = 0
) -> Layout:
    """Lay columns out in as few tables as possible, then with the names as wide as possible.

    Args:
        names: what stands in the first column of each table.
        widths: the width of each further column's text.
        blocks: the numbers of columns that should stay in one table if they can, in their order.
        width: of the screen.
        fixed: the text width of a column before the names, if there is one.
    """
    longest = max([_NARROWEST, *map(cell_len, names)])
    part = max((cell_len(part) for name in names for part in key_parts(name)), default=1)
    room = width - (fixed + _PADDING if fixed else 0)
    # Rather a broken name than a number cut short.
    shortest = max(_NARROWEST, min(part, _LONGEST_PART, room - _PADDING - max(widths, default=0)))
    candidates = range(longest, shortest - 1, -1)
    return min((_pack(widths, blocks, name_width, room) for name_width in candidates), key=lambda found: found.badness)


def _pack(widths: Sequence[int], blocks: Sequence[Sequence[int]], name_width: int, room: int) -> Layout:
    """Fill tables with whole blocks; a block that is too wide for one table is broken between columns."""

    def fits(columns: Sequence[int]) -> bool:
        return name_width + sum(widths[column] + _PADDING for column in columns) <= room

    tables: list[list[int]] = [[]]
    for block in blocks:
        if tables[-1] and not fits([*tables[-1], *block]):
            tables.append([])
        for column in block:
            if tables[-1] and not fits([*tables[-1], column]):
                tables.append([])
            tables[-1].append(column)
    return Layout(name_width, tuple(tuple(table) for table in tables), all(map(fits, tables)))
