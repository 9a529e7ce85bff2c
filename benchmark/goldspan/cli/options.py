"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from goldspan.evaluate.evaluation import BY

SAMPLES = "my-samples"  # the folder that commands for annotators take unless they are told another

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def options(*decorators: Decorator) -> Decorator:
    """Several options as one decorator, in reading order."""

    def apply(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


scoring_options = options(
    click.option("--policy", default="neutral", show_default=True, help="A policy's name, or a JSON file of yours."),
    click.option(
        "--metric",
        "metric",
        metavar="NAME[,NAME…]",
        help="Metrics to compute; the first one ranks. [default: what the corpus has gold for]",
    ),
    click.option("--by", type=click.Choice(BY), help="Break the headline down."),
)
limit_options = options(
    click.option("--timeout", default=30.0, show_default=True, type=click.FloatRange(0.01), help="Seconds a page."),
    click.option("--memory", default=2048.0, show_default=True, type=click.FloatRange(16), help="MB a process."),
)
run_options = options(
    click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 256), help="Processes a system."),
    limit_options,
)
output_options = options(
    click.option("--json", "json_path", metavar="FILE", help="Write the result as JSON; - for standard output."),
    click.option("--html", "html_path", metavar="FILE", type=click.Path(path_type=Path), help="Write a report."),
    click.option("--markdown", "markdown", is_flag=True, help="Print the table as Markdown."),
    click.option("--profile", is_flag=True, help="Print what leaked by label, and what was lost by role."),
    click.option(
        "--fail-under",
        metavar="FIGURE=VALUE",
        multiple=True,
        help="Exit with 1 if a system's figure is below this (for figures where less is better: above it).",
    ),
)
