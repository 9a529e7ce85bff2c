"""What a metric is: a value a page, and a way to pool pages into a figure, for many weightings at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from goldspan.model import Extraction, Gold

if TYPE_CHECKING:
    from goldspan.core.align import Alignment
    from goldspan.core.policy import GoldTokens

Array = NDArray[np.float64]
Columns = Mapping[str, Array]
Bounds = tuple[float, float]
Need = Literal["blocks", "reference", "snippets", "metadata"]


@dataclass(frozen=True, slots=True)
class Case:
    """One page and one system's output for it: all that a metric may look at.

    Attributes:
        text: the output rendered to plain text; empty where the system failed.
        extraction: the output as given; None where the system failed.
        fields: the metadata fields the system can return.
        gold_tokens: the gold under the policy, token by token; None where the gold has no blocks.
        alignment: the output aligned to the gold's stream; None with ``gold_tokens``.
        reference: the gold text for metrics that compare plain texts: the corpus's own where it has one,
            else the content blocks under the policy, one a line.
        answered: whether the system answered, be it with nothing; False where it failed or there is no prediction.
    """

    gold: Gold
    text: str
    extraction: Extraction | None
    fields: tuple[str, ...]
    gold_tokens: GoldTokens | None
    alignment: Alignment | None
    reference: str | None
    answered: bool = True

    @property
    def raw(self) -> str:
        """The output as it was given where that is plain text: with its own white space."""
        return self.extraction.text if self.extraction and self.extraction.format == "text" else self.text

    @property
    def holds(self) -> frozenset[Need]:
        """What the gold states of all that a metric may need."""
        stated: dict[Need, bool] = {
            "blocks": self.gold_tokens is not None,
            "reference": self.reference is not None,
            "snippets": self.gold.snippets is not None,
            "metadata": bool(self.gold.metadata),
        }
        return frozenset(need for need, is_stated in stated.items() if is_stated)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: measured once a page, pooled over pages with weights.

    Attributes:
        name: what the command line and the protocol call it.
        version: goes up whenever a value it gives can change.
        headline: the pooled figure that stands for the metric; ``name.headline/version`` is its identity.
        needs: what the gold must hold; a page without it is not measured.
        measure: values of one page, or None where the page takes no part. A value that is missing from the
            mapping counts as 0 in the columns. An exception here is a bug and propagates.
        pool: columns (each of shape ``(n,)``, over the pages that take part) and weights (shape ``(b, n)``, one
            row a weighting) to figures, each of shape ``(b,)``; NaN where a figure is not defined.
        about: one line for ``goldspan list metrics``.
        lower_is_better: whether a smaller headline is the better one.
        bounds: the least and the greatest value that a figure can have, by its name.
    """

    name: str
    version: int
    headline: str
    needs: frozenset[Need]
    measure: Callable[[Case], Mapping[str, float] | None]
    pool: Callable[[Columns, Array], dict[str, Array]]
    about: str
    lower_is_better: bool = False
    bounds: Callable[[str], Bounds] = lambda name: (0.0, 1.0)

    @property
    def identity(self) -> str:
        return f"{self.name}.{self.headline}/{self.version}"


def counts_except(*shares: str) -> Callable[[str], Bounds]:
    """Bounds of a metric whose figures are numbers of things, but for shares with these ends of their names."""
    return lambda name: (0.0, 1.0) if name.endswith(shares) else (0.0, inf)


def ratio(numerator: Array, denominator: Array) -> Array:
    """Elementwise ``numerator / denominator``, 0 where the denominator is 0."""
    out = np.zeros(np.broadcast(numerator, denominator).shape)
    np.divide(numerator, denominator, out=out, where=denominator != 0)
    return out


def page_means(columns: Columns, weights: Array) -> dict[str, Array]:
    """The weighted mean over pages of every column; NaN where no page has weight."""
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: weights @ column / total for name, column in columns.items()}
