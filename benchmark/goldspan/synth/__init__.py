"""Authored articles × site templates → pages with exact gold.

An article (``annotations/articles``) is drawn into the markup of a site (``templates``) with boilerplate of its
language (``phrases``) and the mess that real pages carry. Every element of a template says what it is with a
``data-gs`` attribute; the parser itself decides which text belongs to which mark, then the marks are removed.
Everything follows from a seed, byte for byte.
"""

from goldspan.synth.composer import compose
from goldspan.synth.content.article import Article, read_article, read_articles
from goldspan.synth.plan import PlannedPage, draw_plan, load_plan
from goldspan.synth.site.site_template import SiteTemplate, load_templates

__all__ = [
    "Article",
    "PlannedPage",
    "SiteTemplate",
    "compose",
    "draw_plan",
    "load_plan",
    "load_templates",
    "read_article",
    "read_articles",
]
