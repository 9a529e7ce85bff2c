"""What an output holds, counted once from its alignment: the base of body, leak, loss, surplus and order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldspan.core.metrics.base import Case
from goldspan.core.policy import CONTENT, EXTRA, NEUTRAL, NOISE

LONG = 30
"""Code points of the longest invented token that counts as one."""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Counts of one output's tokens.

    Attributes:
        kept: places of the distinct content tokens that it holds, in the output's order.
        leaked: places of the distinct noise tokens that it holds.
        output: its tokens without those on neutral places; a neutral text put out again stays.
        invented: tokens that stand nowhere on the page; one of more than :data:`LONG` code points counts as as many
            as it has tens of them, here and in ``output``, so that links glued together do not cost one token.
        repeated: tokens that only repeat a place already used.
    """

    kept: NDArray[np.int32]
    leaked: NDArray[np.int32]
    output: int
    invented: int
    repeated: int


def count_tokens(case: Case) -> TokenCounts | None:
    """The counts of a case; None where its gold has no blocks."""
    if case.gold_tokens is None or case.alignment is None:
        return None
    positions, repeated = case.alignment.positions, case.alignment.repeated
    first = positions[(positions >= 0) & ~repeated]
    lanes = case.gold_tokens.lanes[first]
    neutral = int(np.count_nonzero((lanes == NEUTRAL) | (lanes == EXTRA)))
    tokens = case.alignment.tokens
    nowhere = np.flatnonzero(positions < 0).tolist()
    invented = sum(len(tokens[i]) // 10 if len(tokens[i]) > LONG else 1 for i in nowhere)
    return TokenCounts(
        kept=first[lanes == CONTENT],
        leaked=first[lanes == NOISE],
        output=len(positions) - neutral - len(nowhere) + invented,
        invented=invented,
        repeated=int(np.count_nonzero(repeated)),
    )


def tally(names: Sequence[str], codes: NDArray[np.intp]) -> dict[str, float]:
    """How often each name's code occurs; only the names that do."""
    counts = np.bincount(codes, minlength=len(names))
    return {name: float(count) for name, count in zip(names, counts, strict=True) if count}
