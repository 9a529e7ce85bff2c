"""What a page says about itself in its head: meta elements, links and JSON-LD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from goldspan.synth.content.article import Article
from goldspan.synth.noise.filler import Filler
from goldspan.synth.rng import Rng


@dataclass(frozen=True, slots=True)
class Meta:
    """One ``meta`` element: ``<meta {attribute}="{name}" content="{content}">``."""

    attribute: str
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the head of a page is made from.

    Attributes:
        title: the headline as the head states it; search engines are often given another one.
        author: as the head states it; a department or an account name if it disagrees with the page.
    """

    article: Article
    site: str
    host: str
    url: str
    image: str
    title: str
    description: str
    locale: str
    section: str
    authors: tuple[str, ...]
    published: str | None
    modified: str | None


def metas(facts: Facts, draw: Rng, filler: Filler, least: int, most: int) -> list[Meta]:
    """Between ``least`` and ``most`` meta elements, the usual ones first."""
    article = facts.article
    common = [
        Meta(
            "name",
            "viewport",
            draw.pick(("width=device-width, initial-scale=1", "width=device-width,initial-scale=1,shrink-to-fit=no")),
        ),
        Meta("name", "description", facts.description),
        Meta("property", "og:title", facts.title),
        Meta("property", "og:type", "article"),
        Meta("property", "og:url", facts.url),
        Meta("property", "og:image", facts.image),
        Meta("property", "og:description", facts.description),
        Meta("property", "og:site_name", facts.site),
        Meta("name", "twitter:card", "summary_large_image"),
        Meta("name", "twitter:title", facts.title),
        Meta("name", "twitter:description", facts.description),
        Meta(
            "name",
            "robots",
            draw.pick(
                ("index, follow", "max-image-preview:large", "index,follow,max-snippet:-1,max-image-preview:large")
            ),
        ),
    ]
    if facts.published:
        common.append(Meta("property", "article:published_time", facts.published))
    if facts.modified:
        common.append(Meta("property", "article:modified_time", facts.modified))
    if facts.authors:
        common.append(Meta("name", "author", ", ".join(facts.authors)))
    # A plug-in or template writes the whole group for one network, or none of it.
    group = [
        Meta("name", "twitter:site", f"@{facts.host}"),
        Meta("name", "twitter:creator", f"@{facts.host}"),
        Meta("name", "twitter:image", facts.image),
        Meta("name", "twitter:url", facts.url),
        Meta("name", "twitter:image:alt", facts.title),
        Meta("name", "twitter:label1", filler.word()),
        Meta("name", "twitter:data1", str(draw.whole(2, 14))),
    ]
    common += group[: draw.pick((0, 0, 1, 2, 3, 3, 4, 5, 7))]
    rare = [
        Meta("property", "og:locale", facts.locale),
        Meta("property", "og:image:width", "1200"),
        Meta("property", "og:image:height", draw.pick(("630", "675", "800"))),
        Meta("name", "theme-color", f"#{draw.text(6)}"),
        Meta("name", "format-detection", "telephone=no"),
        Meta("name", "apple-mobile-web-app-title", facts.site),
        Meta("name", "apple-itunes-app", f"app-id={draw.whole(10**8, 10**9)}"),
        Meta("name", "msapplication-TileColor", f"#{draw.text(6)}"),
        Meta("name", "generator", f"{filler.word().capitalize()}CMS {draw.whole(2, 9)}.{draw.whole(0, 20)}"),
        Meta(
            "name",
            "google-site-verification",
            draw.text(43, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
        ),
        Meta("property", "fb:app_id", str(draw.whole(10**14, 10**15))),
        Meta("property", "fb:pages", str(draw.whole(10**10, 10**11))),
        Meta("property", "article:section", facts.section),
        Meta("name", "keywords", ", ".join(article.tags)),
        Meta("name", "news_keywords", ", ".join(article.tags[:4])),
        Meta("name", "referrer", "no-referrer-when-downgrade"),
        Meta("http-equiv", "X-UA-Compatible", "IE=edge"),
        Meta("name", "mobile-web-app-capable", "yes"),
        Meta("name", f"{filler.word()}-id", str(draw.whole(10**6, 10**7))),
        Meta("name", f"{filler.word()}:{filler.word()}", filler.word()),
        Meta("name", f"{filler.word()}-{filler.word()}", draw.text(24)),
        Meta("property", f"{filler.word()}:type", draw.pick(("story", "post", "article"))),
        Meta("name", "article-id", str(draw.whole(10**6, 10**8))),
        Meta("name", "page-type", draw.pick(("story", "article", "content"))),
        Meta("name", "dcterms.title", facts.title),
        Meta("name", "sitename", facts.site),
        *(Meta("property", "article:tag", tag) for tag in article.tags),
    ]
    count = draw.whole(least, most)
    return (common + draw.shuffled(rare))[:count]


def news_json(facts: Facts, kind: str, draw: Rng, body: str | None, paid: bool) -> dict[str, Any]:
    """A JSON-LD description of the article.

    Args:
        body: the whole text, where the description carries it.
        paid: the page shows only a part of the text to those who do not pay.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind,
        "mainEntityOfPage": {"@type": "WebPage", "@id": facts.url},
        "headline": facts.title,
        "description": facts.description,
        "image": [facts.image],
        "author": [{"@type": "Person", "name": name} for name in facts.authors]
        or {"@type": "Organization", "name": facts.site},
        "publisher": {
            "@type": "NewsMediaOrganization" if draw.chance(0.3) else "Organization",
            "name": facts.site,
            "logo": {
                "@type": "ImageObject",
                "url": f"https://static.{facts.host}/logo-{draw.text(6)}.png",
                "width": 600,
                "height": 60,
            },
        },
        "inLanguage": facts.article.language,
        "isAccessibleForFree": not paid,
    }
    if facts.published:
        data["datePublished"] = facts.published
        data["dateModified"] = facts.modified or facts.published
    if facts.section:
        data["articleSection"] = facts.section
    if facts.article.tags:
        data["keywords"] = list(facts.article.tags)
    if body is not None:
        data["articleBody"] = body
    if paid:
        data["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
    return data


def breadcrumb_json(names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A JSON-LD path of names and addresses."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": url}
        for place, (name, url) in enumerate(names, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
