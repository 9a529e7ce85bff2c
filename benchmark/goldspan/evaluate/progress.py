"""How long work says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Advance = Callable[[int], None]
"""Is told how many more pages are done."""
Progress = Callable[[str, int], AbstractContextManager[Advance]]
"""Opens a bar with a label and so many pages."""


@contextmanager
def silent(label: str, total: int) -> Iterator[Advance]:
    """No bar at all."""
    yield lambda pages: None
