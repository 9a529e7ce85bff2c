#!/usr/bin/env python3
"""The composition of the core set, counted from annotations/manifest.json and the gold and pages that it names.

Prints the tables of the dataset card. --write puts them between the markers of annotations/README.md; --check writes
nothing, and exits with 1 if the card's tables are not what is counted.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from checkout import ROOT
from documents import fill, filled
from goldspan.core.policy import CONTENT, NEUTRAL, NOISE, tokenise_gold
from goldspan.data.corpora.samples import read_manifest
from goldspan.data.gold import read_sample
from goldspan.data.schema import load_labels, load_policy
from goldspan.errors import GoldspanError
from goldspan.model import Sample
from goldspan.synth.noise.mess import MESS

ANNOTATIONS = ROOT / "annotations"
CARD = ANNOTATIONS / "README.md"
NONE = "none"
EXPLAINED = "what it is"


def read_samples(folder: Path) -> list[Sample]:
    """The samples that the manifest names, in its order."""
    return [read_sample(folder / "pages" / name) for name in read_manifest(folder / "manifest.json")["samples"]]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; all its columns are numbers but the first and the explanations."""
    rules = ["---", *("---" if name == EXPLAINED else "---:" for name in head[1:])]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, rules, *rows])


def counts(name: str, samples: Sequence[Sample], value: Callable[[Sample], str | None]) -> str:
    """Pages by a value, the commonest first."""
    found = Counter(value(sample) or NONE for sample in samples)
    return table([name, "pages"], sorted(found.items(), key=lambda item: (-item[1], item[0])))


def mess(samples: Sequence[Sample]) -> str:
    found = Counter(name for sample in samples for name in sample.gold.about.mess)
    rows = ((name, count, MESS.get(name, "")) for name, count in found.items())
    return table(["mess", "pages", EXPLAINED], sorted(rows, key=lambda row: (-row[1], row[0])))


def labels(samples: Sequence[Sample]) -> str:
    """Blocks by label, in the order of the one list; spans are not counted."""
    blocks = [block for sample in samples for block in sample.gold.blocks or ()]
    number = Counter(block.label for block in blocks)
    rows = ((label, number[label]) for label in load_labels().groups if number[label])
    return table(["label", "blocks"], rows)


def sizes(samples: Sequence[Sample]) -> str:
    """The 10th percentile, median and 90th percentile of what a page weighs and holds, under the policy neutral."""
    policy = load_policy("neutral")
    lanes = [tokenise_gold(sample.gold, policy).lanes for sample in samples]
    measures = {
        "page, kB": [len(sample.page.data) / 1000 for sample in samples],
        "blocks": [len(sample.gold.blocks or ()) for sample in samples],
        "content tokens": [np.count_nonzero(lane == CONTENT) for lane in lanes],
        "neutral tokens": [np.count_nonzero(lane == NEUTRAL) for lane in lanes],
        "noise tokens": [np.count_nonzero(lane == NOISE) for lane in lanes],
    }
    rows = [
        [name, *(f"{figure:,.0f}" for figure in np.percentile(values, [10, 50, 90]))]
        for name, values in measures.items()
    ]
    return table(["a page's", "p10", "median", "p90"], rows)


def sentence(samples: Sequence[Sample], version: str) -> str:
    """The set in a line."""
    abouts = [sample.gold.about for sample in samples]
    articles, families, languages = (
        len({value for value in values if value})
        for values in (
            [about.article for about in abouts],
            [about.family for about in abouts],
            [about.language for about in abouts],
        )
    )
    empty = sum(tokenise_gold(sample.gold, load_policy("neutral")).content == 0 for sample in samples)
    return (
        f"Version {version}: {len(samples)} pages of {families} site families in {languages} languages, composed from "
        f"{articles} articles. {empty} of the pages show no article."
    )


def figures(folder: Path) -> str:
    """All the tables, as the card holds them."""
    samples = read_samples(folder)
    parts = [
        sentence(samples, read_manifest(folder / "manifest.json")["version"]),
        counts("family", samples, lambda sample: sample.gold.about.family),
        counts("language", samples, lambda sample: sample.gold.about.language),
        counts("page type", samples, lambda sample: sample.gold.about.page_type),
        counts("encoding", samples, lambda sample: sample.page.encoding),
        sizes(samples),
        mess(samples),
        labels(samples),
    ]
    return "\n\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--write", action="store_true", help="put the tables into the card")
    action.add_argument("--check", action="store_true", help="compare the card's tables, and write nothing")
    options = parser.parse_args()
    try:
        counted = figures(ANNOTATIONS)
        if not options.write and not options.check:
            print(counted)
            return 0
        if options.write:
            fill(CARD, "figures", counted)
            return 0
        stored = CARD.read_text(encoding="utf-8")
        differs = filled(stored, "figures", counted) != stored
    except GoldspanError as error:
        print(f"card_figures: {error}", file=sys.stderr)
        return error.exit_code
    if differs:
        print("annotations/README.md does not hold the set's figures. Run 'scripts/studies/card_figures.py --write'.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
