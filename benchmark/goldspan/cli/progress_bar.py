"""How long commands say how far they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from goldspan.evaluate.progress import Advance

_LEAST = 50  # pages from which on a pipe is told


@contextmanager
def progress(label: str, total: int, unit: str = "pages") -> Iterator[Advance]:
    """A progress bar on a terminal; in a pipe, a line at each tenth."""
    console = Console(stderr=True)
    if console.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(label, total=total)
            yield lambda pages: bar.advance(task, pages)
        return
    done, told = 0, 0

    def advance(pages: int) -> None:
        nonlocal done, told
        done += pages
        if total >= _LEAST and done * 10 // total > told:
            told = done * 10 // total
            click.echo(f"{label}: {done} of {total} {unit}", err=True)

    yield advance
