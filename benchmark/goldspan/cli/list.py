"""goldspan list: what is registered."""

from __future__ import annotations

import click

KINDS = ("extractors", "corpora", "metrics", "policies")


def rows(kind: str) -> list[tuple[str, str]]:
    """Names and one line on each."""
    if kind == "extractors":
        from goldspan.extractors import registered

        return [(name, entry.about) for name, entry in registered().items()]
    if kind == "corpora":
        from goldspan.data.corpora import kinds

        return [(f"{name}:PATH" if entry.takes_path else name, entry.about) for name, entry in kinds().items()]
    if kind == "metrics":
        from goldspan.core.metrics import find_metric, names

        return [(find_metric(name).identity, find_metric(name).about) for name in names()]
    from goldspan.data.schema import load_policy, policy_names

    return [(name, load_policy(name).description) for name in policy_names()]


@click.command("list", epilog="Example: goldspan list extractors")
@click.argument("kind", type=click.Choice(KINDS))
def command(kind: str) -> int:
    """List what is registered: extractors, corpora, metrics, policies."""
    from goldspan.report.console import list_table, make_console

    list_table(rows(kind), make_console())
    return 0
