"""Which article is drawn into which site template with which seed.

The plan of the core set is a file (``plan.yaml``), one line per page, so that growth never changes an existing page.
:func:`draw_plan` makes a new one for fresh pages, and new lines for this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from goldspan.errors import CorpusError
from goldspan.synth.content.article import Article
from goldspan.synth.phrases.phrasebook import load_phrasebook, phrasebook_languages
from goldspan.synth.rng import Rng
from goldspan.synth.site.site_template import SiteTemplate

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
        CorpusError: the file is not a plan, or names a page twice.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        pages = tuple(
            PlannedPage(page_id, article, family, *(rest or (f"core/{page_id}",)))
            for page_id, article, family, *rest in data["pages"]
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"{path} is not a plan: {error}", "Write a list of pages as in plan.yaml.") from error
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
    templates: Mapping[str, SiteTemplate],
    seed: int | str,
    count: int,
    have: Sequence[PlannedPage] = (),
) -> tuple[PlannedPage, ...]:
    """A fresh plan, or new lines for a plan: templates and articles that fit each other, each used about evenly. Pages
    come first that a language or a page type needs for a cell of its own in a breakdown.

    Args:
        count: how many pages there shall be, including those of ``have``.
        have: pages that are already planned; what they use counts, and numbers continue after theirs.

    Raises:
        CorpusError: nothing fits.
    """
    draw = Rng(f"draw/{seed}")
    known = set(phrasebook_languages())
    fitting = [
        (article, template)
        for article in articles.values()
        for template in templates.values()
        if article.language in known and template.fits(article, load_phrasebook(article.language))
    ]
    if not fitting:
        raise CorpusError("no article fits any skin", "Add articles, skins or phrasebooks.")
    even = count / len({template.family for _, template in fitting})
    use = _Use(even)
    for page in have:
        if page.article in articles and page.family in templates:
            use.count(articles[page.article], templates[page.family])
    pages = []
    for number in range(len(have), count):
        article, template = min(draw.shuffled(fitting), key=use.rank)
        use.count(article, template)
        page_id = f"{article.language}-{template.family}-{number + bool(have):04}"
        pages.append(PlannedPage(page_id, article.key, template.family, f"{seed}/{page_id}"))
    return tuple(pages)


class _Use:
    """How often a plan uses each thing so far.

    Args:
        even: how many pages a family had if all had the same number.
    """

    def __init__(self, even: float) -> None:
        self._even = even
        self._used: Counter[object] = Counter()

    def count(self, article: Article, template: SiteTemplate) -> None:
        names = self._names(article, template)
        self._used.update(names[1:] if template.listing else names)

    def rank(self, pair: tuple[Article, SiteTemplate]) -> tuple[float, ...]:
        """The lower, the more a page of this pair would add to the plan."""
        article, family, language, page_type, both = (self._used[name] for name in self._names(*pair))
        most = self._even * (0.6 if pair[1].listing else 1.5)
        lack = article + min(language / CELL, 1) + min(page_type / CELL, 1) + 1.5 * family / self._even
        return both, family >= most, lack

    @staticmethod
    def _names(article: Article, template: SiteTemplate) -> tuple[object, ...]:
        """The article, which a listing does not show; the family, language and page type; article and family."""
        key, page_type = article.key, template.page_types[0] if template.listing else article.page_type
        names = {"article": key, "family": template.family, "language": article.language, "type": page_type}
        return (*names.items(), (key, template.family))
