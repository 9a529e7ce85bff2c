"""Scoring against the plain way of doing it: counters of tuples a pair, a Python loop a resample."""

from __future__ import annotations

import json
import random
import statistics
import time
from pathlib import Path

import numpy as np
from pytest_benchmark.fixture import BenchmarkFixture

from goldspan.core.align import Target, align
from goldspan.core.metrics import find_metric
from goldspan.core.metrics.base import Columns
from goldspan.core.metrics.shingle import count_overlaps, page_values
from goldspan.core.stats import difference, holm, rank_groups, resample
from goldspan.core.text import tokenise
from tests.reference import normalised, shingle_counts, shingle_precision, shingle_recall
from tests.speed.conftest import side_by_side, timed

RESAMPLES = 1000
SHINGLE = find_metric("shingle")
Pages = list[tuple[str, list[str]]]


def read(aeb: Path) -> Pages:
    """For each page its gold text and the eight systems' outputs."""
    truth = json.loads((aeb / "ground-truth.json").read_text(encoding="utf-8"))
    outputs = []
    for path in sorted((aeb / "output").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        outputs.append(data.get("output", data))
    return [(truth[page]["articleBody"], [output[page]["articleBody"] for output in outputs]) for page in truth]


def plain_counts(pages: Pages) -> list[list[tuple[float, float, float]]]:
    return [[normalised(shingle_counts(gold, output)[:3]) for output in outputs] for gold, outputs in pages]


def plain_f1(rows: list[tuple[float, float, float]]) -> float:
    precisions = [shingle_precision(*row) for row in rows if row[0] + row[1] > 0]
    recalls = [shingle_recall(*row) for row in rows if row[0] + row[2] > 0]
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall)


def plain_bootstrap(rows: list[tuple[float, float, float]], seed: int) -> float:
    chance = random.Random(seed)
    return statistics.stdev(plain_f1(chance.choices(rows, k=len(rows))) for _ in range(RESAMPLES))


def plain(pages: Pages) -> list[float]:
    counts = plain_counts(pages)
    return [plain_bootstrap([page[system] for page in counts], system) for system in range(len(counts[0]))]


def our_values(pages: Pages) -> list[list[dict[str, float]]]:
    return [[page_values(overlap) for overlap in count_overlaps(gold, outputs)] for gold, outputs in pages]


def our_columns(values: list[list[dict[str, float]]]) -> list[Columns]:
    return [
        {name: np.array([page[system][name] for page in values]) for name in values[0][0]}
        for system in range(len(values[0]))
    ]


def our_bootstrap(systems: list[Columns]) -> list[float]:
    weights = resample([(str(page),) for page in range(len(systems[0]["tp"]))], RESAMPLES)
    return [float(np.std(SHINGLE.pool(columns, weights)["f1"])) for columns in systems]


def test_shingle_and_bootstrap(benchmark: BenchmarkFixture, aeb: Path) -> None:
    """Eight outputs of 181 pages with 1,000 resamples; one process is as fast as two, for starting one costs more."""
    pages = read(aeb)
    side_by_side(benchmark, lambda: plain(pages), lambda: our_bootstrap(our_columns(our_values(pages))))


def test_bootstrap_alone(benchmark: BenchmarkFixture, aeb: Path) -> None:
    pages = read(aeb)
    counts, columns = plain_counts(pages), our_columns(our_values(pages))
    systems = range(len(counts[0]))

    def loop() -> None:
        for system in systems:
            plain_bootstrap([page[system] for page in counts], system)

    side_by_side(benchmark, loop, lambda: our_bootstrap(columns))


def _targets(aeb: Path) -> list[tuple[list[str], list[int], list[int], list[str]]]:
    """For each page its tokens, lanes and blocks, and the tokens of an output."""
    from goldspan.core.policy import tokenise_gold
    from goldspan.data.corpora import open_corpus
    from goldspan.data.schema import load_policy

    corpus = open_corpus(f"aeb:{aeb}")
    outputs = json.loads((aeb / "output" / "trafilatura.json").read_text(encoding="utf-8"))["output"]
    found = []
    for page in corpus.ids:
        gold_tokens = tokenise_gold(corpus.load(page).gold, load_policy("neutral")).target
        found.append(
            (
                list(gold_tokens.tokens),
                list(gold_tokens.lane_of),
                list(gold_tokens.block_of),
                tokenise(outputs[page]["articleBody"]),
            )
        )
    return found


def test_alignment_of_a_median_page(benchmark: BenchmarkFixture, aeb: Path) -> None:
    """The page whose alignment takes the median time of all, its target's indexes made anew each time."""

    def one(case: tuple[list[str], list[int], list[int], list[str]]) -> float:
        started = time.perf_counter()
        align(Target(*case[:3]), case[3])
        return time.perf_counter() - started

    cases = sorted(_targets(aeb), key=one)
    median = cases[len(cases) // 2]
    benchmark.pedantic(lambda: align(Target(*median[:3]), median[3]), rounds=50, warmup_rounds=5)


def test_alignment_of_a_megabyte(benchmark: BenchmarkFixture) -> None:
    """A page of 1 MB of text, of which the output holds every other paragraph and some of the noise."""
    chance = random.Random(1)
    words = [f"{a}{b}" for a in "ba co di fu ge ha ki lo mu ne".split() for b in "ran sel tin von wex".split()]
    blocks = []
    while sum(len(word) + 1 for block in blocks for word in block) < 2**20:
        blocks.append(chance.choices(words, k=chance.choice((2, 5, 40, 80))))
    tokens = [word for block in blocks for word in block]
    numbers = [number for number, block in enumerate(blocks) for _ in block]
    lanes = [0 if len(blocks[number]) > 5 else 2 for number in numbers]
    output = [word for number, block in enumerate(blocks) if number % 2 for word in block]
    benchmark.pedantic(lambda: align(Target(tokens, lanes, numbers), output), rounds=5, warmup_rounds=1)


def test_a_page_of_a_system(benchmark: BenchmarkFixture, aeb: Path) -> None:
    """Alignment, body, leaks and shingle together, with the gold made anew for each page: CPU milliseconds a page and
    system, one core, the median over the 181 pages of the eight systems."""
    from goldspan.core.scoring import measure_sample
    from goldspan.data.corpora import open_corpus
    from goldspan.data.schema import load_policy
    from goldspan.model import Extraction, Prediction, System

    corpus, policy = open_corpus(f"aeb:{aeb}"), load_policy("neutral")
    samples = [corpus.load(page) for page in corpus.ids]
    outputs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((aeb / "output").glob("*.json"))]
    outputs = [data.get("output", data) for data in outputs]
    systems = [System(str(number), "1") for number in range(len(outputs))]
    metrics = [find_metric(name) for name in ("body", "leak", "shingle")]
    given = [
        [
            Prediction(system.key, sample.id, "ok", Extraction(output[sample.id]["articleBody"] or ""))
            for system, output in zip(systems, outputs, strict=True)
        ]
        for sample in samples
    ]
    times: list[list[float]] = [[] for _ in samples]

    def all_pages() -> None:
        for sample, predictions, found in zip(samples, given, times, strict=True):
            started = time.process_time()
            measure_sample(sample, systems, predictions, policy, metrics)
            found.append(1000 * (time.process_time() - started) / len(systems))

    benchmark.pedantic(all_pages, rounds=5, warmup_rounds=1)
    benchmark.extra_info["cpu_ms"] = statistics.median(statistics.median(found) for found in times)
    assert benchmark.extra_info["cpu_ms"] <= 2


def test_bootstrap_of_thirty_systems(benchmark: BenchmarkFixture) -> None:
    """2,000 resamples of 30 systems on 2,000 pages of 1,000 sites: the body, all 435 paired differences of the
    headline with Holm's correction, and the rank groups."""
    chance = np.random.default_rng(1)
    quality = chance.random((30, 1)) * 0.1 + 0.8
    values = np.clip(quality + chance.normal(0, 0.15, (30, 2000)), 0, 1)
    columns = [{"precision": row, "recall": row, "f1": row} for row in values]
    body = find_metric("body")
    means = [float(row.mean()) for row in values]

    def bootstrap() -> None:
        weights = resample([(f"site{page // 2}",) for page in range(2000)], 2000)
        drawn = [body.pool(column, weights)["f1"] for column in columns]
        pairs = [(a, b) for a in range(30) for b in range(a)]
        found = [difference(means[a], means[b], drawn[a], drawn[b]) for a, b in pairs]
        holm([one.p for one in found])
        rank_groups(means, drawn)

    cpu = min(timed(bootstrap)[1] for _ in range(3))
    benchmark.extra_info["cpu_s"] = cpu
    benchmark.pedantic(bootstrap, rounds=5, warmup_rounds=1)
    assert cpu < 2
