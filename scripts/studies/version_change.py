"""What a new version of a definition moves: two results of the same predictions, side by side, as a Markdown table.

Both are what `goldspan rescore RUN --json FILE` writes of one run file, with the old version and with the new one.

Example: .venv/bin/python scripts/studies/version_change.py old.json new.json
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldspan.data.files import read_json
from study import launch, parser_of


def half_width(score: dict[str, Any]) -> float | None:
    """Half of the interval, or None where there is none."""
    low, high = score["low"], score["high"]
    return None if low is None or high is None else (high - low) / 2


def cells(system: dict[str, Any] | None, headline: str) -> list[str]:
    """A system's figure, and half of its interval."""
    if system is None:
        return ["–", "–"]
    score = system["scores"][headline]
    return [three(score["value"]), three(half_width(score))]


def three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}".replace("0.", ".", 1)


def lines(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """The table, the best system of the new result first."""
    headline = new["headline"]
    before = {one["key"]: one for one in old["systems"]}
    yield f"| system | {headline} before | ± | now | ± |"
    yield "| --- | --: | --: | --: | --: |"
    for one in sorted(new["systems"], key=lambda one: -(one["scores"][headline]["value"] or 0)):
        row = [one["key"], *cells(before.get(one["key"]), headline), *cells(one, headline)]
        yield f"| {' | '.join(row)} |"
    yield ""
    yield f"Before: `{old['protocol']}`; now: `{new['protocol']}`."


def main() -> int:
    """Print the table."""
    parser = parser_of(__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    options = parser.parse_args()
    print("\n".join(lines(read_json(options.old), read_json(options.new))))
    return 0


if __name__ == "__main__":
    launch(main)
