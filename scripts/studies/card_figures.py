#!/usr/bin/env python3
"""The composition of the core set, counted from annotations/manifest.json and the gold and pages that it names.

Prints the tables. --write puts them into annotations/figures/counts.md, and the set in a line into the dataset card;
--check writes nothing, and exits with 1 if these do not hold what is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from checkout import ANNOTATIONS, CARD
from documents import Report, settle
from goldspan.core.policy import CONTENT, NEUTRAL, NOISE, tokenise_gold
from goldspan.data.corpora.samples import read_manifest
from goldspan.data.gold import read_sample
from goldspan.data.schema import load_labels, load_policy
from goldspan.model import Sample
from goldspan.synth.noise.mess import MESS
from study import add_action, launch, parser_of

REPORT = Report("counts.md", "counts", CARD)
NONE = "none"
EXPLAINED = "what it is"


def read_samples(folder: Path) -> list[Sample]:
    """The samples that the manifest names, in its order."""
    return [read_sample(folder / "pages" / name) for name in read_manifest(folder / "manifest.json")["samples"]]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; all its columns are numbers but the first and the explanations."""
    rules = ["---", *("---" if name == EXPLAINED else "---:" for name in head[1:])]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, rules, *rows])


def by_number(found: Counter[str]) -> list[tuple[str, int]]:
    """The commonest first, equals by name."""
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def counts(name: str, samples: Sequence[Sample], value: Callable[[Sample], str | None]) -> str:
    """Pages by a value."""
    return table([name, "pages"], by_number(Counter(value(sample) or NONE for sample in samples)))


def mess(samples: Sequence[Sample]) -> str:
    found = Counter(name for sample in samples for name in sample.gold.about.mess)
    return table(["mess", "pages", EXPLAINED], ((*item, MESS.get(item[0], "")) for item in by_number(found)))


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
    measures: Mapping[str, Sequence[float]] = {
        "page, kB": [len(sample.page.data) / 1000 for sample in samples],
        "blocks": [len(sample.gold.blocks or ()) for sample in samples],
        "content tokens": [int(np.count_nonzero(lane == CONTENT)) for lane in lanes],
        "neutral tokens": [int(np.count_nonzero(lane == NEUTRAL)) for lane in lanes],
        "noise tokens": [int(np.count_nonzero(lane == NOISE)) for lane in lanes],
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


def main() -> int:
    parser = parser_of(__doc__)
    add_action(parser, check=True)
    options = parser.parse_args()
    samples = read_samples(ANNOTATIONS)
    tables = [
        counts("family", samples, lambda sample: sample.gold.about.family),
        counts("language", samples, lambda sample: sample.gold.about.language),
        counts("page type", samples, lambda sample: sample.gold.about.page_type),
        counts("encoding", samples, lambda sample: sample.page.encoding),
        sizes(samples),
        mess(samples),
        labels(samples),
    ]
    headline = sentence(samples, read_manifest(ANNOTATIONS / "manifest.json")["version"])
    return settle(REPORT.parts(headline, "\n\n".join(tables)), options.action)


if __name__ == "__main__":
    launch(main)
