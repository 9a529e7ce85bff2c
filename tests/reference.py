"""The metrics of other benchmarks written plainly, straight from their definitions, to hold the fast ones against.

Nothing here shares code with the package.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import mean

Counts = tuple[float, float, float]


def f1_of(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


# article-extraction-benchmark


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)))


def shingle_counts(gold: str, output: str) -> tuple[int, int, int, bool]:
    left, right = shingles(gold), shingles(output)
    tp = fp = fn = 0
    for shingle in left.keys() | right.keys():
        tp += min(left[shingle], right[shingle])
        fp += max(right[shingle] - left[shingle], 0)
        fn += max(left[shingle] - right[shingle], 0)
    return tp, fp, fn, re.findall(r"\w+", gold) == re.findall(r"\w+", output)


def normalised(counts: Sequence[float]) -> Counts:
    tp, fp, fn = counts[:3]
    total = tp + fp + fn
    return (tp / total, fp / total, fn / total) if total else (0.0, 0.0, 0.0)


def shingle_precision(tp: float, fp: float, fn: float) -> float:
    if fp == fn == 0:
        return 1.0
    if tp == fp == 0:
        return 0.0
    return tp / (tp + fp)


def shingle_recall(tp: float, fp: float, fn: float) -> float:
    if fp == fn == 0:
        return 1.0
    if tp == fn == 0:
        return 0.0
    return tp / (tp + fn)


def shingle_corpus(pages: Sequence[tuple[float, float, float, bool]]) -> dict[str, float]:
    """The corpus figures of pages given as normalised tp, fp, fn and whether they are exact."""
    precision = mean(shingle_precision(tp, fp, fn) for tp, fp, fn, _ in pages if tp + fp > 0)
    recall = mean(shingle_recall(tp, fp, fn) for tp, fp, fn, _ in pages if tp + fn > 0)
    return {
        "f1": f1_of(precision, recall),
        "precision": precision,
        "recall": recall,
        "accuracy": mean(float(page[3]) for page in pages),
    }


# WCXB


def word_f1(gold: str, output: str) -> Counts:
    left, right = Counter(re.findall(r"\w+", gold.lower())), Counter(re.findall(r"\w+", output.lower()))
    if not left and not right:
        return 1.0, 1.0, 1.0
    if not left or not right:
        return 0.0, 0.0, 0.0
    overlap = sum(min(left[word], right[word]) for word in left)
    precision, recall = overlap / sum(right.values()), overlap / sum(left.values())
    return precision, recall, f1_of(precision, recall)


def wcxb_rate(snippets: Sequence[str], output: str) -> float:
    if len(snippets) == 0:
        return 1.0
    return len([s for s in snippets if s.lower() in output.lower()]) / len(snippets)


# Trafilatura's evaluation


def snippet_counts(wanted: Sequence[str], unwanted: Sequence[str], output: str | None) -> tuple[int, int, int, int]:
    """tp, fp, fn, tn; an output of None is a failed page."""
    if output is None:
        return 0, 0, len(wanted), len(unwanted)
    text = re.sub(r"\s+", " ", output).strip()
    tp = fp = fn = tn = 0
    for snippet in wanted:
        if re.sub(r"\s+", " ", snippet).strip() in text:
            tp += 1
        else:
            fn += 1
    for snippet in unwanted:
        if re.sub(r"\s+", " ", snippet).strip() in text:
            fp += 1
        else:
            tn += 1
    return tp, fp, fn, tn


def snippet_corpus(pages: Sequence[tuple[int, int, int, int]]) -> dict[str, float]:
    tp, fp, fn, tn = (sum(page[i] for page in pages) for i in range(4))

    def share(a: int, b: int) -> float:
        return a / b if b else 0.0

    return {
        "precision": share(tp, tp + fp),
        "recall": share(tp, tp + fn),
        "accuracy": share(tp + tn, tp + fp + fn + tn),
        "f1": share(2 * tp, 2 * tp + fp + fn),
    }


# rougeLsum, by the table of the rouge-score package


def common_positions(gold: Sequence[str], output: Sequence[str]) -> list[int]:
    """Positions of ``gold`` on the longest common subsequence that rouge-score walks back to."""
    table = [[0] * (len(output) + 1) for _ in range(len(gold) + 1)]
    for i, left in enumerate(gold, 1):
        for j, right in enumerate(output, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if left == right else max(table[i - 1][j], table[i][j - 1])
    i, j = len(gold), len(output)
    positions: list[int] = []
    while i > 0 and j > 0:
        if gold[i - 1] == output[j - 1]:
            positions.insert(0, i - 1)
            i, j = i - 1, j - 1
        elif table[i][j - 1] > table[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return positions


def rouge_lsum(gold: str, output: str) -> Counts:
    left = [line.split() for line in gold.split("\n") if line]
    right = [line.split() for line in output.split("\n") if line]
    golds, outputs = sum(map(len, left)), sum(map(len, right))
    if not golds:
        return float(not outputs), 1.0, float(not outputs)
    if not outputs:
        return 0.0, 0.0, 0.0
    gold_counts = Counter(token for line in left for token in line)
    output_counts = Counter(token for line in right for token in line)
    hits = 0
    for line in left:
        for i in sorted({i for other in right for i in common_positions(line, other)}):
            if output_counts[line[i]] > 0 and gold_counts[line[i]] > 0:
                hits += 1
                output_counts[line[i]] -= 1
                gold_counts[line[i]] -= 1
    return hits / outputs, hits / golds, f1_of(hits / outputs, hits / golds)


# WebMainBench's text_edit


def edit_similarity(gold: str, output: str) -> float:
    previous = list(range(len(gold) + 1))
    for i, right in enumerate(output, 1):
        row = [i]
        for j, left in enumerate(gold, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (left != right)))
        previous = row
    return 1 - previous[-1] / max(len(gold), len(output))
