#!/usr/bin/env python3
"""Where body F1 and word F1 disagree by more than a tenth, say why: `scripts/studies/metric_differences.py RUN.jsonl`.

Both metrics are computed again with one thing changed at a time; the first change, in the order below, that brings the
two within a tenth of each other names the cause:

  tokens       word F1 over tok/1 tokens instead of \\w+ (scripts without spaces, marks, ligatures)
  neutral      body F1 with neutral text counted as noise, as word F1 counts it
  extra        word F1 without the gold's words that the page's stream does not hold
  repeated     both over the distinct tokens of the output: copies of the body counted once
  invented     word F1 without the output's words that stand nowhere on the page (markup, URLs)
  chance       word F1 without the words of the output that alignment places in noise, and that merely also occur in the
               body: a bag of words cannot tell them from the body's; only where the 4-gram overlap, which owes nothing
               to the alignment, sides with body F1

What none of them explains is listed as `unexplained` with its page and system, and the exit code is 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from goldspan.core.metrics import find_metric
from goldspan.core.metrics.base import Case
from goldspan.core.metrics.token_counts import count_tokens
from goldspan.core.policy import EXTRA, NEUTRAL, NOISE, tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.core.text import tokenise
from goldspan.data.corpora import Corpus
from goldspan.data.schema import load_policy
from goldspan.evaluate.run_files import corpus_of, read_predictions
from goldspan.model import Prediction, System
from study import launch, parser_of

APART = 0.1
CAUSES = ("tokens", "neutral", "extra", "repeated", "invented", "chance", "unexplained")


@dataclass(frozen=True)
class Difference:
    """A system-page whose two scores are far apart."""

    system: str
    page: str
    body: float
    words: float
    cause: str


def bag_f1(gold: Counter[str], output: Counter[str]) -> float:
    """2·overlap / (gold + output), over bags; 1 where both are empty."""
    total = gold.total() + output.total()
    return 2 * (gold & output).total() / total if total else 1.0


def cause_of(case: Case, body: float, words: float) -> str:
    """The first change that brings the two metrics together."""
    gold_tokens, alignment = case.gold_tokens, case.alignment
    counts = count_tokens(case)
    assert gold_tokens is not None
    assert alignment is not None
    assert counts is not None
    gold, output = Counter(tokenise(case.reference or "")), Counter(alignment.tokens)
    word_f1 = bag_f1(gold, output)
    if abs(word_f1 - body) <= APART:
        return "tokens"
    kept, content = len(counts.kept), gold_tokens.content
    body = 2 * kept / (content + len(alignment.tokens)) if kept else 0.0
    if abs(word_f1 - body) <= APART:
        return "neutral"
    places = list(zip(alignment.tokens, alignment.positions.tolist(), alignment.repeated.tolist(), strict=True))
    gold -= Counter(
        token
        for token, lane in zip(gold_tokens.target.tokens, gold_tokens.target.lane_of, strict=True)
        if lane == EXTRA
    )
    if abs(bag_f1(gold, output) - body) <= APART:
        return "extra"
    output -= Counter(token for token, _, repeated in places if repeated)
    body = 2 * kept / (content + output.total()) if kept else 0.0
    if abs(bag_f1(gold, output) - body) <= APART:
        return "repeated"
    output -= Counter(token for token, place, _ in places if place < 0)
    body = 2 * kept / (content + output.total()) if kept else 0.0
    if abs(bag_f1(gold, output) - body) <= APART:
        return "invented"
    elsewhere = Counter(
        token
        for token, place, repeated in places
        if place >= 0 and not repeated and gold_tokens.lanes[place] in (NOISE, NEUTRAL, EXTRA)
    )
    # The bag credits these words only because the body has them too; it keeps them in its output.
    credited = (gold & output).total() - (gold & (output - elsewhere)).total()
    total = gold.total() + output.total()
    # Shingles know nothing of the alignment: they must side with it.
    shingle = find_metric("shingle").measure(case) or {}
    overlap = shingle.get("f1", 0.0)
    if abs(overlap - body) > abs(overlap - words):
        return "unexplained"
    if total and abs((2 * ((gold & output).total() - credited) / total) - body) <= APART:
        return "chance"
    return "unexplained"


def differences_of(corpus: Corpus, page: str, given: list[tuple[System, Prediction]]) -> list[Difference]:
    sample = corpus.load(page)
    if sample.gold.blocks is None or sample.gold.reference is None:
        return []
    rules = load_policy("neutral")
    gold_tokens = tokenise_gold(sample.gold, rules)
    found = []
    for system, prediction in given:
        case = case_of(sample.gold, prediction, system, rules, gold_tokens)
        values = [find_metric(name).measure(case) for name in ("body", "words")]
        if values[0] is None or values[1] is None:
            continue
        body, words = values[0]["f1"], values[1]["f1"]
        if abs(body - words) > APART:
            found.append(Difference(system.key, page, body, words, cause_of(case, body, words)))
    return found


def all_differences(path: Path, spec: str | None) -> tuple[list[Difference], int]:
    made = read_predictions(path)
    corpus = corpus_of(made, spec)
    jobs = [
        (page, [(one.system, one.predictions[page]) for one in made.systems.values() if page in one.predictions])
        for page in corpus.ids
    ]

    def results() -> Iterator[list[Difference]]:
        with ProcessPoolExecutor() as pool:
            yield from pool.map(differences_of, [corpus] * len(jobs), *zip(*jobs, strict=True), chunksize=4)

    return [one for part in results() for one in part], sum(len(given) for _, given in jobs)


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("run_file", type=Path)
    parser.add_argument("--corpus", help="where the corpus is now")
    parser.add_argument("--all", action="store_true", help="list every system-page, not only the unexplained ones")
    options = parser.parse_args()
    found, pairs = all_differences(options.run_file, options.corpus)
    print(f"{len(found)} of {pairs} system-pages differ by more than {APART} ({len(found) / max(pairs, 1):.1%})")
    by_cause = Counter(one.cause for one in found)
    for cause in CAUSES:
        if by_cause[cause]:
            print(f"  {cause:12} {by_cause[cause]}")
    for one in sorted(found, key=lambda one: (CAUSES.index(one.cause), one.system, one.page)):
        if options.all or one.cause == "unexplained":
            print(f"{one.cause}\t{one.system}\t{one.page}\tbody {one.body:.3f}\twords {one.words:.3f}")
    return 1 if by_cause["unexplained"] else 0


if __name__ == "__main__":
    launch(main)
