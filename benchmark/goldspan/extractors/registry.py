"""The table of registered extractors, and those that installed packages add.

To add one: a file in ``adapters`` with a frozen dataclass, and a line here. Somebody else's package adds its
own through the entry point group ``goldspan.extractors``, with a class or a function as the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "goldspan.extractors"
_HERE = "goldspan.extractors.adapters"


class Entry(NamedTuple):
    """A registered extractor.

    Attributes:
        target: ``module:Class``.
        about: one line for a list of systems.
        extra: the extra of this distribution that installs its library; None where nothing is needed.
    """

    target: str
    about: str
    extra: str | None = None


REGISTERED: Mapping[str, Entry] = MappingProxyType(
    {
        "trafilatura": Entry(
            f"{_HERE}.trafilatura:Trafilatura", "rules and fallbacks, for crawls and corpora", "extractors"
        ),
        "readability-lxml": Entry(
            f"{_HERE}.readability_lxml:ReadabilityLxml",
            "Arc90's Readability on lxml, returns HTML",
            "extractors",
        ),
        "newspaper4k": Entry(
            f"{_HERE}.newspaper4k:Newspaper4k", "news articles, with the language of the page", "extractors"
        ),
        "goose3": Entry(f"{_HERE}.goose3:Goose3", "news articles, by stop words and link density", "extractors"),
        "justext": Entry(f"{_HERE}.justext:JusText", "paragraph classes by stop words, for corpora", "extractors"),
        "boilerpy3-article": Entry(
            f"{_HERE}.boilerpy3:Boilerpy3Article", "Boilerpipe's text features, tuned for news", "extractors"
        ),
        "boilerpy3-default": Entry(
            f"{_HERE}.boilerpy3:Boilerpy3Default", "Boilerpipe's text features, for any page", "extractors"
        ),
        "resiliparse": Entry(
            f"{_HERE}.resiliparse:Resiliparse",
            "fast rules in native code, for web-scale crawls",
            "extractors",
        ),
        "news-please": Entry(
            f"{_HERE}.news_please:NewsPlease", "newspaper4k, readability and others, by vote", "extractors"
        ),
        "gne": Entry(f"{_HERE}.gne:Gne", "text and symbol density, made for Chinese news", "extractors"),
        "breadability": Entry(f"{_HERE}.breadability:Breadability", "Readability redone, returns HTML", "extractors"),
        "html-text": Entry(f"{_HERE}.html_text:HtmlText", "baseline: the page's text, laid out", "extractors"),
        "inscriptis": Entry(
            f"{_HERE}.inscriptis:Inscriptis", "baseline: the page's text, laid out by CSS", "extractors"
        ),
        "html2text": Entry(f"{_HERE}.html2text:Html2Text", "baseline: the page as Markdown", "extractors"),
        "beautifulsoup": Entry(
            f"{_HERE}.beautifulsoup:BeautifulSoup", "baseline: get_text without scripts", "extractors"
        ),
        "selectolax-text": Entry(
            f"{_HERE}.selectolax_text:SelectolaxText", "baseline: text of the body, without scripts"
        ),
        "goldspan-draft": Entry(
            "goldspan.extractors.draft:GoldspanDraft", "the annotators' draft labeller, learned from the core set"
        ),
        "everything": Entry(f"{_HERE}.everything:Everything", "baseline: all the text of the page's text stream"),
        "nothing": Entry(f"{_HERE}.nothing:Nothing", "baseline: an empty text for every page"),
    }
)


@lru_cache(maxsize=1)
def plugins() -> Mapping[str, EntryPoint]:
    """Extractors of other installed packages, by name. A name of this table wins over theirs; of two packages
    that use one name, the first by the package's name wins."""
    # Slow to import, and most runs name no plugin.
    from importlib.metadata import entry_points

    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.dist.name if point.dist else ""):
        if point.name not in REGISTERED:
            found.setdefault(point.name, point)
    return MappingProxyType(found)


def registered() -> dict[str, Entry]:
    """Every extractor that can be named: this table, then those of other packages by name."""
    others = {
        name: Entry(point.value, f"from {point.dist.name if point.dist else 'another package'}")
        for name, point in sorted(plugins().items())
    }
    return {**REGISTERED, **others}
