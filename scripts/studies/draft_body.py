#!/usr/bin/env python3
"""The draft labeller beside the registered extractors, on real pages: body F1 on aeb and on the articles of WCXB.

Runs are kept in --runs, where scripts/studies/agreement.py keeps them too, and not made twice. The table goes into
benchmark/goldspan/annotate/README.md, where the markers say draft-body.

Example: scripts/studies/draft_body.py --aeb ../shared/corpora/aeb --wcxb ../shared/corpora/wcxb
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from goldspan.cli.common import progress
from platformdirs import user_cache_path

from checkout import ROOT
from documents import fill
from goldspan.core.scoring import clusters_of
from goldspan.core.stats import SEED, interval, resample
from goldspan.data.schema import load_policy
from goldspan.errors import GoldspanError
from goldspan.evaluate.parallel import measure
from goldspan.evaluate.resume import run_in_folder
from goldspan.extractors.draft.labeller import NAME
from goldspan.extractors.registry import REGISTERED

DOCUMENT = ROOT / "benchmark" / "goldspan" / "annotate" / "README.md"
RESAMPLES = 2000


def scores(kind: str, path: Path, runs: Path, jobs: int) -> tuple[dict[str, str], dict[str, float], int]:
    """Body F1 of each system with its interval, the bare figure, and the number of pages."""
    corpus, systems = run_in_folder(list(REGISTERED), f"{kind}:{path}", runs, jobs, progress, page_type="article")
    predictions = [one.predictions for one in systems]
    measured = measure(corpus, [one.system for one in systems], predictions, load_policy("neutral"), ["body"])
    pages = [page for page in measured if all(row.values["body"] is not None for row in page.rows)]
    weights = resample(clusters_of([page.about for page in pages], [page.id for page in pages]), RESAMPLES, SEED)
    shown, bare = {}, {}
    for number, one in enumerate(systems):
        f1 = np.array([float((page.rows[number].values["body"] or {})["f1"]) for page in pages])
        low, high = interval(weights @ f1 / weights.sum(axis=1))
        shown[one.system.name] = f"{f1.mean():.3f} [{low:.3f}, {high:.3f}]"
        bare[one.system.name] = float(f1.mean())
    return shown, bare, len(pages)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aeb", type=Path, required=True)
    parser.add_argument("--wcxb", type=Path, required=True)
    parser.add_argument("--runs", type=Path, default=user_cache_path("goldspan") / "agreement")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    try:
        aeb, first, pages = scores("aeb", options.aeb.resolve(), options.runs, options.jobs)
        wcxb, second, articles = scores("wcxb", options.wcxb.resolve(), options.runs, options.jobs)
    except GoldspanError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    lines = [f"| system | aeb, {pages} pages | wcxb, {articles} articles |", "| --- | ---: | ---: |"]
    for name in sorted(set(aeb) & set(wcxb), key=lambda name: (-(first[name] + second[name]), name)):
        shown = f"**{name}**" if name == NAME else name
        lines.append(f"| {shown} | {aeb[name]} | {wcxb[name]} |")
    fill(DOCUMENT, "draft-body", "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
