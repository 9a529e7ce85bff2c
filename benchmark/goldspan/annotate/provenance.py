"""What ``provenance`` says about a gold in the making: who, from which drafts, what was changed, what is still open.

``annotators``
    who labelled it, in their order
``guideline``
    the version of GUIDELINES.md that was followed
``prelabelled_by`` and ``drafted``
    the labeller that gave the drafts, and its labels as runs: ``[["navigation", 12], ["title", 1]]``
``changed``
    the blocks whose label differs from the draft's
``open``
    the blocks that nobody has confirmed, as half-open ranges: ``[[0, 12], [40, 41]]``
``unsure``
    the blocks that the annotator wants somebody to look at
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from goldspan.data.schema import Incident, data_path
from goldspan.model import Sample

UNLABELLED = "other"  # every block of a gold has a label; one that is open and not drafted has this


def guideline() -> str:
    """The version of the guideline that ships."""
    text = data_path("annotations", "GUIDELINES.md").read_text(encoding="utf-8")
    found = re.search(r"^Version (\S+?)\.?\s", text, re.MULTILINE)
    return found[1] if found else "unknown"


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers as half-open ranges, in order."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number:
            found[-1][1] += 1
        else:
            found.append([number, number + 1])
    return found


def numbers(ranges: Iterable[Sequence[int]]) -> Iterator[int]:
    """The numbers of half-open ranges."""
    for start, end in ranges:
        yield from range(start, end)


def runs(labels: Iterable[str]) -> list[list[Any]]:
    """Labels as runs: each with its count."""
    return [[label, len(list(run))] for label, run in groupby(labels)]


def unrolled(runs: Iterable[Sequence[Any]]) -> list[str]:
    """The labels of :func:`runs`."""
    return [label for label, count in runs for _ in range(count)]


def new_provenance(blocks: int, drafted: Sequence[str] | None, by: str | None) -> dict[str, Any]:
    """The provenance of a page that nobody has labelled yet.

    Args:
        drafted: a draft label for each block, if a labeller gave them.
        by: the labeller's name and version.
    """
    made: dict[str, Any] = {"annotators": [], "guideline": guideline(), "prelabelled_by": by}
    if drafted is not None:
        made["drafted"] = runs(drafted)
    return made | {"open": ranges(range(blocks))}


def changed(labels: Sequence[str], provenance: Mapping[str, Any]) -> list[int]:
    """The blocks whose label differs from their draft's; empty if nothing was drafted."""
    drafted = unrolled(provenance.get("drafted", ()))
    return [n for n, (label, draft) in enumerate(zip(labels, drafted, strict=False)) if label != draft]


def with_changes(sample: Sample) -> Sample:
    """A sample whose labels another tool may have changed, with ``changed`` as it is now."""
    work = dict(sample.gold.provenance)
    work["changed"] = changed([block.label for block in sample.gold.blocks or ()], work)
    if not work["changed"]:
        del work["changed"]
    return replace(sample, gold=replace(sample.gold, provenance=work))


def check_work(where: str, provenance: Mapping[str, Any]) -> Iterator[Incident]:
    """A gold is not finished while there are blocks that nobody has confirmed."""
    waiting = list(numbers(provenance.get("open", ())))
    if waiting:
        do = f"Label or confirm them with 'goldspan annotate {where}'."
        yield Incident("error", where, waiting[0], f"{len(waiting)} blocks from here on are not confirmed", do)
    for number in provenance.get("unsure", ()):
        yield Incident("warning", where, number, "the annotator was unsure", "Decide it, and take the mark off.")
