"""Which article is drawn into which skin with which seed.

The plan of the core set is a file (``plan.yaml``), a line a page, so that growth never changes a page that is there.
:func:`draw_plan` makes a new one for fresh pages, and new lines for this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
CELL = 10
"""A cell of a breakdown with fewer pages is never ranked."""


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


def format_line(page: PlannedPage) -> str:
    """A page as a line of a plan file."""
    seed = () if page.seed == f"core/{page.id}" else (page.seed,)
    return f"- [{', '.join((page.id, page.article, page.family, *seed))}]\n"


def draw_plan(
    articles: Mapping[str, Article],
    skins: Mapping[str, Skin],
    seed: int | str,
    count: int,
    have: Sequence[PlannedPage] = (),
) -> tuple[PlannedPage, ...]:
    """A fresh plan, or what makes a plan grow: skins and articles that fit each other, each used about evenly, and
    first what a language or a page type lacks for a cell of its own in a breakdown.

    Args:
        count: how many pages there shall be, with those of ``have``.
        have: pages that are planned already; what they use counts, and numbers go on after theirs.

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
    even = count / len({skin.family for _, skin in fitting})
    use = _Use(even)
    for page in have:
        if page.article in articles and page.family in skins:
            use.count(articles[page.article], skins[page.family])
    pages = []
    for number in range(len(have), count):
        article, skin = min(draw.shuffled(fitting), key=use.rank)
        use.count(article, skin)
        page_id = f"{article.language}-{skin.family}-{number + bool(have):04}"
        pages.append(PlannedPage(page_id, article.key, skin.family, f"{seed}/{page_id}"))
    return tuple(pages)


class _Use:
    """What a plan uses how often so far.

    Args:
        even: how many pages a family had if all had the same number.
    """

    def __init__(self, even: float) -> None:
        self._even = even
        self._used: Counter[object] = Counter()

    def count(self, article: Article, skin: Skin) -> None:
        names = self._names(article, skin)
        self._used.update(names[1:] if skin.listing else names)

    def rank(self, pair: tuple[Article, Skin]) -> tuple[float, ...]:
        """The lower, the more a page of this pair would add to the plan."""
        article, family, language, page_type, both = (self._used[name] for name in self._names(*pair))
        most = self._even * (0.6 if pair[1].listing else 1.5)
        lack = article + min(language / CELL, 1) + min(page_type / CELL, 1) + 1.5 * family / self._even
        return both, family >= most, lack

    @staticmethod
    def _names(article: Article, skin: Skin) -> tuple[object, ...]:
        """The article, which a listing doesn't show; the family, language and page type; article and family."""
        key, page_type = article.key, skin.page_types[0] if skin.listing else article.page_type
        names = {"article": key, "family": skin.family, "language": article.language, "type": page_type}
        return (*names.items(), (key, skin.family))
