"""Which article is drawn into which skin with which seed.

The plan of the core set is a file (``plan.yaml``), a line a page, so that growth never changes a page that is there.
:func:`draw_plan` makes a new one for fresh pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmark.compose.article import Article
from benchmark.compose.bank import bank_languages, load_bank
from benchmark.compose.draw import Draw
from benchmark.compose.skin import Skin
from benchmark.errors import CorpusError

PLAN = Path(__file__).with_name("plan.yaml")
FAMILY_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page to be made. ``article`` is ``<lang>/<slug>``."""

    id: str
    article: str
    family: str
    seed: str


def load_plan(path: Path = PLAN) -> tuple[PlannedPage, ...]:
    """The pages of a plan file, in its order.

    Raises:
        CorpusError: the file is no plan, or names a page twice.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        pages = tuple(
            PlannedPage(page_id, article, family, *(rest or (f"core/{page_id}",)))
            for page_id, article, family, *rest in data["pages"]
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path} is no plan: {error}", "Write a list of pages as in plan.yaml.") from error
    twice = [page_id for page_id, count in Counter(page.id for page in pages).items() if count > 1]
    if twice:
        raise CorpusError(f"{path} plans {', '.join(twice)} twice", "Give each page an id of its own.")
    return pages


def draw_plan(
    articles: Mapping[str, Article], skins: Mapping[str, Skin], seed: int, count: int
) -> tuple[PlannedPage, ...]:
    """A fresh plan: skins and articles that fit each other, no family above its share, articles used evenly.

    Raises:
        CorpusError: nothing fits.
    """
    draw = Draw(f"draw/{seed}")
    known = set(bank_languages())
    fitting = [
        (article, skin)
        for article in articles.values()
        for skin in skins.values()
        if article.language in known and skin.fits(article, load_bank(article.language))
    ]
    if not fitting:
        raise CorpusError("no article fits any skin", "Add articles, skins or phrase banks.")
    used_skins: Counter[str] = Counter()
    used_articles: Counter[str] = Counter()
    used_pairs: Counter[tuple[str, str]] = Counter()
    limit = max(int(count * FAMILY_SHARE), 1)
    pages = []
    for number in range(count):
        open_pairs = [pair for pair in fitting if used_skins[pair[1].family] < limit] or fitting
        article, skin = min(
            draw.shuffled(open_pairs),
            key=lambda pair: (
                used_pairs[pair[0].key, pair[1].family],
                used_articles[pair[0].key],
                used_skins[pair[1].family],
            ),
        )
        used_skins[skin.family] += 1
        used_articles[article.key] += 1
        used_pairs[article.key, skin.family] += 1
        page_id = f"{article.language}-{skin.family}-{number:04}"
        pages.append(PlannedPage(page_id, article.key, skin.family, f"{seed}/{page_id}"))
    return tuple(pages)
