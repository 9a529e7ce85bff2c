"""Addresses of a site, and links to its other pages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from goldspan.synth.phrases.phrasebook import Dealer
from goldspan.synth.rng import Rng

_PATTERNS = (
    "/{section}/{slug}-{id}.html",
    "/{year}/{month}/{day}/{slug}/",
    "/{section}/{year}/{month}/{slug}",
    "/article/{id}",
    "/{section}/{id}/{slug}",
    "/{section}/article{id}.html",
    "/a/{id}-{slug}",
)
_WORDS = ("news", "topics", "local", "life", "world", "archive", "focus", "people", "places", "service")
_LIST = 4  # entries; fewer are a pair or a row that the markup counts on


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """A link to another story, with what sites put next to it."""

    title: str
    text: str
    url: str
    section: str
    label: str
    ago: str
    by: str
    id: str


def slug(text: str) -> str:
    """An address in ASCII, or nothing where too little of the text would be left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    return "-".join(words[:9]) if len("".join(words)) > len(text) // 3 else ""


class Links:
    """The links of one page; all stories of a site have addresses of one pattern."""

    def __init__(self, deal: Dealer, draw: Rng, date: str, abundance: float = 1.0) -> None:
        self._deal = deal
        self._abundance = abundance
        self._draw = draw
        self._date = date
        self._pattern = draw.child("pattern").pick(_PATTERNS)
        self._made = 0

    def _next(self) -> Rng:
        self._made += 1
        return self._draw.child(str(self._made))

    def _scaled(self, count: int) -> int:
        """A list as long as this site makes its lists."""
        return max(round(count * self._abundance), 2) if count >= _LIST else count

    def address(self, draw: Rng, title: str, section: str, date: str, name: str = "") -> str:
        """The address of a story of this site."""
        return self._pattern.format(
            section=slug(section) or draw.pick(_WORDS),
            slug=name or slug(title) or draw.text(10),
            id=draw.whole(100000, 99999999),
            year=date[:4],
            month=date[5:7] or "01",
            day=date[8:10] or "01",
        )

    def some(self, key: str, count: int = 99) -> list[Link]:
        """Different entries of a list as links."""
        draw = self._next()
        return [
            Link(text, f"/{slug(text) or draw.pick(_WORDS) + '-' + draw.text(3)}")
            for text in self._deal.many(key, count)
        ]

    def fixed(self, key: str, count: int) -> list[Link]:
        """The first entries of a list as links, in their own order, as a menu has them."""
        texts = self._deal.phrasebook.get(key)[:count]
        return [Link(text, f"/{slug(text) or f'{number:02}'}") for number, text in enumerate(texts)]

    def teasers(self, count: int, briefs: bool = False) -> list[Teaser]:
        """Other stories of this site; ``briefs`` have a text below the headline."""
        return [self._teaser(self._next(), briefs) for _ in range(count if briefs else self._scaled(count))]

    def _teaser(self, draw: Rng, brief: bool) -> Teaser:
        phrasebook = self._deal.phrasebook
        story = self._deal.deal("related.briefs" if brief else "related.teasers")
        title, text = (story["title"], story["text"]) if isinstance(story, dict) else (story, "")
        section = draw.pick(phrasebook.get("nav.main")[1:])
        date = f"{self._date[:4]}-{draw.whole(1, 12):02}-{draw.whole(1, 28):02}"
        return Teaser(
            title=self._deal.fill(title),
            text=self._deal.fill(text),
            url=self.address(draw, title, section, date),
            section=section,
            label=draw.pick(phrasebook.get("related.labels")) if draw.chance(0.25) else "",
            ago=self._deal.fill(draw.pick(phrasebook.get("locale.ago")), n=phrasebook.digits(str(draw.whole(2, 23)))),
            by=draw.pick(phrasebook.find("people") or phrasebook.get("comments.people")),
            id=draw.text(8, "0123456789"),
        )
