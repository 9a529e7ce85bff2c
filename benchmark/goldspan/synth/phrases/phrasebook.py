"""Boilerplate phrases of a language (``<lang>.yaml``), dealt out so that no phrase occurs twice on a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

try:  # LibYAML reads a phrasebook in a seventh of the time
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

from goldspan.errors import CorpusError
from goldspan.synth.rng import Rng

PHRASES = Path(__file__).parent
_FIELD = re.compile(r"\{(\w+)\}")
# Sites of every language say these in English, or in figures and brand names.
_ENGLISH_IS_USUAL = frozenset({"share.networks", "docs.versions", "widgets.markets", "forum.stats", "app_promo.rating"})


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The phrases of one language, and how it writes dates and counts."""

    language: str
    phrases: Mapping[str, Any]

    def find(self, key: str) -> Any:
        """The value at a dotted key, or None."""
        value: Any = self.phrases
        for name in key.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None and key in _ENGLISH_IS_USUAL and self.language != "en":
            return load_phrasebook("en").find(key)
        return value

    def get(self, key: str) -> Any:
        """The value at a dotted key.

        Raises:
            CorpusError: the phrasebook lacks it.
        """
        value = self.find(key)
        if value is None:
            raise CorpusError(f"phrases/{self.language}.yaml has no {key}", "Add the phrases, or draw another skin.")
        return value

    def local(self, name: str, default: str = "") -> str:
        return str(self.find(f"locale.{name}") or default)

    def digits(self, text: str) -> str:
        """The text with its figures as this language writes them."""
        digits = self.local("digits")
        return text.translate({ord("0") + i: digits[i] for i in range(10)}) if digits else text

    def number(self, value: int) -> str:
        """A count with the language's thousands separator."""
        return self.digits(f"{value:,}".replace(",", self.local("thousands", ",")))

    def date(self, value: str, pattern: str = "date_long") -> str:
        """An ISO date or time as this language shows it; a part that the value lacks stays away."""
        day = re.match(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(\d\d:\d\d))?", value)
        if day is None:
            return value
        year, month, number, clock = day.groups()
        months = self.find("locale.months")
        if month is None or number is None:
            return self.digits(f"{months[int(month) - 1]} {year}" if months and month else year)
        if pattern == "date_time" and clock is None:
            pattern = "date_long"
        template = self.local(pattern, "{year}-{mm}-{dd}")
        parts = {
            "year": year,
            "year_be": str(int(year) + 543),
            "mm": month,
            "dd": number,
            "day": str(int(number)),
            "month": months[int(month) - 1] if months else month,
            "time": clock or "",
            "weekday": self._weekday(int(year), int(month), int(number)),
        }
        return self.digits(_FIELD.sub(lambda match: parts.get(match[1], match[0]), template))

    def _weekday(self, year: int, month: int, day: int) -> str:
        names = self.find("locale.weekdays")
        shift = (0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4)[month - 1]
        year -= month < 3
        sunday = (year + year // 4 - year // 100 + year // 400 + shift + day) % 7
        return str(names[(sunday + 6) % 7]) if names else ""


@cache
def load_phrasebook(language: str, folder: Path = PHRASES) -> Phrasebook:
    """The phrasebook of a language.

    Raises:
        CorpusError: there is none, or it is not a YAML mapping.
    """
    path = folder / f"{language}.yaml"
    if not path.is_file():
        raise CorpusError(f"there is no phrasebook for {language}", f"Write {path.name} with the keys of en.yaml.")
    try:
        phrases = yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)
    except yaml.YAMLError as error:
        raise CorpusError(f"{path.name} is no YAML: {error}", "Quote the phrase that holds a colon.") from error
    if not isinstance(phrases, dict):
        raise CorpusError(f"{path.name} is not a mapping", "Give it the keys of en.yaml.")
    return Phrasebook(language, phrases)


def phrasebook_languages(folder: Path = PHRASES) -> tuple[str, ...]:
    """The languages that have a phrasebook."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


class Dealer:
    """Deals phrases for one page: each list is a shuffled deck that starts over when it is used up."""

    def __init__(self, phrasebook: Phrasebook, draw: Rng, fields: Mapping[str, str]) -> None:
        self.phrasebook = phrasebook
        self._draw = draw
        self._fields = dict(fields)
        self._decks: dict[str, list[Any]] = {}
        self._held: dict[str, str] = {}
        self._fills = draw.child("fills")

    def deal(self, key: str) -> Any:
        """The next item of a list."""
        deck = self._decks.get(key)
        if not deck:
            items = self.phrasebook.get(key)
            if not isinstance(items, list) or not items:
                raise CorpusError(
                    f"phrases/{self.phrasebook.language}.yaml: {key} is not a list", "Give it the shape of en.yaml."
                )
            deck = self._draw.child(key).shuffled(items)
            self._decks[key] = deck
        return deck.pop()

    def phrase(self, key: str, **fields: object) -> str:
        """One phrase for a purpose: the same wherever the page asks for it."""
        if key not in self._held:
            value = self.phrasebook.get(key)
            self._held[key] = str(self.deal(key) if isinstance(value, list) else value)
        return self.fill(self._held[key], **fields)

    def next(self, key: str, **fields: object) -> str:
        """A phrase that was not used yet."""
        return self.fill(str(self.deal(key)), **fields)

    def many(self, key: str, count: int) -> list[str]:
        """Up to ``count`` different phrases."""
        size = len(self.phrasebook.get(key))
        return [self.next(key) for _ in range(min(count, size))]

    def fill(self, text: str, **fields: object) -> str:
        """The phrase with its braces filled."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in fields:
                return str(fields[name])
            if name in self._fields:
                return self._fields[name]
            if name == "n":
                return self.phrasebook.number(self._fills.whole(2, 58))
            if name == "time":
                return self.phrasebook.digits(f"{self._fills.whole(1, 9)}:{self._fills.whole(10, 59)}")
            raise CorpusError(f"phrases/{self.phrasebook.language}.yaml: nothing fills {match[0]}", f"Reword {text!r}.")

        return _FIELD.sub(value, text)
