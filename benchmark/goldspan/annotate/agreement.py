"""How far annotators agree: Krippendorff's alpha, Cohen's kappa, what is confused, and which blocks to adjudicate.

Two kinds of units: blocks, each with its label; and characters, each with the label of its span or else of its block.
Only labels are compared, not roles and copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from goldspan.core.stats import RESAMPLES, SEED, Array, alpha_nominal, interval, resample
from goldspan.data.files import read_json
from goldspan.data.label_files import read_vector, vector_of
from goldspan.errors import CorpusError
from goldspan.model import Score


@dataclass(frozen=True, slots=True)
class Vote:
    """One annotator's labels of a page.

    Attributes:
        blocks: the blocks of their label vector.
        blind: whether they saw neither drafts nor labels of others.
    """

    annotator: str
    blocks: Sequence[Mapping[str, Any]]
    blind: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text that every annotator of its page labelled.

    Attributes:
        size: its characters.
        labels: by annotator.
    """

    page: str
    block: int
    size: int
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the annotators of some pages agree.

    Attributes:
        alpha: over all labels, by kind of unit: ``blocks``, ``characters``.
        by_label: the same for each label against the rest.
        kappa: for each pair of annotators, by kind of unit.
        confusion: how many blocks one annotator of a pair gave the first label and the other the second; each
            unordered pair of labels once, in alphabetical order.
        disputed: the blocks that differ, by page.
        seeing: the annotators who were not blind.
        unit: what the bootstrap resampled, ``pages`` or ``blocks``.
    """

    pages: int
    annotators: Mapping[str, int]
    alpha: Mapping[str, Score]
    by_label: Mapping[str, Mapping[str, Score]]
    kappa: Mapping[tuple[str, str], Mapping[str, Score]]
    confusion: Mapping[tuple[str, str], int]
    disputed: Mapping[str, Sequence[int]]
    seeing: Sequence[str]
    unit: str


def read_votes(folder: Path) -> list[Vote]:
    """The votes on a sample: the finished label vectors, and the gold where one annotator alone made it.

    Raises:
        CorpusError: a vector cannot be read, or is about another stream than the others.
    """
    found: dict[str, Vote] = {}
    streams = set()
    for path in sorted((folder / "labels").glob("*.json")):
        vector = read_vector(path)
        if not vector["provenance"].get("open"):
            name = vector.get("annotator", path.stem)
            found[name] = Vote(name, vector["blocks"], bool(vector.get("blind")))
            streams.add(vector["stream"]["sha256"])
    gold = _single(folder)
    if gold and gold[0] not in found:
        found[gold[0]] = Vote(gold[0], gold[1]["blocks"], blind=False)
        streams.add(gold[1]["stream"]["sha256"])
    if len(streams) > 1:
        raise CorpusError(f"the labels of {folder.name} are about different streams", "Were they made for one page?")
    return list(found.values())


def _single(folder: Path) -> tuple[str, dict[str, Any]] | None:
    """The one annotator of a finished gold and its label vector, if it has one and was not adjudicated."""
    if (folder / "standoff.json").is_file():
        vector = read_vector(folder / "standoff.json")
    elif (folder / "gold.json").is_file():
        vector = vector_of(read_json(folder / "gold.json"))
    else:
        return None
    work = vector.get("provenance", {})
    names = work.get("annotators", ())
    alone = len(names) == 1 and not work.get("open") and not work.get("adjudicated_by")
    return (names[0], vector) if alone else None


def units_of(page: str, votes: Sequence[Vote]) -> Iterator[tuple[Unit, list[Unit]]]:
    """For each block of a page: the block as a unit, and its runs of characters that no annotator cuts."""
    lengths = {len(vote.blocks) for vote in votes}
    if len(lengths) > 1:
        raise CorpusError(f"the labels of {page} are about different numbers of blocks", "Were they made for one page?")
    for number in range(lengths.pop() if lengths else 0):
        blocks = {vote.annotator: vote.blocks[number] for vote in votes}
        size = next(iter(blocks.values()))["chars"]
        cuts = {0, size}
        for block in blocks.values():
            cuts |= {at for span in block.get("spans", ()) for at in (span["start"], span["end"])}
        whole = Unit(page, number, size, {name: block["label"] for name, block in blocks.items()})
        ends = sorted(cuts)
        yield (
            whole,
            [
                Unit(page, number, end - start, {name: label_at(block, start) for name, block in blocks.items()})
                for start, end in pairwise(ends)
            ],
        )


def label_at(block: Mapping[str, Any], at: int) -> str:
    """The label of one character of a block."""
    inside = (span["label"] for span in block.get("spans", ()) if span["start"] <= at < span["end"])
    return str(next(inside, block["label"]))


def agreement(pages: Mapping[str, Sequence[Vote]], resamples: int = RESAMPLES, seed: int = SEED) -> Agreement:
    """The agreement on pages that at least two people labelled.

    Args:
        pages: the votes on each page; pages with fewer than two are passed over.

    Raises:
        CorpusError: no page has two votes.
    """
    kept = {page: votes for page, votes in pages.items() if len(votes) > 1}
    if not kept:
        raise CorpusError(
            "no page was labelled by two people",
            "Let a second one label with 'goldspan annotate ID --blind --as NAME'.",
        )
    blocks, characters, disputed = [], [], {}
    for page, votes in kept.items():
        differ = []
        for whole, parts in units_of(page, votes):
            blocks.append(whole)
            characters += parts
            if any(len(set(part.labels.values())) > 1 for part in parts):
                differ.append(whole.block)
        disputed[page] = differ
    kinds = {"blocks": (blocks, [1.0] * len(blocks)), "characters": (characters, [float(u.size) for u in characters])}
    unit = "pages" if len(kept) > 1 else "blocks"
    labels = sorted({label for one in characters + blocks for label in one.labels.values()})
    alpha, by_label = {}, {label: {} for label in labels}  # type: ignore[var-annotated]
    for kind, (units, sizes) in kinds.items():
        sums = _Sums(units, sizes, labels, unit, resamples, seed)
        alpha[kind] = sums.alpha()
        for label in labels:
            by_label[label][kind] = sums.alpha(label)
    everyone = Counter(vote.annotator for votes in kept.values() for vote in votes)
    kappa = {
        pair: {kind: _kappa(pair, *kinds[kind], unit, resamples, seed) for kind in kinds}
        for pair in combinations(sorted(everyone), 2)
        if any(set(pair) <= set(one.labels) for one in blocks)
    }
    confusion = Counter(
        tuple(sorted((one.labels[a], one.labels[b]))) for one in blocks for a, b in combinations(sorted(one.labels), 2)
    )
    seeing = sorted({vote.annotator for votes in kept.values() for vote in votes if not vote.blind})
    return Agreement(len(kept), everyone, alpha, by_label, kappa, confusion, disputed, seeing, unit)  # type: ignore[arg-type]


class _Sums:
    """The sums that alpha follows from, one row a cluster of the bootstrap."""

    def __init__(
        self, units: Sequence[Unit], sizes: Sequence[float], labels: Sequence[str], unit: str, resamples: int, seed: int
    ) -> None:
        clusters = [_cluster(one, unit) for one in units]
        names = sorted(set(clusters))
        place = {name: i for i, name in enumerate(names)}
        column = {label: i for i, label in enumerate(labels)}
        self.labels, self.clusters = column, len(names)
        given = np.zeros((len(units), len(labels)))
        for row, one in enumerate(units):
            for label in one.labels.values():
                given[row, column[label]] += 1
        self.given, self.sizes = given, np.array(sizes)
        self.rows = np.array([place[name] for name in clusters])
        self.weights = resample([(name,) for name in names], resamples, seed)

    def alpha(self, label: str | None = None) -> Score:
        given = self.given
        if label is not None:
            own = given[:, [self.labels[label]]]
            given = np.concatenate([own, given.sum(axis=1, keepdims=True) - own], axis=1)
        raters = given.sum(axis=1)
        observed = np.zeros(self.clusters)
        np.add.at(observed, self.rows, self.sizes * (raters**2 - (given**2).sum(axis=1)) / (raters - 1))
        totals = np.zeros((self.clusters, given.shape[1]))
        np.add.at(totals, self.rows, self.sizes[:, None] * given)
        value = float(alpha_nominal(observed.sum(axis=0), totals.sum(axis=0)))
        return _score(value, alpha_nominal(self.weights @ observed, self.weights @ totals), len(self.given))


def _cluster(one: Unit, unit: str) -> str:
    return one.page if unit == "pages" else f"{one.block:06}"


def _kappa(
    pair: tuple[str, str], units: Sequence[Unit], sizes: Sequence[float], unit: str, resamples: int, seed: int
) -> Score:
    from sklearn.metrics import cohen_kappa_score

    shared = [(one, size) for one, size in zip(units, sizes, strict=True) if set(pair) <= set(one.labels)]
    names = sorted({label for one, _ in shared for label in one.labels.values()})
    number = {label: i for i, label in enumerate(names)}
    first, second = (np.array([number[one.labels[who]] for one, _ in shared]) for who in pair)
    size = np.array([size for _, size in shared])
    clusters = sorted({_cluster(one, unit) for one, _ in shared})
    place = {name: i for i, name in enumerate(clusters)}
    rows = np.array([place[_cluster(one, unit)] for one, _ in shared])
    weights = resample([(name,) for name in clusters], resamples, seed)

    def kappa(weight: Array) -> float:
        used = weight > 0
        if not used.any() or len({*first[used], *second[used]}) < 2:
            return float("nan")  # one label throughout: chance alone agrees
        return float(cohen_kappa_score(first[used], second[used], sample_weight=weight[used]))

    return _score(kappa(size), np.array([kappa(size * drawn[rows]) for drawn in weights]), len(shared))


def _score(value: float, drawn: Array, n: int) -> Score:
    if np.isnan(value):
        return Score(None, n=n)
    low, high = interval(drawn)
    return Score(value, n=n) if np.isnan(low) else Score(value, low, high, n)


def votes_of(folder: Path) -> dict[str, list[Vote]]:
    """The votes on every sample of a folder, whether it holds gold or stand-off gold."""
    place = folder / "pages" if (folder / "pages").is_dir() else folder
    return {path.name: read_votes(path) for path in sorted(place.iterdir()) if path.is_dir()}


def disputes(page: str, votes: Sequence[Vote]) -> dict[int, dict[str, str]]:
    """The label that each annotator gives to each of the blocks that they label differently."""
    found = {}
    for whole, parts in units_of(page, votes):
        if any(len(set(part.labels.values())) > 1 for part in parts):
            said = {}
            for vote in votes:
                spans = vote.blocks[whole.block].get("spans", ())
                inside = ", ".join(f"{span['label']} {span['start']}–{span['end']}" for span in spans)
                said[vote.annotator] = whole.labels[vote.annotator] + (f" ({inside})" if inside else "")
            found[whole.block] = said
    return found
