#!/usr/bin/env python3
"""The draft labeller beside the registered extractors, on real pages: body F1 on aeb and on the articles of WCXB.

Runs are kept in --runs, where scripts/studies/agreement.py keeps them too, and not made twice.

Example: scripts/studies/draft_body.py --aeb ../shared/corpora/aeb --wcxb ../shared/corpora/wcxb
"""

from __future__ import annotations

from dataclasses import dataclass

from bootstrap import bounds, drawn_means
from checkout import GUIDES
from documents import Report, settle
from goldspan.extractors.draft.labeller import NAME
from goldspan.extractors.registry import REGISTERED
from kept_runs import KeptRuns, measure_runs
from study import add_action, add_corpora, add_runs, launch, parser_of, specs_of

REPORT = Report("draft_labeller.md", "draft-body", GUIDES / "annotate" / "README.md")


@dataclass(frozen=True)
class Figure:
    """A system's mean body F1 with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def body_f1(kept: KeptRuns) -> dict[str, Figure]:
    f1 = kept.f1("body")
    low, high = bounds(drawn_means(f1, kept.weights()))
    means = f1.mean(axis=1)
    return {name: Figure(float(means[i]), low[i], high[i]) for i, name in enumerate(kept.names)}


def main() -> int:
    parser = parser_of(__doc__)
    add_corpora(parser, core=False)
    add_runs(parser)
    add_action(parser)
    options = parser.parse_args()
    first, second = (
        measure_runs(spec, list(REGISTERED), options.runs, options.jobs, ["body"], page_type="article", tuned=True)
        for spec in specs_of(options).values()
    )
    aeb, wcxb = body_f1(first), body_f1(second)
    lines = [
        f"| system | aeb, {len(first.pages)} pages | wcxb, {len(second.pages)} articles |",
        "| --- | ---: | ---: |",
    ]
    for name in sorted(aeb.keys() & wcxb, key=lambda name: (-(aeb[name].value + wcxb[name].value), name)):
        shown = f"**{name}**" if name == NAME else name
        lines.append(f"| {shown} | {aeb[name]} | {wcxb[name]} |")
    headline = f"Body F1 of `{NAME}`: {aeb[NAME]} on `aeb`, {wcxb[NAME]} on the articles of `wcxb`."
    return settle(REPORT.parts(headline, "\n".join(lines)), options.action)


if __name__ == "__main__":
    launch(main)
