"""Documents whose figures are filled in by scripts, between ``<!-- name -->`` and ``<!-- /name -->``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checkout import FIGURES, ROOT
from goldspan.data.files import write_atomically
from goldspan.errors import GoldspanError


@dataclass(frozen=True)
class Part:
    """What belongs between two markers of a document."""

    path: Path
    name: str
    text: str


@dataclass(frozen=True)
class Report:
    """Where a study's figures stand: whole in a file of ``annotations/figures``, and their headline in a guide.

    Attributes:
        name: of the markers, the same in both.
    """

    file: str
    name: str
    guide: Path

    def parts(self, headline: str, tables: str) -> list[Part]:
        """What both documents hold; the headline is one paragraph."""
        path = FIGURES / self.file
        link = os.path.relpath(path, self.guide.parent)
        return [
            Part(path, self.name, f"{headline}\n\n{tables}"),
            Part(self.guide, self.name, f"{headline} [All figures]({link})."),
        ]


def part_of(text: str, name: str) -> tuple[str, str, str]:
    """A document's text before, between and after two markers; the markers are in the first and the last.

    Raises:
        GoldspanError: the markers are not there.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    part, ended, after = rest.partition(end)
    if not found or not ended:
        raise GoldspanError(f"the markers {begin} and {end} are missing", "Put each on a line of its own.")
    return before + begin, part, end + after


def settle(parts: Sequence[Part], action: str, remedy: str = "--write") -> int:
    """Print the first part, write all of them into their documents, or check that the documents hold them.

    Args:
        action: ``print``, ``write`` or ``check``.
        remedy: the option of the running study that writes the parts.

    Returns:
        The exit code: 1 if a document does not hold its part.

    Raises:
        GoldspanError: a document lacks the markers.
    """
    if action == "print":
        print(parts[0].text)
        return 0
    wrong = []
    for part in parts:
        stored = part.path.read_text(encoding="utf-8")
        try:
            before, _, after = part_of(stored, part.name)
        except GoldspanError as error:
            raise GoldspanError(f"{part.path}: {error}") from None
        text = f"{before}\n\n{part.text.strip()}\n\n{after}"
        if action == "write":
            write_atomically(part.path, text.encode("utf-8"))
        elif text != stored:
            wrong.append(part)
    for part in wrong:
        shown = part.path.relative_to(ROOT) if part.path.is_relative_to(ROOT) else part.path
        study = Path(sys.argv[0]).name
        print(f"{shown}: '{part.name}' is not what was found. Run scripts/studies/{study} {remedy}.", file=sys.stderr)
    return 1 if wrong else 0
