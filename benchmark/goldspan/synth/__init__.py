"""Authored articles × site skins → pages with exact gold.

An article (``annotations/articles``) is drawn into the markup of a site (``skins``) with boilerplate of its language
(``banks``) and the mess that real pages carry. Every element of a skin says what it is with a ``data-gs`` attribute;
the parser itself decides which text belongs to which mark, then the marks are taken out. Everything follows from a
seed, byte for byte.
"""

from benchmark.compose.article import Article, read_article, read_articles
from benchmark.compose.composer import compose
from benchmark.compose.plan import PlannedPage, draw_plan, load_plan
from benchmark.compose.skin import Skin, load_skins

__all__ = [
    "Article",
    "PlannedPage",
    "Skin",
    "compose",
    "draw_plan",
    "load_plan",
    "load_skins",
    "read_article",
    "read_articles",
]
