#!/usr/bin/env python3
"""Make the results that ship: every registered extractor on the core set, and the README's table from them.

    scripts/studies/ship_results.py                    run them all, replace annotations/results, fill README.md
    scripts/studies/ship_results.py NAME…              only these: their newest entry is replaced, the others stay
    scripts/studies/ship_results.py --table            only fill README.md from what is stored
    scripts/studies/ship_results.py --check            write nothing, and fail if README.md is not what is stored

  --fresh DIR    a fresh draw (`goldspan draw`): its scores fill the column "Fresh"
  --jobs N       systems at a time; each runs and is scored in a process of its own [one a core]

What is stored, about 100 kB a system, are its figures a page and what the site lays over the pages. The texts are not.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from checkout import ANNOTATIONS, ROOT
from documents import Part, settle
from goldspan.data.corpora import Corpus, open_corpus
from goldspan.errors import ExtractorError, UsageError
from goldspan.evaluate.run_system import run_system
from goldspan.extractors.registry import REGISTERED
from goldspan.leaderboard.challenge import score_answers
from goldspan.leaderboard.entries import Entry, add_entry, entry_files, make_entry, read_entries
from goldspan.leaderboard.page_overlay import Overlay
from goldspan.leaderboard.site.board import gather
from goldspan.leaderboard.submission import run_of_ours
from goldspan.leaderboard.verification import remembered
from goldspan.model import Limits
from goldspan.report.markdown import score_markdown
from study import add_jobs, launch, parser_of

STORE = ANNOTATIONS / "results"
README = ROOT / "README.md"
TITLES = ["Body F1", "Prec.", "Recall", "Leaked", "Lost", "Reordered", "Metadata", "Abstained", "Failures"]


def ship(name: str, number: int, fresh_spec: str | None) -> tuple[Entry, dict[str, Overlay]] | str:
    """Run and score a system; a line that says why, where it cannot be run."""
    corpus, fresh = _opened("core"), _opened(fresh_spec) if fresh_spec else None
    try:
        verified = run_of_ours(name, run_system(name, corpus, Limits()), corpus)
        answers = run_system(name, fresh, Limits()).predictions if fresh else {}
    except ExtractorError as error:
        return f"left out: {error}"
    scored = score_answers(verified.card, fresh, answers) if fresh else None
    return make_entry(verified, corpus, scored, number, datetime.now(UTC).date().isoformat())


def store_in(store: Path, entry: Entry, laid: dict[str, Overlay]) -> Path:
    """Put an entry in the place of those that its system has."""
    for old in read_entries(store):
        if old.card.command == entry.card.command:
            for path in entry_files(store, old):
                path.unlink(missing_ok=True)
    return add_entry(store, entry, laid)


@cache
def _opened(spec: str) -> Corpus:
    return remembered(open_corpus(spec))


def table(store: Path, corpus: Corpus) -> str:
    return score_markdown(gather([store], corpus).result, TITLES)


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--fresh")
    add_jobs(parser)
    parser.add_argument("--store", type=Path, default=STORE, help="[annotations/results]")
    parser.add_argument("--readme", type=Path, default=README, help="[README.md]")
    options = parser.parse_args()
    store: Path = options.store
    registered = list(REGISTERED)
    unknown = [name for name in options.names if name not in REGISTERED]
    if unknown:
        raise UsageError(f"'{unknown[0]}' is not a registered system", f"Registered are {', '.join(registered)}.")
    if not (options.check or options.table):
        if not options.names:
            for path in store.glob("*.json.zst"):
                path.unlink()
        with ProcessPoolExecutor(options.jobs) as pool:
            numbered = [(name, registered.index(name) + 1) for name in options.names or registered]
            waiting = [pool.submit(ship, name, number, options.fresh) for name, number in numbered]
            for done in as_completed(waiting):
                made = done.result()
                print(made if isinstance(made, str) else store_in(store, *made), file=sys.stderr, flush=True)
    part = Part(options.readme, "core", table(store, open_corpus("core")))
    return settle([part], "check" if options.check else "write", "--table")


if __name__ == "__main__":
    launch(main)
