"""Makes the golden scores, and says which of them moved.

``PYTHONPATH=benchmark python -m tests.golden.scores`` writes ``tests/golden/scores.json`` anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from goldspan.core.align import ALIGN
from goldspan.core.metrics import REGISTRY, find_metric
from goldspan.core.policy import tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.core.text import STREAM, TOKENS
from goldspan.data.schema import load_policy, policy_names
from goldspan.model import FIELDS, Prediction, System
from tests.golden.pages import GOLDS, outputs

PATH = Path(__file__).with_name("scores.json")
WRITE = "PYTHONPATH=benchmark python -m tests.golden.scores"
SYSTEM = System("golden", "1", fields=FIELDS)

Scores = dict[str, Any]


def make() -> Scores:
    """The figures of every metric for every output under every policy: ``scores[metric][policy][page][output]``."""
    policies = [load_policy(name) for name in policy_names()]
    metrics = [find_metric(name) for name in REGISTRY]
    scores: Scores = {metric.name: {policy.name: {} for policy in policies} for metric in metrics}
    for policy in policies:
        for page, gold in GOLDS.items():
            tokens = tokenise_gold(gold, policy) if gold.blocks is not None else None
            for name, extraction in outputs(gold).items():
                prediction = Prediction(SYSTEM.key, page, "ok" if extraction else "error", extraction)
                case = case_of(gold, prediction, SYSTEM, policy, tokens)
                for metric in metrics:
                    values = metric.measure(case) if metric.needs <= case.holds else None
                    if values is None:
                        figures = None
                    else:
                        columns = {key: np.array([value]) for key, value in values.items()}
                        pooled = metric.pool(columns, np.ones((1, 1)))
                        figures = {key: _digits(value[0]) for key, value in pooled.items()}
                    scores[metric.name][policy.name].setdefault(page, {})[name] = figures
    return {
        "versions": {
            "stream": STREAM,
            "tokens": TOKENS,
            "alignment": ALIGN,
            **{f"policy {policy.name}": policy.identity for policy in policies},
            **{metric.name: metric.identity for metric in metrics},
        },
        "scores": scores,
    }


def _digits(value: float) -> float | None:
    """Twelve digits: beyond, a sum depends on the machine."""
    return None if np.isnan(value) else float(f"{value:.12g}")


def faults(golden: Scores, now: Scores) -> list[str]:
    """What is wrong between the golden scores and those of today; empty where nothing is.

    A score may move only with a version that accounts for it: that of its metric, of its policy, or of the stream, the
    tokens or the alignment.
    """
    old, new = golden["versions"], now["versions"]
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    everywhere = {"stream", "tokens", "alignment"} & set(changed)
    found = []
    for metric, policies in golden["scores"].items():
        for policy, pages in policies.items():
            accounted = everywhere or metric in changed or f"policy {policy}" in changed
            moved = [] if accounted else _moved(pages, now["scores"][metric][policy])
            if moved:
                found.append(
                    f"{new[metric]} moved under the policy '{policy}', and no version did: {moved[0]}"
                    f"{f' and {len(moved) - 1} more' if moved[1:] else ''}. Undo it, or raise the version of what "
                    f"changed ({metric}, the policy, the stream, the tokens or the alignment) and run: {WRITE}"
                )
    if changed:
        found.append(f"tests/golden/scores.json is of another version of {', '.join(changed)}. Run: {WRITE}")
    return found


def _moved(old: Scores, new: Scores) -> list[str]:
    return [
        f"{figure} of '{output}' on '{page}' was {before}, is {after}"
        for page in old.keys() | new.keys()
        for output in old.get(page, {}).keys() | new.get(page, {}).keys()
        for figure, before, after in _pairs(old.get(page, {}).get(output), new.get(page, {}).get(output))
        if before != after
    ]


def _pairs(old: Scores | None, new: Scores | None) -> list[tuple[str, object, object]]:
    """A figure's name, what it was and what it is; "absent" where a side lacks it."""
    if (old is None) != (new is None):
        return [("each figure", *("absent" if side is None else side for side in (old, new)))]
    names = dict.fromkeys([*(old or {}), *(new or {})])
    return [(name, (old or {}).get(name, "absent"), (new or {}).get(name, "absent")) for name in names]


def write() -> None:
    """Write the file, the figures of an output on one line."""
    text = json.dumps(make(), indent=1, ensure_ascii=False)
    text = re.sub(r"\{[^{}]*\}", lambda match: " ".join(match.group().split()), text)
    PATH.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
