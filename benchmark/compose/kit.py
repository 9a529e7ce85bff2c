"""What a template can use: the article, the site, phrases, links, pictures, weight, and the mess that is drawn.

Every method draws from a stream of its own, so that a change in one box of a template leaves the others alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from benchmark.compose.article import Article, Entry
from benchmark.compose.bank import Bank, Dealer
from benchmark.compose.body import Node, Unit
from benchmark.compose.clutter import ICONS, Clutter
from benchmark.compose.draw import Draw
from benchmark.compose.head import Facts, Meta, breadcrumb_json, metas, news_json
from benchmark.compose.mess import Mess
from benchmark.compose.prose import Prose
from benchmark.compose.skin import Names, Skin

_ADDRESSES = (
    "/{section}/{slug}-{id}.html", "/{year}/{month}/{day}/{slug}/", "/{section}/{year}/{month}/{slug}", "/article/{id}",
    "/{section}/{id}/{slug}", "/{section}/article{id}.html", "/a/{id}-{slug}",
)
_SHOWN = {"year": 4, "month": 7, "date_long": 10, "date_full": 10, "date_short": 10, "date_time": 16}
_ALPHABETS = frozenset("en de fr es pt it nl pl cs sv da nb fi hu ro hr sk sl lt lv et ru uk bg sr el tr".split())


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """A link to another story, with what sites put beside it."""

    title: str
    text: str
    url: str
    section: str
    label: str
    ago: str
    by: str
    id: str


class Kit:
    """One page in the making."""

    def __init__(self, article: Article, skin: Skin, bank: Bank, draw: Draw) -> None:
        self.article = article
        self.skin = skin
        self.bank = bank
        self._draw = draw
        self._counts: dict[str, int] = {}
        self.site: dict[str, str] = draw.child("site").pick(bank.get(f"sites.{draw.child('kind').pick(skin.sites)}"))
        self.host = f"www.{self.site['host']}.example"
        self.clutter = Clutter(draw.child("clutter"))
        self.names = Names(draw.child("naming").weighted(skin.names), draw.child("names"))
        self.mess = Mess(skin.mess, draw.child("mess"))
        year = (article.modified or article.published or "2024")[:4]
        people = bank.find("people") or bank.get("comments.people")
        fill = draw.child("fill")
        self.deal = Dealer(bank, draw.child("phrases"), {
            "site": self.site["name"], "city": self.site["city"], "year": bank.digits(year), "title": article.title,
            "name": fill.pick(people), "names": fill.pick(people), "section": article.section or "",
            "topic": article.tags[0] if article.tags else article.section or "",
            "date": bank.date(article.published or year),
            "price": bank.local("price", "{n}").replace("{n}", bank.digits(str(fill.pick((3, 5, 6, 8, 9, 12))))),
        })  # fmt: skip
        self.source = self.deal.next("aggregator.sources") if skin.publisher == "source" else self.site["name"]
        self.address = self._address(draw.child("address"))
        self.url = f"https://{self.host}{self.address}"
        self.stated: dict[str, int] = {}
        self.shown_authors = False
        self.extra: tuple[str, tuple[Unit, ...]] | None = None
        texture = self.mess.texture(article.tags, article.language in _ALPHABETS)
        pasted = draw.child("pasted").pick((' style="font-weight: 400;"', "", ' lang="EN-GB"', f' class="{self.clutter.word()}"'))
        self.prose = Prose(skin.body, texture, self.names, draw.child("prose"), pasted)
        self.nodes = self._cut(article.nodes)
        self.slots = self._slots(draw.child("slots"))
        self.pull_key = self._pull_key()

    def draw(self, purpose: str) -> Draw:
        """A fresh stream for one use; the second use of a purpose is another stream."""
        count = self._counts[purpose] = self._counts.get(purpose, 0) + 1
        return self._draw.child(f"{purpose}/{count}")

    # The article

    def body(
        self,
        nodes: Sequence[Node] | None = None,
        label: str = "body",
        copy: bool = False,
        caller: Callable[[str, int], str] | None = None,
    ) -> Markup:
        """The article's text; ``{% call(kind, n) body() %}`` says what stands in the slots between its parts."""
        shown = self.nodes if nodes is None else nodes
        return self.prose.nodes(shown, label, copy, self.slots if nodes is None and not copy else None, caller)

    def _cut(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        long = sum(node.kind == "p" for node in nodes) >= 5 and all(node.kind in ("p", "h") for node in nodes)
        if not long or not self.mess("paywall-json"):
            return nodes
        shown = self.draw("cut").whole(2, 3)
        units = tuple(unit for node in nodes[shown:] for unit in node.units())
        self.extra = ("json-ld", units)
        return nodes[:shown]

    def _slots(self, draw: Draw) -> dict[int, list[tuple[str, int]]]:
        article = self.article
        wanted: list[tuple[str, int]] = []
        for kind, (least, most) in self.skin.slots.items():
            count = draw.whole(least, most)
            if kind == "image":
                count = min(count, max(len(article.images) - 1, 0))
            if kind == "pullquote":
                count = min(count, int(bool(article.pullquote)))
            wanted += [(kind, number) for number in range(count)]
        places = [number for number, node in enumerate(self.nodes[:-1]) if number and node.kind in ("p", "ul", "ol", "quote")]
        wanted = draw.shuffled(wanted)[: max(len(places) * 2 // 3, 1)]
        chosen = sorted(draw.sample(places, len(wanted)))
        # Pictures and boxes keep their numbers in reading order.
        order = {kind: iter(sorted(number for name, number in wanted if name == kind)) for kind, _ in wanted}
        slots: dict[int, list[tuple[str, int]]] = {}
        for place, (kind, _) in zip(chosen, wanted, strict=False):
            slots.setdefault(place, []).append((kind, next(order[kind])))
        return slots

    def _pull_key(self) -> str | None:
        quote = self.article.pullquote
        shown = (unit for node in self.nodes for unit in node.units())
        return next((unit.key for unit in shown if quote and quote.strip("“”„«»\"'‘’ ") in unit.text), None)

    def pull_marks(self) -> Markup:
        """The marks of the pull quote: a copy of the paragraph that it repeats."""
        self.mess.add("pull-quote")
        copy = f' data-gs-copy="{self.pull_key}"' if self.pull_key else ""
        return Markup(f' data-gs="pullquote"{copy}')

    def marks(self, unit: Unit, label: str = "body") -> Markup:
        return self.prose.marks(unit, label)

    def inline(self, unit: Unit) -> Markup:
        return self.prose.inline(unit.runs)

    def entries(self, reverse: bool = False) -> list[Entry]:
        return list(reversed(self.article.entries)) if reverse else list(self.article.entries)

    def date(self, value: str | None, pattern: str = "date_long") -> str:
        """A date as the page shows it."""
        if not value:
            return ""
        for name in ("published", "modified"):
            if value == getattr(self.article, name):
                self.stated[name] = max(self.stated.get(name, 0), _SHOWN[pattern])
        return self.bank.date(value, pattern)

    def authors(self, separator: str | None = None) -> str:
        """The names of the authors, as one text."""
        self.shown_authors = True
        names = self.article.authors
        if separator is not None or len(names) < 2:
            return (separator or ", ").join(names)
        return ", ".join(names[:-1]) + self.bank.local("list_and", ", ") + names[-1]

    def by(self, pattern: str = "byline.by") -> str:
        return self.deal.phrase(pattern, names=self.authors(), name=self.authors(), date="")

    # The head

    def facts(self, disagree: bool = False) -> Facts:
        """What the head states; with ``disagree``, another headline, author and date than the page shows."""
        article = self.article
        description = article.deck or next(iter(article.summary), "") or next(article.units()).text[:150]
        facts = Facts(
            article, self.source if self.skin.publisher == "source" else self.site["name"], self.site["host"] + ".example", self.url,
            f"https://img.{self.site['host']}.example/{self._draw.child('lead').text(16)}/1200x630.jpg", article.title,
            description, self.bank.local("locale", article.language), article.section or "", article.authors, article.published,
            article.modified,
        )  # fmt: skip
        if not disagree:
            return facts
        draw = self._draw.child("disagree")
        title = f"{article.section}: {article.title}" if article.section else article.title.split(":")[-1].strip()
        authors = (draw.pick((self.site["name"], "admin", self.deal.phrase("byline.desk"))),)
        published = article.modified or (article.published and article.published[:8] + f"{draw.whole(1, 28):02}" + article.published[10:])
        return Facts(**{**{name: getattr(facts, name) for name in Facts.__slots__}, "title": title, "authors": authors, "published": published})

    def metas(self, least: int = 19, most: int = 40) -> list[Meta]:
        for name in ("published", "modified"):
            self.stated[name] = 99
        self.stated["description"] = 1
        return metas(self.facts(), self.draw("metas"), self.clutter, least, most)

    def jsonld(self, kind: str = "NewsArticle") -> Markup:
        """The article as JSON-LD, with its whole text where that is drawn or the page shows only a part."""
        disagree = self.mess("json-ld-disagrees")
        whole = self.extra is not None or self.mess("json-ld-body")
        body = "\n".join(unit.text for unit in self.article.units()) if whole else None
        if not disagree:
            self.stated["published"] = self.stated["modified"] = 99
        return self.json(news_json(self.facts(disagree), kind, self.draw("jsonld"), body))

    def breadcrumbs(self) -> Markup:
        home = (self.deal.phrase("nav.breadcrumb_home"), f"https://{self.host}/")
        return self.json(breadcrumb_json([home, (self.article.section or "", f"https://{self.host}/{self.clutter.word()}/")]))

    def json(self, value: object, indent: int | None = None) -> Markup:
        """A value as JSON inside a script element."""
        ascii_only = self.skin.encoding != "utf-8" or self._draw.child("json").chance(0.5)
        text = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=None if indent else (",", ":"))
        return Markup(text.replace("</", "<\\/"))

    # Links and teasers

    def slug(self, text: str) -> str:
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        words = re.findall(r"[a-z0-9]+", plain.lower())
        return "-".join(words[:9]) if len("".join(words)) > len(text) // 3 else ""

    def _address(self, draw: Draw) -> str:
        """This page's address, in the pattern that the site's other stories have too."""
        self._pattern = self._draw.child("pattern").pick(_ADDRESSES)
        return self._fill_address(draw, self.article.title, self.article.section or "", self.article.published or "2024-01-01", self.article.slug)

    def _fill_address(self, draw: Draw, title: str, section: str, date: str, slug: str = "") -> str:
        number = str(draw.whole(100000, 99999999))
        parts = {"section": self.slug(section) or self.clutter.word(), "slug": slug or self.slug(title) or draw.text(10), "id": number,
                 "year": date[:4], "month": date[5:7] or "01", "day": date[8:10] or "01"}  # fmt: skip
        return self._pattern.format(**parts)

    def links(self, key: str, count: int = 99) -> list[Link]:
        """Different entries of a list as links of the site."""
        draw = self.draw("links")
        texts = self.deal.many(key, count)
        return [Link(text, f"/{self.slug(text) or self.clutter.word() + '-' + draw.text(3)}") for text in texts]

    def nth(self, key: str, place: int = 0, **fields: object) -> str:
        """A phrase by its place in the list, for the few lists whose order means something."""
        phrases = self.bank.get(key)
        return self.deal.fill(str(phrases[min(place, len(phrases) - 1)]), **fields)

    def fixed(self, key: str, count: int) -> list[Link]:
        """The first entries of a list as links, in their own order, as a menu has them."""
        return [Link(text, f"/{self.slug(text) or f'{number:02}'}") for number, text in enumerate(self.bank.get(key)[:count])]

    def teasers(self, count: int, briefs: bool = False) -> list[Teaser]:
        """Other stories of this site."""
        result = []
        for _ in range(count):
            draw = self.draw("teaser")
            story = self.deal.deal("related.briefs" if briefs else "related.teasers")
            title, text = (story["title"], story["text"]) if isinstance(story, dict) else (story, "")
            section = draw.pick(self.bank.get("nav.main")[1:])
            date = self.article.published or "2024-05-05"
            date = f"{date[:5]}{draw.whole(1, 12):02}-{draw.whole(1, 28):02}"
            by = draw.pick(self.bank.find("people") or self.bank.get("comments.people"))
            ago = self.deal.fill(draw.pick(self.bank.get("locale.ago")), n=self.bank.digits(str(draw.whole(2, 23))))
            label = draw.pick(self.bank.get("related.labels")) if draw.chance(0.25) else ""
            url = self._fill_address(draw, title, section, date)
            result.append(Teaser(title, text, url, section, label, ago, by, draw.text(8, "0123456789")))
        return result

    def image(self, alt: str | None, width: int, height: int, name: str = "", lazy: bool | None = None) -> Markup:
        """An image of the site; where images are lazy, with a stand-in and the true address in an attribute."""
        draw = self.draw("image")
        source = f"https://img.{self.site['host']}.example/{draw.text(2)}/{draw.text(24)}"
        kind = self._draw.child("lazy").pick(("data-src", "data-original", "data-lazy-src", "loading"))
        classes = f' class="{name}"' if name else ""
        text = escape(alt or "")
        size = f' width="{width}" height="{height}"'
        if lazy is False or not self.mess("lazy-images"):
            return Markup(f'<img{classes} src="{source}_{width}.jpg" alt="{text}"{size}>')
        if kind == "loading":
            wide = ", ".join(f"{source}_{step}.jpg {step}w" for step in (320, 640, 960, 1280))
            return Markup(f'<img{classes} loading="lazy" decoding="async" src="{source}_{width}.jpg" srcset="{wide}" sizes="(max-width: 640px) 100vw, {width}px" alt="{text}"{size}>')
        stand_in = self.clutter.picture(width, height) if self.mess("base64") else "/static/img/blank.gif"
        plain = f'<noscript><img src="{source}_{width}.jpg" alt="{text}"></noscript>' if draw.chance(0.5) else ""
        return Markup(f'<img{classes} src="{stand_in}" {kind}="{source}_{width}.jpg" alt="{text}"{size}>{plain}')

    def icon(self, name: str = "") -> Markup:
        """A small drawing, or nothing where the site has none in its markup."""
        if not self.mess("inline-svg"):
            return Markup("")
        size = self._draw.child("icon").pick((16, 20, 24))
        path = self._draw.child(f"icon/{name}").pick(ICONS)
        return Markup(f'<svg class="{self.names("icon")}" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{path}" fill="currentColor"></path></svg>')

    # Weight

    def script(self, share: float = 1.0) -> Markup:
        """Minified script: a share of what the skin weighs."""
        least, most = self.skin.weight.get("script", (4000, 12000))
        return Markup(self.clutter.script(int(self._draw.child("weight/script").whole(least, most) * share)))

    def style(self, share: float = 1.0) -> Markup:
        least, most = self.skin.weight.get("style", (0, 0))
        return Markup(self.clutter.style(int(self._draw.child("weight/style").whole(least, most) * share), ""))

    def state(self, share: float = 1.0) -> Markup:
        least, most = self.skin.weight.get("state", (0, 0))
        size = int(self._draw.child("weight/state").whole(least, most) * share)
        return self.json(self.clutter.state(size, f"{self.site['host']}.example"))

    def loader(self) -> Markup:
        return Markup(self.clutter.loader(f"{self.clutter.word()}{self.clutter.word()}.example"))

    def note(self) -> Markup:
        """An HTML comment such as templates leave behind."""
        if not self.mess("markup-comments"):
            return Markup("")
        draw = self.draw("note")
        word, name = self.clutter.word(), self.clutter.name()
        notes = (f" {word} ", f" /{word}-{name} ", f" begin: components/{word}/{name}.html v{draw.whole(1, 9)}.{draw.whole(0, 30)} ",
                 f" {name}: {draw.text(12)} ", f"[if lt IE 9]><script src=\"/js/{word}.min.js\"></script><![endif]")  # fmt: skip
        return Markup(f"<!--{draw.pick(notes)}-->")

    def charset(self) -> Markup:
        """The meta element for the encoding, where the page has one, and tells the truth where it does."""
        if self.mess("charset-missing"):
            return Markup("")
        wrong = self.mess("charset-wrong")
        label = ("iso-8859-1" if self.encoding_label.startswith("utf") else "utf-8") if wrong else self.encoding_label
        if self.skin.encoding == "utf-8":
            return Markup(f'<meta charset="{label}">')
        return Markup(f'<meta http-equiv="Content-Type" content="text/html; charset={label}">')

    encoding_label = "utf-8"

    def context(self) -> dict[str, Any]:
        """The names that a template sees."""
        deal = self.deal
        return {
            "a": self.article, "site": self.site, "host": self.host, "url": self.url, "source": self.source,
            "lang": self.article.language, "dir": self.bank.local("dir", "ltr"), "kit": self, "mess": self.mess, "c": self.names,
            "body": self.body, "t": deal.phrase, "next": deal.next, "nth": self.nth, "many": deal.many, "deal": deal.deal, "has": self.bank.find,
            "date": self.date, "links": self.links, "fixed": self.fixed, "teasers": self.teasers, "image": self.image,
            "icon": self.icon, "note": self.note, "fill": deal.fill, "number": self.bank.number,
            "whole": lambda low, high: self.draw("whole").whole(low, high), "hex": lambda size=8: self.draw("hex").text(size),
            "pick": lambda *items: Markup(self.draw("pick").pick(items)), "chance": lambda share: self.draw("chance").chance(share),
        }  # fmt: skip
