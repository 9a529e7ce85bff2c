"""Regression gates: the figures of a run compared with those of an earlier one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goldspan.data.files import read_json
from goldspan.errors import RunFileError, UsageError

Row = Mapping[str, Any]
Pairs = Sequence[tuple[Row, Row]]

GATED = {
    "parse_units": 1, "cold_ms": 1, "warm_ms": 1, "p95_ms": 1, "cpu_ms": 1, "size_slope": 1, "peak_mb": 1,
    "grown_mb": 1, "slope_mb": 1, "pages_per_second": -1, "pages_per_second_workers": -1, "bytes_per_second": -1,
}  # fmt: skip
"""The figures that can be gated: 1 if more is worse, -1 if less is."""
_GATE = re.compile(r"(?P<figure>\w+):(?P<limit>\d+(?:\.\d+)?)(?P<percent>%?)")


@dataclass(frozen=True, slots=True)
class Gate:
    """How much worse a figure may become.

    Attributes:
        limit: a share of what it was, or with ``relative`` False in the figure's own unit.
    """

    figure: str
    limit: float
    relative: bool

    def __str__(self) -> str:
        return f"{100 * self.limit:g}%" if self.relative else f"{self.limit:g}"


def read_gate(text: str) -> Gate:
    """``parse_units:10%`` or ``peak_mb:20``.

    Raises:
        UsageError: it has another form, or there is no such figure.
    """
    found = _GATE.fullmatch(text.strip())
    if not found:
        raise UsageError(f"--compare-fail {text} is not a figure with a limit", "Write for instance parse_units:10%.")
    if found["figure"] not in GATED:
        raise UsageError(
            f"--compare-fail names '{found['figure']}', which is not a figure", f"There are {', '.join(GATED)}."
        )
    limit = float(found["limit"])
    return Gate(found["figure"], limit / 100 if found["percent"] else limit, bool(found["percent"]))


def read_base(path: Path) -> list[dict[str, Any]]:
    """The rows of an earlier run: what ``--save`` or ``--json`` wrote.

    Raises:
        RunFileError: the file cannot be read, or is neither.
    """
    data = read_json(path, RunFileError)
    rows = data
    if isinstance(data, dict) and isinstance(data.get("benchmarks"), list):
        rows = [one.get("extra_info") if isinstance(one, dict) else None for one in data["benchmarks"]]
    if not isinstance(rows, list) or not rows or not all(map(_is_row, rows)):
        raise RunFileError(f"{path} holds no figures of systems", "Write it with goldspan speed SYSTEM --save FILE.")
    return rows


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("label", "protocol"))


def pair(rows: Sequence[Row], base: Sequence[Row], path: Path) -> list[tuple[Row, Row]]:
    """Each system now and then.

    Raises:
        UsageError: a system is not in the base, or was measured under another protocol.
    """
    known = {row["label"]: row for row in base}
    for row in rows:
        if row["label"] not in known:
            raise UsageError(f"{path} does not have {row['label']}", f"It has {', '.join(known)}.")
        before = known[row["label"]]["protocol"]
        if before != row["protocol"]:
            raise UsageError(
                f"{row['label']} cannot be compared: in {path} it has the protocol {before}, now {row['protocol']}",
                "Measure the base again, on the same pages with the same versions.",
            )
    return [(row, known[row["label"]]) for row in rows]


def failed(pairs: Pairs, gates: Sequence[Gate]) -> list[str]:
    """The gates that systems fail, in words."""
    found = []
    for now, before in pairs:
        for gate in gates:
            new, old = now.get(gate.figure), before.get(gate.figure)
            if new is None or old is None:
                when = "now" if new is None else "before"
                found.append(f"{now['label']}: {gate.figure} could not be measured {when}")
                continue
            worse = GATED[gate.figure] * (new - old)
            if worse > (gate.limit * abs(old) if gate.relative else gate.limit):
                share = f" ({new / old - 1:+.1%})" if old else ""
                found.append(
                    f"{now['label']}: {gate.figure} is {new:.4g}, it was {old:.4g}{share}, the limit is {gate}"
                )
    return found
