"""Verification by challenge: pages that nobody has seen go out without their gold, and predictions come back.

A challenge is a folder: ``send/`` is what the submitter gets, ``keep/`` what the maintainer keeps until the answers are
in. The names of the pages do not reveal the site templates that they were composed with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from goldspan.data.corpora import Corpus
from goldspan.data.corpora.samples import open_folder
from goldspan.data.runs import SystemRun
from goldspan.data.schema import data_path
from goldspan.errors import BundleError
from goldspan.evaluate.progress import Progress, silent
from goldspan.leaderboard.bundle import Bundle, parse_json, read_plain
from goldspan.leaderboard.card import Card
from goldspan.leaderboard.verification import check_predictions, scored
from goldspan.model import Gold, Page, Prediction, Sample, Score
from goldspan.synth import draw_plan, load_templates, read_articles
from goldspan.synth.build import build, files

SEND, KEEP = "send", "keep"
_INDEX = "pages.json"
_ABOUT = "challenge.json"
_LARGEST_PAGE = 2**26


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a system scored on pages that were composed after its bundle was made."""

    score: Score
    protocol: str


def make_challenge(
    bundle: Bundle,
    seed: int,
    pages: int,
    articles: Sequence[Path] = (),
    templates: Sequence[Path] = (),
    progress: Callable[[int], None] = lambda pages: None,
) -> dict[str, bytes]:
    """The files of a challenge to a bundle.

    Args:
        articles, skins: private folders to draw from, in addition to what ships.
    """
    known = read_articles(data_path("annotations", "articles"))
    for folder in articles:
        known |= read_articles(folder)
    families = load_templates(*templates)
    plan = [
        replace(page, id=f"fresh-{number:04}")
        for number, page in enumerate(draw_plan(known, families, seed, pages), start=1)
    ]
    made = []
    for page in build(plan, known, families):
        made.append(page)
        progress(1)
    index = []
    found = {f"{KEEP}/{name}": data for name, data in files(made, "fresh").items()}
    for page in made:
        facts = json.loads(page.gold)["page"]
        found[f"{SEND}/{page.id}.html"] = page.page
        index.append({name: facts.get(name) for name in ("url", "encoding", "charset")} | {"id": page.id})
    found[f"{SEND}/{_INDEX}"] = _json({"challenge": bundle.digest, "pages": index})
    found[f"{KEEP}/{_ABOUT}"] = _json({"challenge": bundle.digest, "seed": seed, "pages": len(index)})
    return found


def _json(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def open_sent(folder: Path) -> Corpus:
    """The pages of a challenge, without gold, as a corpus that a system can be run over.

    Raises:
        BundleError: the folder holds no challenge.
    """
    index = parse_json(read_plain(folder / _INDEX, 2**24), str(folder / _INDEX))
    try:
        pages = {page["id"]: page for page in index["pages"]}
    except (TypeError, KeyError):
        raise BundleError(f"{folder / _INDEX} lists no pages", "Take the folder 'send' of a challenge.") from None
    for name in pages:
        if not isinstance(name, str) or "/" in name or name.startswith("."):
            what = f"{folder / _INDEX} names the page {name!r}, which is no file name"
            raise BundleError(what, "Ask for it again.")

    def read(name: str) -> Sample:
        facts = pages[name]
        data = read_plain(folder / f"{name}.html", _LARGEST_PAGE)
        return Sample(Page(name, data, facts.get("url"), facts.get("charset"), facts.get("encoding")), Gold())

    return Corpus("challenge", tuple(pages), read)


def open_kept(folder: Path, bundle: Bundle) -> Corpus:
    """The pages of a challenge with their gold.

    Raises:
        BundleError: the challenge was made for another bundle.
    """
    about = parse_json(read_plain(folder / KEEP / _ABOUT, 2**20), str(folder / KEEP / _ABOUT))
    if about.get("challenge") != bundle.digest:
        raise BundleError(
            f"{folder} challenges another bundle than this one (or this one as it was before)", "Make a new challenge."
        )
    return open_folder(folder / KEEP, "fresh")


def score_answers(
    card: Card,
    corpus: Corpus,
    answers: Mapping[str, Prediction],
    progress: Progress = silent,
) -> Fresh:
    """Score what a system answered to a challenge.

    Raises:
        BundleError: pages missing or unknown, or made from other bytes.
    """
    check_predictions(answers, corpus)
    protocol, result, _ = scored(corpus, SystemRun(card.system, None, None, answers), progress)
    return Fresh(result.scores["body.f1"], protocol)
