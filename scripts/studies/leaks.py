#!/usr/bin/env python3
"""Do systems leak the same on the core set as on real pages?

All registered systems are run over the core set and over the stand-off gold of 40 real pages, which are labelled block
by block. What they leak there, by label, is held against what they leak on the core set. Systems that declare to be
tuned on the core set are left out. Runs are kept in --runs, where scripts/studies/agreement.py keeps them too.

Example: scripts/studies/leaks.py --corpora ../shared/corpora
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from bootstrap import Array
from checkout import ANNOTATIONS, CARD
from documents import Report, settle
from goldspan.data.corpora.standoff import PLACE as CORPORA
from goldspan.data.schema import load_labels
from goldspan.errors import GoldspanError
from kept_runs import BASELINES, SYSTEMS, measure_runs
from study import add_action, add_runs, launch, parser_of

REPORT = Report("leaks.md", "leaks", CARD)
LABELS = 8
"""The labels of which most leaks on real pages have columns of their own."""


@dataclass(frozen=True)
class Leaks:
    """What systems leak of each noise label, tokens a page, shape ``(systems,)``; the share of pages that have it."""

    names: list[str]
    tokens: dict[str, Array]
    present: dict[str, float]
    pages: int

    @property
    def total(self) -> Array:
        total: Array = np.sum(list(self.tokens.values()), axis=0)
        return total


def leaks(spec: str, runs: Path, jobs: int) -> Leaks:
    """What systems leak on the pages of a corpus that have an article."""
    kept = measure_runs(spec, SYSTEMS, runs, jobs, ["leak"])
    profiles = kept.profiles("leak")
    golds = (kept.corpus.load(id).gold for id in kept.corpus.ids)
    labels = [{block.label for block in gold.blocks or ()} for gold in golds]
    noise = sorted(label for label, group in load_labels().groups.items() if group == "noise")
    tokens = {
        name: np.array([[one.get(name, 0.0) for one in page] for page in profiles]).mean(axis=0) for name in noise
    }
    present = {name: float(np.mean([name in one for one in labels])) for name in noise}
    return Leaks(kept.names, tokens, present, len(kept.pages))


def alike(one: Array, other: Array) -> str:
    """Spearman's rho, where both sides differ at all."""
    return f"{spearmanr(one, other).statistic:.2f}" if min(np.ptp(one), np.ptp(other)) else "–"


def extractors(names: Sequence[str]) -> list[int]:
    return [i for i, name in enumerate(names) if name not in BASELINES]


def headline(core: Leaks, real: Leaks) -> str:
    kept = extractors(core.names)
    return (
        f"Spearman's rho of how many tokens {len(kept)} systems leak a page on the core set and on {real.pages} real "
        f"pages: {alike(core.total[kept], real.total[kept])}."
    )


def tables(core: Leaks, real: Leaks) -> str:
    """By label, how alike systems leak on both; and each system's profile on both."""
    kept = extractors(core.names)
    order = sorted(real.tokens, key=lambda name: -real.tokens[name][kept].mean())
    lines = [
        f"{core.pages} pages of the core set and {real.pages} real ones; {len(kept)} systems, no baselines.",
        "",
        "| label | pages that have it: core | real | leaked tokens a page, mean of the systems: core | real "
        "| Spearman's rho of the systems |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in order:
        a, b = core.tokens[name][kept], real.tokens[name][kept]
        lines.append(
            f"| {name} | {core.present[name]:.0%} | {real.present[name]:.0%} "
            f"| {a.mean():.1f} | {b.mean():.1f} | {alike(a, b)} |"
        )
    totals = core.total[kept], real.total[kept]
    lines.append(f"| all | | | {totals[0].mean():.1f} | {totals[1].mean():.1f} | {alike(*totals)} |")
    shown = order[:LABELS]
    lines += [
        "",
        "Leaked tokens a page, core set / real pages:",
        "",
        "| system | " + " | ".join(shown) + " | all |",
        "| --- |" + " ---: |" * (len(shown) + 1),
    ]
    for i in np.argsort(real.total):
        cells = [f"{core.tokens[name][i]:.1f} / {real.tokens[name][i]:.1f}" for name in shown]
        lines.append(f"| {core.names[i]} | " + " | ".join(cells) + f" | {core.total[i]:.1f} / {real.total[i]:.1f} |")
    return "\n".join(lines)


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder of aeb and wcxb")
    parser.add_argument("--core", default="core", help="another set to hold against them, such as a fresh draw")
    add_runs(parser)
    add_action(parser)
    options = parser.parse_args()
    os.environ.setdefault(CORPORA, str(options.corpora.resolve()))
    core = leaks(options.core, options.runs, options.jobs)
    real = leaks(f"standoff:{ANNOTATIONS / 'standoff'}", options.runs, options.jobs)
    if core.names != real.names:
        raise GoldspanError("the runs hold different systems", f"Remove {options.runs} and run again.")
    return settle(REPORT.parts(headline(core, real), tables(core, real)), options.action)


if __name__ == "__main__":
    launch(main)
