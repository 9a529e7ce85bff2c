"""Documents whose figures are filled in by scripts, between ``<!-- name -->`` and ``<!-- /name -->``."""

from __future__ import annotations

from pathlib import Path

from goldspan.data.files import write_atomically
from goldspan.errors import GoldspanError


def filled(text: str, name: str, part: str) -> str:
    """A document's text with what stands between two markers replaced.

    Raises:
        GoldspanError: the markers are not there.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise GoldspanError(f"the markers {begin} and {end} are missing", "Put each on a line of its own.")
    return f"{before}{begin}\n\n{part.strip()}\n\n{end}{after}"


def fill(path: Path, name: str, part: str) -> None:
    """Replace what stands between two markers of a file.

    Raises:
        GoldspanError: the markers are not there.
    """
    try:
        text = filled(path.read_text(encoding="utf-8"), name, part)
    except GoldspanError as error:
        raise GoldspanError(f"{path}: {error}") from None
    write_atomically(path, text.encode("utf-8"))
