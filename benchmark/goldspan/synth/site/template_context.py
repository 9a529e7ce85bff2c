"""What a template can use: the article, the site, phrases, links, pictures, weight, and the mess that is drawn.

Every part draws from a stream of its own, so that a change in one box of a template leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from goldspan.synth.content.article import Article
from goldspan.synth.content.body_tree import Node, Unit
from goldspan.synth.content.prose import Prose
from goldspan.synth.content.slots import Slots, plan_slots
from goldspan.synth.noise.assets import Assets
from goldspan.synth.noise.mess import Mess
from goldspan.synth.phrases.phrasebook import Dealer, Phrasebook
from goldspan.synth.rng import Rng
from goldspan.synth.site.head import Facts, Meta, breadcrumb_json, metas, news_json
from goldspan.synth.site.links import Links, slug
from goldspan.synth.site.safe_markup import safe
from goldspan.synth.site.site_template import Names, SiteTemplate

_WHOLE = 99  # characters of a date: all that the article states
_SHOWN = {"date_long": 10, "date_full": 10, "date_short": 10, "date_time": 16}
# Some sites give a page a dozen links, others all that they have.
_ABUNDANCE = {0.2: 3, 0.45: 4, 0.75: 3, 1.0: 3, 1.5: 2, 2.2: 2, 3.0: 1}
_ALPHABETS = frozenset("en de fr es pt it nl pl cs sv da nb fi hu ro hr sk sl lt lv et ru uk bg sr el tr".split())


class TemplateContext:
    """One page in the making.

    Attributes:
        abundance: how long the lists of this site are, relative to what its template states.
        stated: how many characters of the dates the page states so far, and whether it has a description.
        extra: body text that is only in the page's JSON, with its source.
    """

    encoding_label = "utf-8"

    def __init__(
        self, article: Article, template: SiteTemplate, phrasebook: Phrasebook, draw: Rng, without: str = ""
    ) -> None:
        self.article, self.template, self.phrasebook = article, template, phrasebook
        self._draw = draw
        self._counts: dict[str, int] = {}
        self.site = _site(
            article, draw.child("site"), phrasebook.get(f"sites.{draw.child('kind').pick(template.sites)}")
        )
        self.host = f"www.{self.site['host']}.example"
        self.names = Names(draw.child("naming").weighted(template.names), draw.child("names"))
        self.abundance = draw.child("abundance").weighted(_ABUNDANCE)
        self.mess = Mess(template.mess, draw.child("mess"), self.abundance, without)
        self.assets = Assets(template, f"{self.site['host']}.example", self.mess, self.names, draw.child("trim"))
        self.filler = self.assets.filler
        self.deal = Dealer(phrasebook, draw.child("phrases"), self._fields(draw.child("fill")))
        self.links = Links(self.deal, draw.child("links"), article.published or "2024-05-05", self.abundance)
        self.source = self.deal.next("aggregator.sources") if template.publisher == "source" else self.site["name"]
        self.address = self.links.address(
            draw.child("address"), article.title, article.section or "", article.published or "2024-01-01", article.slug
        )
        self.url = f"https://{self.host}{self.address}"
        self.stated: dict[str, int] = {}
        self.shown_authors = False
        self.extra: tuple[str, tuple[Unit, ...]] | None = None
        self.variant = draw.child("variant").pick(tuple(template.variants)) if template.variants else ""
        pasted = draw.child("pasted").pick((' style="font-weight: 400;"', "", ' lang="EN-GB"', ' class="s1"'))
        texture = self.mess.texture(article.tags, article.language in _ALPHABETS)
        style = {**template.body, **template.variants.get(self.variant, {})}
        self.prose = Prose(style, texture, self.names, draw.child("prose"), pasted)
        self.nodes = self._cut(article.nodes)
        self.slots: Slots = plan_slots(article, self.nodes, template.slots, draw.child("slots"))
        if without == "pull-quote":
            self.slots = {place: [one for one in found if one[0] != "pullquote"] for place, found in self.slots.items()}

    def _fields(self, draw: Rng) -> dict[str, str]:
        """What fills the braces of phrases, unless a template says otherwise."""
        article, phrasebook = self.article, self.phrasebook
        year = (article.modified or article.published or "2024")[:4]
        people = phrasebook.find("people") or phrasebook.get("comments.people")
        section = article.section or str(phrasebook.get("nav.main")[1])
        return {
            "site": self.site["name"],
            "city": self.site["city"],
            "year": phrasebook.digits(year),
            "title": article.title,
            "name": draw.pick(people),
            "names": draw.pick(people),
            "section": section,
            "topic": next(iter(article.tags), section),
            "date": phrasebook.date(article.published or year),
            "price": self._price(draw.pick((3, 5, 6, 8, 9, 12))),
        }

    def draw(self, purpose: str) -> Rng:
        """A fresh stream for one use; the second use of a purpose is another stream."""
        count = self._counts[purpose] = self._counts.get(purpose, 0) + 1
        return self._draw.child(f"{purpose}/{count}")

    # The article

    def body(
        self,
        nodes: Sequence[Node] | None = None,
        label: str = "body",
        copy: bool = False,
        offset: int = 0,
        caller: Callable[[str, int], str] | None = None,
    ) -> Markup:
        """The article's text; ``{% call(kind, n) body() %}`` says what stands in the slots between its parts.

        Args:
            offset: the number of the first of ``nodes`` within the article.
        """
        slots = {place - offset: wanted for place, wanted in self.slots.items()}
        return self.prose.nodes(self.nodes if nodes is None else nodes, label, copy, slots, caller)

    def parts(self) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """The body before its first heading, and the rest: a recipe's preamble and its card."""
        first = next((number for number, node in enumerate(self.nodes) if node.kind == "h"), len(self.nodes))
        return self.nodes[:first], self.nodes[first:]

    def _cut(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        long = sum(node.kind == "p" for node in nodes) >= 5 and all(node.kind in ("p", "h") for node in nodes)
        if not long or not self.mess("paywall-json"):
            return nodes
        shown = self.draw("cut").whole(2, 3)
        self.extra = ("json-ld", tuple(unit for node in nodes[shown:] for unit in node.units()))
        return nodes[:shown]

    def pull_marks(self) -> Markup:
        """The marks of the pull quote: a copy of the paragraph that it repeats."""
        self.mess.add("pull-quote")
        quote = (self.article.pullquote or "").strip("“”„«»\"'‘’ ")
        shown = (unit for node in self.nodes for unit in node.units())
        key = next((unit.key for unit in shown if quote in unit.text), None)
        copy = f' data-gs-copy="{key}"' if key else ""
        return safe(f' data-gs="pullquote"{copy}')

    def marks(self, unit: Unit, label: str = "body") -> Markup:
        return self.prose.marks(unit, label)

    def inline(self, unit: Unit) -> Markup:
        return self.prose.inline(unit.runs)

    def headings(self) -> list[str]:
        """The headings inside the article, for a table of contents."""
        return [node.unit.text for node in self.article.nodes if node.kind == "h" and node.unit]

    def date(self, value: str | None, pattern: str = "date_long") -> str:
        """A date as the page shows it."""
        for name in ("published", "modified"):
            if value and value == getattr(self.article, name):
                self.stated[name] = max(self.stated.get(name, 0), _SHOWN[pattern])
        return self.phrasebook.date(value, pattern) if value else ""

    def authors(self, separator: str | None = None) -> str:
        """The names of the authors, as one text."""
        self.shown_authors = True
        names = self.article.authors
        if separator is not None or len(names) < 2:
            return (separator or ", ").join(names)
        return ", ".join(names[:-1]) + self.phrasebook.local("list_and", ", ") + names[-1]

    def by(self) -> str:
        """The byline, in one of the language's two commonest ways; the rarer ones belong to special kinds."""
        place = self._draw.child("by").whole(0, 1)
        return self.nth("byline.by", place, names=self.authors(), name=self.authors())

    # The head

    def facts(self, disagree: bool = False) -> Facts:
        """What the head states; with ``disagree``, another headline, author and date than the page shows."""
        article = self.article
        start = next((unit.text[:150] for unit in article.units()), self.site["slogan"])
        image = self._draw.child("lead").text(16)
        facts = Facts(
            article=article,
            site=self.source,
            host=f"{self.site['host']}.example",
            url=self.url,
            image=f"https://img.{self.site['host']}.example/{image}/1200x630.jpg",
            title=article.title,
            description=article.deck or next(iter(article.summary), start),
            locale=self.phrasebook.local("locale", article.language),
            section=article.section or "",
            authors=article.authors,
            published=article.published,
            modified=article.modified,
        )
        if not disagree:
            return facts
        draw = self._draw.child("disagree")
        day = article.published and f"{article.published[:8]}{draw.whole(1, 28):02}{article.published[10:]}"
        return replace(
            facts,
            title=f"{article.section}: {article.title}" if article.section else article.title.split(":")[-1].strip(),
            authors=(draw.pick((self.site["name"], "admin", self.deal.phrase("byline.desk"))),),
            published=article.modified or day,
        )

    def metas(self, least: int = 19, most: int = 40) -> list[Meta]:
        """Between so many ``meta`` elements."""
        more = self._draw.child("more metas").pick((0, 0, 0, 8, 20))
        made = metas(self.facts(), self.draw("metas"), self.filler, least + more, most + more)
        for meta in made:
            if meta.name in ("article:published_time", "article:modified_time"):
                self.stated[meta.name[8:-5]] = _WHOLE
            elif meta.name == "description":
                self.stated["description"] = 1
        return made

    def jsonld(self, kind: str = "NewsArticle") -> Markup:
        """The article as JSON-LD, with its whole text where that is drawn or the page shows only a part."""
        disagree = self.mess("json-ld-disagrees")
        whole = self.extra is not None or self.mess("json-ld-body")
        body = "\n".join(unit.text for unit in self.article.units()) if whole else None
        if not disagree:
            self.stated["published"] = self.stated["modified"] = _WHOLE
        paid = self.extra is not None
        return self.json(news_json(self.facts(disagree), kind, self.draw("jsonld"), body, paid))

    def breadcrumbs(self) -> Markup:
        """The path to this page as JSON-LD."""
        home = (self.deal.phrase("nav.breadcrumb_home"), f"https://{self.host}/")
        return self.json(breadcrumb_json([home, (self.article.section or "", f"https://{self.host}/topics/")]))

    def json(self, value: object) -> Markup:
        return self.assets.json(value)

    def charset(self) -> Markup:
        """The meta element for the encoding, where the page has one, and tells the truth where it does."""
        if self.mess("charset-missing"):
            return safe("")
        label = self.encoding_label
        if self.mess("charset-wrong"):
            label = "iso-8859-1" if label == "utf-8" else "utf-8"
        if self.encoding_label == "utf-8":
            return safe(f'<meta charset="{label}">')
        return safe(f'<meta http-equiv="Content-Type" content="text/html; charset={label}">')

    # Phrases

    def nth(self, key: str, place: int = 0, **fields: object) -> str:
        """A phrase by its place in the list, for the few lists whose order means something."""
        phrases = self.phrasebook.get(key)
        return self.deal.fill(str(phrases[min(place, len(phrases) - 1)]), **fields)

    def price(self, least: int, most: int) -> str:
        """An amount of money as the language writes it."""
        return self._price(self.draw("price").whole(least, most))

    def _price(self, amount: int) -> str:
        return self.phrasebook.local("price", "{n}").replace("{n}", self.phrasebook.number(amount))

    def member(self, name: str) -> dict[str, str]:
        """What a forum says about one of its members, the same next to each of their posts."""
        draw = self._draw.child(f"member/{name}")
        year = int((self.article.published or "2020")[:4]) - draw.whole(1, 9)
        signature = str(draw.pick(self.phrasebook.get("forum.signatures")))
        return {
            "rank": str(draw.pick(self.phrasebook.get("forum.ranks"))),
            "city": str(draw.pick(self.phrasebook.get("sites.local"))["city"]),
            "joined": self.phrasebook.date(f"{year}-{draw.whole(1, 12):02}"),
            "posts": self.phrasebook.number(draw.whole(3, 8000)),
            "signature": self.deal.fill(signature) if draw.chance(0.5) else "",
        }

    def slug(self, text: str) -> str:
        return slug(text)

    def context(self) -> dict[str, Any]:
        """The names that a template sees."""
        deal, links, assets = self.deal, self.links, self.assets
        names: dict[str, Any] = {"builder": self, "a": self.article, "site": self.site, "host": self.host}
        names |= {"url": self.url, "source": self.source, "lang": self.article.language}
        names |= {"dir": self.phrasebook.local("dir", "ltr")}
        names |= {"variant": self.variant, "mess": self.mess, "c": self.names, "body": self.body, "date": self.date}
        names |= {"t": deal.phrase, "next": deal.next, "many": deal.many, "deal": deal.deal, "fill": deal.fill}
        names |= {
            "nth": self.nth,
            "has": self.phrasebook.find,
            "number": self.phrasebook.number,
            "bank_date": self.phrasebook.date,
        }
        names |= {"links": links.some, "fixed": links.fixed, "teasers": links.teasers, "price": self.price}
        names |= {"image": assets.image, "icon": assets.icon, "note": assets.note}
        names |= {
            "whole": lambda low, high: self.draw("whole").whole(low, high),
            "hex": lambda size=8: self.draw("hex").text(size),
            "pick": lambda *items: safe(self.draw("pick").pick(items)),
            "chance": lambda share: self.draw("chance").chance(share),
        }
        return names


def _site(article: Article, draw: Rng, sites: Sequence[dict[str, str]]) -> dict[str, str]:
    """A site for an article; one whose name the text mentions, such as a product's handbook, if there is one."""
    start = article.title + (article.deck or "") + next((unit.text for unit in article.units()), "")
    named = [site for site in sites if len(site["name"].split()[0]) > 4 and site["name"].split()[0] in start.split()]
    return draw.pick(named or sites)
