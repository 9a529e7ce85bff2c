#!/usr/bin/env python3
"""Measure the false alarms and the power of `goldspan gate` on the core set, and publish them.

  false alarms  20 re-runs of one system; and 20 pairs of runs of a system that loses one word in fifty at random, by
                different seeds, so that neither is the better one
  power         20 seeded regressions of 0.01 in body F1, three ways: every page a little worse, one page in ten much
                worse, and the pages of one site family; and 20 times five pages lost

Writes benchmark/goldspan/evaluate/gate_power.json, which `goldspan gate --help` reads, and the documents that show it.
--write only fills these documents from that file; --check writes nothing, and fails if they do not hold what it says.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from checkout import GUIDES
from documents import Part, Report, settle
from goldspan.core.metrics import find_metric
from goldspan.core.policy import tokenise_gold
from goldspan.core.protocol import corpus_identity
from goldspan.core.scoring import Measured, case_of
from goldspan.data.corpora import open_corpus
from goldspan.data.files import read_json, write_atomically
from goldspan.data.schema import load_policy
from goldspan.evaluate.gate import MAX_DROP, judge
from goldspan.evaluate.run_system import run_system
from goldspan.leaderboard.verification import remembered
from goldspan.model import Limits, Prediction, Row, System
from study import add_action, launch, parser_of

SYSTEM, DROP, TRIALS = "trafilatura", 0.01, 20
LOOSE = 0.005
"""A fall of the mean that is allowed, beside the default of none."""
STORE = GUIDES / "evaluate" / "gate_power.json"
REPORT = Report("gate.md", "gate", GUIDES / "leaderboard" / "README.md")
BODY = find_metric("body")
Values = Mapping[str, Mapping[str, float] | None]


class Failed(NamedTuple):
    """Whether the gate fails by default, and with a fall of :data:`LOOSE` allowed."""

    default: bool
    loose: bool


class Bench:
    """The corpus, one system's run over it, and what damage does to the figures of its pages."""

    def __init__(self, corpus: str) -> None:
        self.corpus = remembered(open_corpus(corpus))
        self.samples = {name: self.corpus.load(name) for name in self.corpus.ids}
        policy = load_policy("neutral")
        self.policy = policy
        self.gold_tokens = {name: tokenise_gold(sample.gold, policy) for name, sample in self.samples.items()}
        self.run = run_system(SYSTEM, self.corpus, Limits(), 2)
        self.base = {name: self.measure(name, self.run.predictions[name]) for name in self.corpus.ids}
        self.scored = [name for name in self.corpus.ids if self.base[name] is not None]

    def measure(self, name: str, prediction: Prediction) -> Mapping[str, float] | None:
        case = case_of(self.samples[name].gold, prediction, self.run.system, self.policy, self.gold_tokens[name])
        return BODY.measure(case)

    def damaged(self, name: str, share: float, seed: str) -> Mapping[str, float] | None:
        """A page's values when a share of the words of its output is lost."""
        prediction = self.run.predictions[name]
        if prediction.extraction is None:
            return self.base[name]
        draw = random.Random(f"{seed}/{name}")
        text = re.sub(r"\S+\s*", lambda word: "" if draw.random() < share else word[0], prediction.extraction.text)
        return self.measure(name, replace(prediction, extraction=replace(prediction.extraction, text=text)))

    def mean(self, values: Values) -> float:
        return sum((values[name] or {})["f1"] for name in self.scored) / len(self.scored)

    def regression(self, names: Sequence[str], seed: str) -> Values:
        """Values in which these pages lose words until the mean over all pages is 0.01 lower; by false position."""
        low, under = 0.0, -DROP
        high, over = 1.0, sum((self.base[name] or {})["f1"] for name in names) / len(self.scored) - DROP
        values: Values = self.base
        for _ in range(12):
            share = (low * over - high * under) / (over - under)
            values = {**self.base, **{name: self.damaged(name, share, seed) for name in names}}
            gap = self.mean(self.base) - self.mean(values) - DROP
            if abs(gap) < DROP / 50:
                break
            # The end that stays counts half, or it would stay for long.
            low, under, high, over = (low, under / 2, share, gap) if gap > 0 else (share, gap, high, over / 2)
        return values

    def fails(self, new: Values, old: Values) -> Failed:
        systems = [System("new", "1"), System("old", "1")]
        measured = [
            Measured(
                name,
                self.samples[name].gold.about,
                tuple(Row(name, "ok", {"body": values[name]}) for values in (new, old)),
                (False, False),
            )
            for name in self.corpus.ids
        ]
        return Failed(*(judge(measured, systems, BODY, max_drop).has_failed for max_drop in (MAX_DROP, LOOSE)))

    def rerun(self, seed: int) -> Failed:
        again = run_system(SYSTEM, self.corpus, Limits(), 2)
        return self.fails({name: self.measure(name, again.predictions[name]) for name in self.corpus.ids}, self.base)

    def noisy(self, seed: int) -> Failed:
        new, old = (
            {name: self.damaged(name, 0.02, f"{side}/{seed}") for name in self.corpus.ids} for side in ("new", "old")
        )
        return self.fails(new, old)

    def everywhere(self, seed: int) -> Failed:
        return self.fails(self.regression(self.scored, f"all/{seed}"), self.base)

    def one_in_ten(self, seed: int) -> Failed:
        names = random.Random(f"tenth/{seed}").sample(self.scored, max(len(self.scored) // 10, 1))
        return self.fails(self.regression(names, f"tenth/{seed}"), self.base)

    def one_family(self, seed: int) -> Failed:
        families: dict[str, list[str]] = {}
        for name in self.scored:
            families.setdefault(self.samples[name].gold.about.family or "", []).append(name)
        # Only where its pages have as much to lose.
        enough = sorted(
            family
            for family, names in families.items()
            if sum((self.base[name] or {})["f1"] for name in names) / len(self.scored) > 1.5 * DROP
        )
        names = families[random.Random(f"family/{seed}").choice(enough)]
        return self.fails(self.regression(names, f"family/{seed}"), self.base)

    def five_lost(self, seed: int) -> Failed:
        names = random.Random(f"five/{seed}").sample([n for n in self.scored if (self.base[n] or {})["f1"] > 0.5], 5)
        return self.fails({**self.base, **{name: {"f1": 0.0} for name in names}}, self.base)


def measure(corpus: str) -> dict[str, Any]:
    bench = Bench(corpus)
    kinds: list[tuple[str, float, Callable[[int], Failed]]] = [
        (f"{TRIALS} re-runs", 0.0, bench.rerun),
        (f"{TRIALS} pairs of runs that lose one word in fifty at random", 0.0, bench.noisy),
        (f"{TRIALS} regressions of {DROP}, every page a little worse", DROP, bench.everywhere),
        (f"{TRIALS} regressions of {DROP}, one page in ten worse", DROP, bench.one_in_ten),
        (f"{TRIALS} regressions of {DROP}, one site family worse", DROP, bench.one_family),
        (f"{TRIALS} times five pages lost", DROP, bench.five_lost),
    ]
    trials = []
    for what, drop, trial in kinds:
        found = [trial(seed) for seed in range(TRIALS)]
        failed, loose = sum(one.default for one in found), sum(one.loose for one in found)
        print(f"{what}: the gate failed {failed} times, {loose} with --max-drop {LOOSE}", flush=True)
        trials.append({"what": what, "drop": drop, "failed": failed, "loose": loose, "trials": TRIALS})
    return {
        "corpus": f"{corpus_identity(bench.corpus.name, bench.corpus.digest)} ({len(bench.corpus)} pages)",
        "system": bench.run.system.key,
        "max_drop": MAX_DROP,
        "loose": LOOSE,
        "trials": trials,
    }


def headline(trials: Sequence[Mapping[str, Any]]) -> str:
    said = []
    for what, kept in (
        ("runs of which neither is better", [one for one in trials if not one["drop"]]),
        (f"regressions of {DROP}", [one for one in trials if one["drop"]]),
    ):
        said.append(f"{sum(one['failed'] for one in kept)} of {sum(one['trials'] for one in kept)} {what}")
    return f"The gate fails {' and '.join(said)}."


def parts(power: Mapping[str, Any]) -> list[Part]:
    trials = power["trials"]
    rows = [f"| {one['what']} | {one['failed']} | {one['loose']} |" for one in trials]
    head = f"Failures on {power['corpus']} with {power['system']}:"
    titles = ["| what | by default | `--max-drop " + f"{power['loose']}` |", "| --- | --: | --: |"]
    return REPORT.parts(headline(trials), "\n".join([head, "", *titles, *rows]))


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--corpus", default="core", help="another one is measured and printed; nothing is written")
    add_action(parser, check=True)
    options = parser.parse_args()
    if options.action != "print":
        return settle(parts(read_json(STORE)), options.action)
    power = measure(options.corpus)
    if options.corpus != "core":
        return settle(parts(power), "print")
    write_atomically(STORE, (json.dumps(power, indent=1) + "\n").encode())
    return settle(parts(power), "write")


if __name__ == "__main__":
    launch(main)
