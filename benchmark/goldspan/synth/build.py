"""The core set from its plan: for each page the bytes of its two files, and the manifest that names them all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from goldspan.data.files import sha256
from goldspan.data.gold import format_gold, sample_to_json
from goldspan.errors import CorpusError
from goldspan.synth.composer import compose
from goldspan.synth.content.article import Article
from goldspan.synth.plan import PlannedPage
from goldspan.synth.site.site_template import SiteTemplate

CORPUS = "core"
VERSION = "0.1.0"
CANARY = "goldspan-canary-ecafc4d6-af8e-405d-ab8a-129c27a92ac3"
"""It is in every published gold and nowhere else: if a training set contains it, the set contains the gold."""


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """A sample as it is stored: ``pages/<id>/page.html`` and ``pages/<id>/gold.json``."""

    id: str
    page: bytes
    gold: bytes


def build(
    plan: Iterable[PlannedPage],
    articles: Mapping[str, Article],
    templates: Mapping[str, SiteTemplate],
    canary: str | None = CANARY,
) -> Iterator[BuiltPage]:
    """The pages of a plan, one after the other.

    Raises:
        CorpusError: the plan names what does not exist, or a page cannot be composed.
    """
    for planned in plan:
        article, template = articles.get(planned.article), templates.get(planned.family)
        if article is None:
            raise CorpusError(f"{planned.id}: there is no article {planned.article}", "Correct the plan.")
        if template is None:
            raise CorpusError(f"{planned.id}: there is no skin {planned.family}", "Correct the plan.")
        sample = compose(article, template, planned.seed, planned.id, canary=canary)
        yield BuiltPage(planned.id, sample.page.data, format_gold(sample_to_json(sample)))


def files(pages: Iterable[BuiltPage], corpus: str = CORPUS, version: str = VERSION) -> dict[str, bytes]:
    """Every file of a set by its path: two per page, and the manifest."""
    pages = tuple(pages)
    made = {"manifest.json": manifest(pages, corpus, version)}
    for page in pages:
        made[f"pages/{page.id}/page.html"] = page.page
        made[f"pages/{page.id}/gold.json"] = page.gold
    return made


def manifest(pages: Iterable[BuiltPage], corpus: str = CORPUS, version: str = VERSION) -> bytes:
    """The bytes of ``manifest.json``: sorted, one line per page."""
    samples = {page.id: {"page": sha256(page.page), "gold": sha256(page.gold)} for page in pages}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(samples[name])}" for name in sorted(samples))
    head = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(value)}"
        for name, value in (("corpus", corpus), ("version", version), ("canary", CANARY))
    )
    return f'{{\n{head},\n"samples": {{\n{lines}\n}}\n}}\n'.encode()
