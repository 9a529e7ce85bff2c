"""Agreement between annotators as tables and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from goldspan.annotate.agreement import Agreement
from goldspan.model import Score

if TYPE_CHECKING:
    from rich.console import Console

KINDS = ("blocks", "characters")
_LISTED = 20


def print_agreement(found: Agreement, console: Console) -> None:
    """Alpha, overall and by label; kappa by pair; what is confused; the blocks to adjudicate."""
    from rich.table import Table

    who = ", ".join(f"{name} ({pages})" for name, pages in found.annotators.items())
    console.print(f"{found.pages} pages, labelled by {who}")
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for kind in KINDS:
        table.add_column(kind, justify="right")
    table.add_row("Krippendorff's alpha", *(score(found.alpha[kind]) for kind in KINDS))
    for pair, kappa in found.kappa.items():
        table.add_row(f"Cohen's kappa, {pair[0]} and {pair[1]}", *(score(kappa[kind]) for kind in KINDS))
    for label, alpha in found.by_label.items():
        table.add_row(f"alpha of {label} against the rest", *(score(alpha[kind]) for kind in KINDS))
    console.print(table)
    confused = sorted(((n, pair) for pair, n in found.confusion.items() if pair[0] != pair[1]), reverse=True)
    if confused:
        console.print("\nConfused (blocks):")
        for number, (one, other) in confused[:_LISTED]:
            console.print(f"  {number:>5}  {one} – {other}")
        if len(confused) > _LISTED:
            console.print(f"  and {len(confused) - _LISTED} more pairs of labels")
    open_pages = {page: blocks for page, blocks in found.disputed.items() if blocks}
    if open_pages:
        console.print("\nTo adjudicate (goldspan adjudicate ID):")
        for page, blocks in open_pages.items():
            shown = " ".join(map(str, blocks[:_LISTED])) + (" …" if len(blocks) > _LISTED else "")
            console.print(f"  {page}: {len(blocks)} blocks: {shown}")
    console.print(f"\n[ ]: 95 % interval, {found.unit} resampled.", soft_wrap=True)
    if found.seeing:
        console.print(f"Not blind: {', '.join(found.seeing)}.", soft_wrap=True)


def score(value: Score) -> str:
    """A figure with its interval."""
    if value.value is None:
        return "–"
    inside = f" [{value.low:.3f} {value.high:.3f}]" if value.low is not None and value.high is not None else ""
    return f"{value.value:.3f}{inside}"


def agreement_json(found: Agreement) -> str:
    """Everything, as JSON; the confusion matrix whole."""
    data = asdict(found)
    data["kappa"] = [
        {"annotators": pair, **{k: asdict(v) for k, v in both.items()}} for pair, both in found.kappa.items()
    ]
    data["confusion"] = [{"labels": pair, "blocks": number} for pair, number in sorted(found.confusion.items())]
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
