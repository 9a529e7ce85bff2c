"""The draft labeller: a small neural network on the features of a block, and the labels' usual order on the page.

``scripts/studies/train_draft.py`` trains it on the core set and writes ``labeller.npz``: plain arrays, read without
pickle, so that labelling needs numpy and nothing else. The network gives each block a probability for each
label; the most probable way through the page by the labels' order (Viterbi) smooths them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldspan.errors import ExtractorError
from goldspan.extractors.draft.features import Features, features
from goldspan.model import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

NAME = "goldspan-draft"
WEIGHTS = Path(__file__).with_name("labeller.npz")
CLIP = 4.0  # standard deviations; beyond them a figure says nothing more
WORD = 2.0  # the weight of a name, in standard deviations of a figure
ORDER = 0.6  # the weight of the labels' order beside the blocks' own evidence
_LEAST = 1e-6


@dataclass(frozen=True, eq=False)
class Labeller:
    """A trained network.

    Attributes:
        words: the names it knows; each is an input, after the figures.
        weights: of each layer, inputs by outputs.
        order: the logarithm of how often a label (row) is followed by another (column).
    """

    labels: tuple[str, ...]
    words: tuple[str, ...]
    mean: Array
    scale: Array
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    order: Array
    version: str

    def inputs(self, found: Features) -> Array:
        """The network's inputs for the blocks of a page."""
        import numpy as np

        place = {word: number for number, word in enumerate(self.words)}
        figures = np.asarray(found.numbers, dtype=np.float32).reshape(len(found.words), -1)
        names = np.zeros((len(found.words), len(self.words)), dtype=np.float32)
        for row, words in enumerate(found.words):
            names[row, [place[word] for word in words if word in place]] = WORD
        return np.hstack([np.clip((figures - self.mean) / self.scale, -CLIP, CLIP), names])

    def probabilities(self, found: Features) -> Array:
        """For each block a probability of each label."""
        import numpy as np

        values = self.inputs(found)
        for number, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = values @ weights + biases
            if number < len(self.weights) - 1:
                values = np.maximum(values, 0)
        values = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(values / values.sum(axis=1, keepdims=True))

    def label(self, found: Features) -> list[str]:
        """The labels of a page's blocks."""
        import numpy as np

        if not found.words:
            return []
        evidence = np.log(self.probabilities(found) + _LEAST)
        return [self.labels[number] for number in best_way(evidence, ORDER * self.order)]


def best_way(evidence: Array, order: Array) -> list[int]:
    """The sequence with the largest sum of evidence and order (Viterbi)."""
    import numpy as np

    score, before = evidence[0], []
    for row in evidence[1:]:
        through = score[:, None] + order
        best = through.argmax(axis=0)
        before.append(best)
        score = through[best, np.arange(len(best))] + row
    way = [int(score.argmax())]
    for best in reversed(before):
        way.append(int(best[way[-1]]))
    return way[::-1]


def save(labeller: Labeller, path: Path) -> None:
    """Write a labeller as plain arrays; the same one gives the same bytes."""
    import numpy as np

    arrays: dict[str, Any] = {
        "labels": np.array(labeller.labels),
        "words": np.array("\n".join(labeller.words)),
        "mean": labeller.mean,
        "scale": labeller.scale,
        "order": labeller.order.astype(np.float16),
        "version": np.array(labeller.version),
    }
    for number, (weights, biases) in enumerate(zip(labeller.weights, labeller.biases, strict=True)):
        arrays[f"weights{number}"], arrays[f"biases{number}"] = weights.astype(np.float16), biases
    np.savez_compressed(path, **arrays)


@lru_cache(maxsize=2)
def load(path: Path = WEIGHTS) -> Labeller:
    """A labeller from its file.

    Raises:
        ExtractorError: it is missing, or no such file.
    """
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as data:
            layers = sum(name.startswith("weights") for name in data.files)
            return Labeller(
                tuple(data["labels"].tolist()),
                tuple(str(data["words"]).split("\n")),
                data["mean"],
                data["scale"],
                tuple(data[f"weights{n}"].astype(np.float32) for n in range(layers)),
                tuple(data[f"biases{n}"].astype(np.float32) for n in range(layers)),
                data["order"].astype(np.float32),
                str(data["version"]),
            )
    except (OSError, ValueError, KeyError) as fault:
        raise ExtractorError(
            f"the draft labeller {path} cannot be read: {fault}", "Make it: scripts/studies/train_draft.py"
        ) from None


def article(blocks: Sequence[Block], labels: Sequence[str]) -> Iterator[str]:
    """The texts of the article's own blocks, a second copy left out."""
    seen = set()
    for block, label in zip(blocks, labels, strict=True):
        if label in ("body", "post") and block.text not in seen:
            seen.add(block.text)
            yield block.text


def label_page(html: str, blocks: Sequence[Block]) -> list[str]:
    """Draft labels for the blocks of a page."""
    return load().label(features(html, blocks))
