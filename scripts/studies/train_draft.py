#!/usr/bin/env python3
"""Train the draft labeller on the core set, and write benchmark/goldspan/extractors/draft/labeller.npz.

The network is scikit-learn's MLPClassifier; the file holds plain arrays. Pages count by the square root of their
blocks; some come twice, the second time with less around the article. Names are known if pages of several families have
them, and some are hidden in each round, so that the network does not rely on them: the web has other ones.

Then each family in turn is labelled by a network that was trained on the others, and the figures a label go into
annotations/figures/draft_labeller.md. --no-report leaves that out.

The weights follow from the core set and a seed. About eight other settings were tried, and whoever chose saw the body
F1 on aeb and wcxb in every trial beside the figures on held-out families of the core set: both are development figures.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from checkout import GUIDES
from documents import Report, settle
from goldspan.core.text import build_stream, decode
from goldspan.data.corpora import open_corpus
from goldspan.data.schema import load_labels
from goldspan.extractors.draft.features import Features, features
from goldspan.extractors.draft.labeller import NAME, WEIGHTS, Labeller, save
from study import launch, parser_of

HIDDEN = 64  # neurons
ROUNDS = 8
RATE = 1e-3  # of learning, at the first round; a tenth of it at the last
DROPPED = 0.3  # share of the names that are hidden in a round
THINNED = 2  # every so many pages, the page once more with less noise
LEFT_OUT = 0.8  # share of the runs of noise that such a page lacks
FAMILIES = 4  # that a name must stand in to be known
FOLDS = 5
SEED = 7
REPORT = Report("draft_labeller.md", "draft-labeller", GUIDES / "annotate" / "README.md")


@dataclass(frozen=True)
class Known:
    """A page of the core set, or what is left of one: its family, its features and its labels."""

    family: str
    found: Features
    labels: tuple[str, ...]
    whole: bool = True


def read_pages() -> tuple[list[Known], str]:
    """Every page of the core set, and the set's digest."""
    corpus, pages = open_corpus("core"), []
    for number, id in enumerate(corpus.ids):
        sample = corpus.load(id)
        html = decode(sample.page)[0] if sample.page.media == "html" else ""
        labels = tuple(block.label for block in sample.gold.blocks or ())
        family, blocks = sample.gold.about.family or id, build_stream(sample.page)
        pages.append(Known(family, features(html, blocks), labels))
        if number % THINNED == 0:
            kept = thinned(labels, number)
            left = tuple(label for label, there in zip(labels, kept, strict=True) if there)
            if left:
                pages.append(Known(family, features(html, blocks, kept), left, whole=False))
    return pages, corpus.digest


def thinned(labels: Sequence[str], seed: int) -> list[bool]:
    """A page with less around its article: most runs of noise are left out. Small pages are like that."""
    random, groups = np.random.default_rng([SEED, seed]), load_labels().groups
    kept: list[bool] = []
    for label, run in groupby(labels):
        kept += [groups[label] != "noise" or random.random() >= LEFT_OUT] * len(list(run))
    return kept


def train(pages: Sequence[Known], version: str) -> Labeller:
    """A labeller that knows these pages."""
    from sklearn.neural_network import MLPClassifier

    where: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for words in page.found.words:
            for word in words:
                where[word].add(page.family)
    least = min(FAMILIES, max(len({page.family for page in pages}) // 4, 1))
    known = tuple(sorted(word for word, families in where.items() if len(families) >= least))
    figures = np.concatenate([np.asarray(page.found.numbers, dtype=np.float32) for page in pages])
    mean, scale = figures.mean(axis=0), figures.std(axis=0) + np.float32(1e-6)
    labels = tuple(sorted({label for page in pages for label in page.labels}))
    empty = Labeller(labels, known, mean, scale, (), (), order_of(pages, labels), version)
    inputs = np.concatenate([empty.inputs(page.found) for page in pages])
    wanted = np.array([label for page in pages for label in page.labels])
    weights = np.concatenate([np.full(len(page.labels), len(page.labels) ** -0.5) for page in pages])
    network = MLPClassifier((HIDDEN,), alpha=1e-3, batch_size=256, max_iter=1, random_state=SEED, warm_start=True)
    random = np.random.default_rng(SEED)
    whole = inputs[:, len(mean) :].copy()
    for turn in range(ROUNDS):
        seen = random.random(whole.shape, dtype=np.float32) >= DROPPED
        inputs[:, len(mean) :] = whole * seen / np.float32(1 - DROPPED)
        network.set_params(learning_rate_init=RATE * (1 - 0.9 * turn / ROUNDS))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one round does not converge, nor is it meant to
            network.fit(inputs, wanted, sample_weight=weights / weights.mean())
    layers = tuple(layer.astype(np.float32) for layer in network.coefs_)
    biases = tuple(layer.astype(np.float32) for layer in network.intercepts_)
    return Labeller(labels, known, mean, scale, layers, biases, empty.order, version)


def order_of(pages: Sequence[Known], labels: Sequence[str]) -> NDArray[np.float32]:
    """The logarithm of how often a label follows another, each at least half a time."""
    place = {label: number for number, label in enumerate(labels)}
    counts = np.full((len(labels), len(labels)), 0.5, dtype=np.float32)
    for page in pages:
        for one, other in zip(page.labels, page.labels[1:], strict=False):
            counts[place[one], place[other]] += 1
    order: NDArray[np.float32] = np.log(counts / counts.sum(axis=1, keepdims=True))
    return order


def report(pages: Sequence[Known]) -> tuple[str, str]:
    """Each family labelled by a network that has not seen it: the headline, and precision and recall a label."""
    families = sorted({page.family for page in pages})
    np.random.default_rng(SEED).shuffle(families)
    pairs: list[tuple[str, str]] = []
    for fold in range(FOLDS):
        held_out = set(families[fold::FOLDS])
        labeller = train([page for page in pages if page.family not in held_out], "fold")
        for page in pages:
            if page.family in held_out and page.whole:
                pairs += zip(page.labels, labeller.label(page.found), strict=True)
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr)
    lines = [
        "| label | blocks | precision | recall | F1 | most often taken for |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    scores = []
    for label in sorted({gold for gold, _ in pairs}):
        right = sum(gold == found == label for gold, found in pairs)
        gold_tokens, given = (sum(pair[side] == label for pair in pairs) for side in (0, 1))
        wrong = [found for gold, found in pairs if gold == label != found]
        other = max(sorted(set(wrong)), key=wrong.count) if wrong else ""
        scores.append(2 * right / (gold_tokens + given))
        precision = f"{right / given:.2f}" if given else "–"
        often = f"`{other}` ({wrong.count(other) / gold_tokens:.0%})" if other else ""
        lines.append(
            f"| `{label}` | {gold_tokens} | {precision} | {right / gold_tokens:.2f} | {scores[-1]:.2f} | {often} |"
        )
    share = sum(gold == found for gold, found in pairs) / len(pairs)
    head = (
        f"{sum(page.whole for page in pages)} pages of {len(families)} families with {len(pairs)} blocks; "
        f"{FOLDS} folds by family. "
        f"Right are {share:.1%} of the blocks; the mean F1 of the labels is {np.mean(scores):.2f}."
    )
    return head, "\n".join(lines)


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--no-report", action="store_true", help="train, and leave the report as it is")
    parser.add_argument("--only-report", action="store_true", help="leave the labeller as it is")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="another file to write")
    options = parser.parse_args()
    start = time.monotonic()
    pages, digest = read_pages()
    print(f"{len(pages)} pages read, {time.monotonic() - start:.0f} s", file=sys.stderr)
    if not options.only_report:
        save(train(pages, f"1+core.{digest[:8]}"), options.out)
        size = options.out.stat().st_size / 1000
        print(f"{NAME}: {options.out}, {size:.0f} kB, {time.monotonic() - start:.0f} s", file=sys.stderr)
    if not options.no_report:
        settle(REPORT.parts(*report(pages)), "write")
        print(f"annotations/figures/{REPORT.file}, {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    launch(main)
