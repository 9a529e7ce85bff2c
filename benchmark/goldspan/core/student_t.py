"""Student's t distribution: its tail and its quantile, by the regularised incomplete beta function. Pure.

The two-sided tail of t at ν degrees of freedom is I_x(ν/2, 1/2) with x = ν / (ν + t²) (Abramowitz and Stegun, "Handbook
of Mathematical Functions", 26.5.27). It is small without cancellation, however far out t lies.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, inf, lgamma, log, nextafter

_TINY = 1e-300
_PRECISION = 1e-14


def tail(t: float, degrees: float) -> float:
    """The probability that ``|T| ≥ |t|``."""
    square = t * t
    if square == inf:
        return 0.0
    share = square / (degrees + square)
    return _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + square), share)


@lru_cache(maxsize=4096)
def quantile(alpha: float, degrees: float) -> float:
    """The t that ``|T|`` exceeds with probability ``alpha``: 1.96 for 0.05 and very many degrees of freedom."""
    low, high = 0.0, 1.0
    while tail(high, degrees) > alpha:
        low, high = high, 2 * high
    while nextafter(low, inf) < high:
        middle = (low + high) / 2
        if tail(middle, degrees) > alpha:
            low = middle
        else:
            high = middle
    return high


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """I_x(a, b); ``rest`` is 1 − x, given by itself so that no digits are lost."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest))
    if x < (a + 1) / (a + b + 2):
        return front * _continued_fraction(a, b, x) / a
    return 1 - front * _continued_fraction(b, a, rest) / b


def _continued_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (26.5.8), by Lentz's method."""

    def away_from_zero(value: float) -> float:
        return value if abs(value) > _TINY else _TINY

    c = 1.0
    d = 1 / away_from_zero(1 - (a + b) * x / (a + 1))
    found, step, change = d, 0, inf
    while abs(change - 1) > _PRECISION:
        step += 1
        at = a + 2 * step
        change = 1.0
        for term in (
            step * (b - step) * x / ((at - 1) * at),
            -(a + step) * (a + b + step) * x / (at * (at + 1)),
        ):
            d = 1 / away_from_zero(1 + term * d)
            c = away_from_zero(1 + term / c)
            change *= d * c
        found *= change
    return found
