"""Identity: the one line that says everything that must be equal for two scores to be comparable. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields

from goldspan.core.align import ALIGN
from goldspan.core.text import STREAM, TOKENS

INTERVAL = "cluster-t/1"
"""How intervals and ranks are computed: :mod:`goldspan.core.variance`."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a score depends on besides the system.

    Attributes:
        corpus: name and first 8 hexadecimal digits of its digest, ``core@1f9a1c2e``.
        pages: the pages scored.
        policy: the policy's identity.
        metric: the headline's identity, ``body.f1/1``.
        limits: what a page was allowed to cost, where that is not the default.
    """

    corpus: str
    pages: int
    policy: str
    metric: str
    text: str = STREAM
    tokens: str = TOKENS
    align: str = ALIGN
    interval: str = INTERVAL
    limits: str = ""

    def __str__(self) -> str:
        return (
            f"{self.corpus}|n:{self.pages}|text:{self.text}|tok:{self.tokens}|align:{self.align}|policy:{self.policy}"
            f"|metric:{self.metric}|fail:0|ci:{self.interval}" + (f"|limits:{self.limits}" if self.limits else "")
        )

    def differences(self, other: Protocol) -> list[str]:
        """What keeps two scores from being compared, in words; empty where nothing does."""
        return [
            f"{field.name} {getattr(self, field.name)} against {getattr(other, field.name)}"
            for field in fields(self)
            if getattr(self, field.name) != getattr(other, field.name)
        ]


def limits_in(line: str) -> str:
    """The limits that a protocol line states; empty where they are the defaults."""
    return next((part.removeprefix("limits:") for part in line.split("|") if part.startswith("limits:")), "")


def corpus_digest(samples: Mapping[str, str]) -> str:
    """SHA-256 over the samples of a corpus, as hexadecimal.

    Args:
        samples: an id mapped to the hexadecimal digest of its page and gold.
    """
    digest = hashlib.sha256()
    for name in sorted(samples):
        digest.update(f"{name} {samples[name]}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def corpus_identity(name: str, digest: str) -> str:
    return f"{name}@{digest[:8]}"
