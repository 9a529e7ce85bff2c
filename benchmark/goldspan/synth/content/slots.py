"""Where something stands between the paragraphs of an article: an advert, a picture, a pull quote, a box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from goldspan.synth.content.article import Article
from goldspan.synth.content.body_tree import Node
from goldspan.synth.rng import Rng

Slots = Mapping[int, Sequence[tuple[str, int]]]
"""The number of a node to what comes after it: a kind, and how many of that kind came before."""

_BEFORE = ("p", "ul", "ol", "quote")
_AFTER = ("p", "h", "quote")


def plan_slots(article: Article, nodes: Sequence[Node], wanted: Mapping[str, Sequence[int]], draw: Rng) -> Slots:
    """Draw kinds and places; kinds keep their own order down the page.

    Args:
        wanted: for each kind, how many there are at least and at most.
    """
    most = {"image": max(len(article.images) - 1, 0), "pullquote": int(bool(article.pullquote))}
    kinds = [
        kind for kind, (low, high) in wanted.items() for _ in range(min(draw.whole(low, high), most.get(kind, high)))
    ]
    places = [
        number
        for number, (node, after) in enumerate(pairwise(nodes))
        if number and node.kind in _BEFORE and after.kind in _AFTER
    ]
    kinds = draw.shuffled(kinds)[: max(len(places) * 2 // 3, 1)]
    counts: dict[str, int] = {}
    slots: dict[int, list[tuple[str, int]]] = {}
    for place, kind in zip(sorted(draw.sample(places, len(kinds))), kinds, strict=False):
        slots.setdefault(place, []).append((kind, counts.get(kind, 0)))
        counts[kind] = counts.get(kind, 0) + 1
    return slots
