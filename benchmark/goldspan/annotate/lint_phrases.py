"""The phrases by which sites ask for consent, sign-ups and shares, from the phrasebooks of composed pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from goldspan.annotate.lint_context import strings_in
from goldspan.core.text import normalise, tokenise
from goldspan.synth.phrases.phrasebook import load_phrasebook, phrasebook_languages

LONG = 24
"""A phrase with at least so many letters is recognised anywhere in a text. A shorter one ("accept all") occurs in
prose, and must be a block of its own."""

_EDGES = " .,:;!?…>»›→|"
_FIELD = re.compile(r"\{\w+\}")
_LABELS = {
    "consent": "cookie-consent",
    "newsletter": "newsletter",
    "login": "login",
    "paywall": "paywall",
    "app_promo": "app-promo",
    "share.words": "share",
    "share.actions": "share",
    "share.follow": "share",
    "ads.labels": "advertisement",
    "comments.heads": "comments",
    "comments.form": "comments",
    "comments.rules": "comments",
    "comments.login": "comments",
    "comments.actions": "comments",
    "legal": "legal",
    "nav.skip": "navigation",
    "nav.top": "navigation",
}
"""Where the phrasebooks keep such phrases, and the label of each kind. The names of networks are left out, because an
article about them lists them. So is what invented readers and sellers say: nobody else says it."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language, each with the label that it indicates.

    Attributes:
        whole: they mean something where they are all of a block.
        parts: long ones, or the long parts of those that name the site: their words, with a space around each.
    """

    whole: Mapping[str, str]
    parts: Mapping[str, str]

    def label(self, text: str, words: Sequence[str]) -> str | None:
        """The label that a text of these words should probably have."""
        found = self.whole.get(_key(text))
        if found is None and sum(map(len, words)) >= LONG:
            line = f" {' '.join(words)} "
            found = next((label for part, label in self.parts.items() if part in line), None)
        return found


@cache
def load_phrases(language: str | None) -> Phrases:
    """The phrases of a language; those of English if it has no phrasebook."""
    known = phrasebook_languages()
    name = next((name for name in (language or "", (language or "").partition("-")[0]) if name in known), "en")
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    for key, label in _LABELS.items():
        for phrase in strings_in(load_phrasebook(name).find(key)):
            if not _FIELD.search(phrase):
                whole.setdefault(_key(phrase), label)
            for words in map(tokenise, _FIELD.split(phrase)):
                if sum(map(len, words)) >= LONG:
                    parts.setdefault(f" {' '.join(words)} ", label)
    return Phrases(whole, parts)


def _key(text: str) -> str:
    return normalise(text).strip(_EDGES)
