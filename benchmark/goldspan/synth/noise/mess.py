"""The mess that real pages carry, by name. What a page really got is recorded in its gold (``about.mess``)."""

from __future__ import annotations

from collections.abc import Mapping

from goldspan.synth.content.prose import Texture
from goldspan.synth.rng import Rng

MESS = {
    "ad-block-notice": "a plea to switch off the ad blocker",
    "adverts-in-body": "adverts between paragraphs of the body",
    "app-banner": "a banner that promotes the site's app",
    "auto-links": "words of the body that the site links to its topic pages",
    "base64": "pictures or fonts encoded in the markup",
    "charset-missing": "the page doesn't say how it is encoded; only the HTTP header would",
    "charset-wrong": "the meta element names another encoding than the HTTP header, which is right",
    "comments": "readers' comments below the article",
    "consent": "a consent dialog in the markup",
    "drop-cap": "the first letter in an element of its own",
    "entities-named": "named character references",
    "entities-numeric": "numeric character references",
    "hidden-text": "text that is in the markup and never shown",
    "inline-sentences": "sentences wrapped in spans by the editor",
    "inline-svg": "drawings in the markup",
    "inline-words": "words wrapped in spans, as pasting from a word processor leaves them",
    "json-ld-body": "the whole text once more in the JSON-LD",
    "json-ld-disagrees": "JSON-LD with another headline, author or date than the page shows",
    "lazy-images": "images that a script loads later",
    "letter-box-in-body": "a newsletter box between paragraphs of the body",
    "ligatures": "letters such as fi as one character, as copying from a PDF leaves them",
    "login": "sign-in text in the header",
    "markup-comments": "HTML comments, conditional ones too",
    "misnested": "inline tags closed in the wrong order",
    "mobile-copy": "the head of the page or a menu twice, for narrow and wide screens",
    "no-break-spaces": "no-break spaces after short words",
    "paywall-json": "the first paragraphs only, the rest in the page's JSON",
    "paywall-pitch": "a subscription pitch below or over the text",
    "print-copy": "the body once more, hidden, for printing",
    "promo-in-body": "promotion of the site's own offers between paragraphs of the body",
    "pull-quote": "a passage of the body set apart",
    "read-more-cut": "a button that unfolds the rest of the text",
    "related-in-body": "links to other stories between paragraphs of the body",
    "second-article": "another article below this one, as endless scroll leaves it",
    "share-in-headline": "share buttons inside the headline block",
    "sign-up-wall": "a wall that asks readers to sign up, with the text above it",
    "soft-hyphens": "soft hyphens in long words",
    "sponsored": "paid teasers that look like the editors' own",
    "state-json": "the page's state as JSON in a script",
    "stray-tags": "end tags that nothing opened",
    "unclosed": "elements that are never closed",
    "video-in-body": "a player with its controls between paragraphs of the body",
    "widgets": "weather, markets, polls and the like",
}


_BOXES = {
    "ad-block-notice",
    "adverts-in-body",
    "app-banner",
    "comments",
    "letter-box-in-body",
    "promo-in-body",
    "related-in-body",
    "sponsored",
    "video-in-body",
    "widgets",
}
_TEXTURES = {
    "auto-links",
    "drop-cap",
    "entities-named",
    "entities-numeric",
    "inline-sentences",
    "inline-words",
    "ligatures",
    "misnested",
    "no-break-spaces",
    "soft-hyphens",
}


class Mess:
    """Decides what a page gets, and keeps a record of what was asked for and granted."""

    def __init__(self, weights: Mapping[str, float], draw: Rng, abundance: float = 1.0, without: str = "") -> None:
        """``without``: a kind that the page never gets, whatever is drawn."""
        self._without = without
        self._weights = weights
        self._draw = draw
        self._abundance = abundance
        self._granted: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        """Whether the page gets this kind of mess. A template asks where it places it."""
        if name not in MESS:
            raise KeyError(f"{name} is not a kind of mess; goldspan.synth.noise.mess.MESS names them")
        if name not in self._granted:
            self._granted[name] = name != self._without and self.drawn(name)
        return self._granted[name]

    def drawn(self, name: str) -> bool:
        """Whether the page would get it: what a branch asks whose output is cut later."""
        return self._draw.child(name).chance(self._probability(name))

    def _probability(self, name: str) -> float:
        """The probability that the template states; full sites have more boxes of all kinds, sparse ones fewer."""
        stated = self._weights.get(name, 0.0)
        if name not in _BOXES or stated in (0.0, 1.0):
            return stated
        return float(1 - (1 - stated) ** self._abundance)

    def add(self, name: str) -> None:
        """Record a mess that something else decided on."""
        assert name in MESS, name
        self._granted[name] = True

    def names(self, textures: set[str]) -> tuple[str, ...]:
        """What the page got. Of the textures, those that found text to work on."""
        granted = {name for name, given in self._granted.items() if given}
        return tuple(sorted((granted - _TEXTURES | textures) - {self._without}))

    def texture(self, topics: tuple[str, ...], alphabetic: bool) -> Texture:
        """How the text of this page was typed.

        Args:
            topics: words that the site could link to its topic pages.
            alphabetic: the language has long words that sites hyphenate.
        """
        entities = "named" if self("entities-named") else "numeric" if self("entities-numeric") else "none"
        split = "sentences" if self("inline-sentences") else "words" if self("inline-words") else "none"
        return Texture(
            entities=entities,
            hyphens=alphabetic and self("soft-hyphens"),
            ligatures=alphabetic and self("ligatures"),
            spaces=alphabetic and self("no-break-spaces"),
            split=split,
            misnest=self("misnested"),
            links=topics if self("auto-links") else (),
            drop_cap=alphabetic and self("drop-cap"),
        )
