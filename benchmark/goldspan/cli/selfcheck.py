"""goldspan selfcheck: what does an extractor do on odd and hostile pages?"""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape

from goldspan.evaluate.selfcheck import selfcheck
from goldspan.sandbox.process import Limits


@click.command(
    "selfcheck",
    epilog="Example: goldspan selfcheck ./mine.py:extract",
)
@click.argument("system")
@click.option("--timeout", default=20.0, show_default=True, type=click.FloatRange(0.01), help="Seconds a page.")
@click.option("--memory", default=2048.0, show_default=True, type=click.FloatRange(16), help="MB.")
def command(system: str, timeout: float, memory: float) -> int:
    """Try SYSTEM on a small set of odd and hostile pages, and say in plain words what it does on each.

    Exits with 1 if it fails on one of them, or does not find the article of the plain one.
    """
    console = Console(highlight=False)
    faults = 0
    for finding in selfcheck(system, Limits(timeout, memory)):
        faults += finding.is_fault
        mark = "[red]✗[/red]" if finding.is_fault else "[green]✓[/green]"
        about = f"{finding.odd.page.id} ({finding.odd.about})"
        console.print(f"{mark} [bold]{escape(about)}[/bold]: {escape(finding.words)}", soft_wrap=True)
    console.print(f"{faults} faults" if faults != 1 else "1 fault")
    return 1 if faults else 0
