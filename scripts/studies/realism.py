#!/usr/bin/env python3
"""How well can the pages of the core set be told from real article pages, by structure alone?

One fixed random forest sees one fixed list of structural features: sizes, depth, shares of tags, text and link density,
scripts, styles, attributes and classes, the lengths of blocks, the share of boilerplate, the head. No words, and no
doctype, which the pages of one corpus lost when they were saved. Folds leave out whole families of composed pages and
whole sites of real ones; only pages in Latin script take part; both sides count alike. AUC .5 means that they cannot be
told apart, 1 that they always can. Beside it stands the yardstick: the same forest telling one real corpus from
the other. Two more columns show where the difference lies: the same forest without the features that follow from how
long the article is and where it stands, and a forest that sees only which element stands in which, a view that was
never looked at when skins were changed.

Example: scripts/studies/realism.py --aeb ../shared/corpora/aeb --wcxb ../shared/corpora/wcxb
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from bootstrap import weights_of
from checkout import CARD, FIGURES
from documents import Report, settle
from drawing import PADDING, write_chart
from goldspan.core.stats import interval
from goldspan.core.text import decode
from goldspan.data.corpora import open_corpus
from page_features import features, pairs_of
from study import add_action, add_corpora, launch, parser_of, specs_of

REPORT = Report("realism.md", "realism", CARD)
TREES = 500
FOLDS = 5
SEED = 7
RESAMPLES = 1000
# What depends on how long the article is, or on where it stands.
_LENGTHS = re.compile(
    r"block|text|boilerplate|article$|words|bytes$|elements|<(p|br|li|a|em|strong|b|h2|h3|h4|table|tr|td|title)>"
)


@dataclass(frozen=True)
class Row:
    """A page: its corpus, what folds keep together, its features by name, and its pairs of parent and child."""

    corpus: str
    id: str
    group: str
    features: dict[str, float]
    pairs: dict[str, float]


def row_of(corpus: str, folder: str, id: str) -> Row | None:
    opened = open_corpus(folder)
    sample = opened.load(id)
    if sample.gold.blocks is None or (corpus == "wcxb" and sample.gold.about.page_type != "article"):
        return None
    found = features(sample)
    if found is None:
        return None
    about = sample.gold.about
    return Row(corpus, id, about.family or about.site or id, found, pairs_of(decode(sample.page)[0]))


def read(corpus: str, spec: str, pool: ProcessPoolExecutor) -> list[Row]:
    ids = open_corpus(spec).ids
    rows = pool.map(row_of, [corpus] * len(ids), [spec] * len(ids), ids, chunksize=8)
    return [row for row in rows if row]


@dataclass(frozen=True)
class Told:
    """How well two sides were told apart: AUC with its interval, and what the forest went by."""

    auc: float
    low: float
    high: float
    importance: dict[str, float]

    def __str__(self) -> str:
        return f"{self.auc:.3f} [{self.low:.3f}, {self.high:.3f}]"


def tell_apart(first: Sequence[Row], second: Sequence[Row]) -> Told:
    """Cross-validated AUC of the forest; folds keep groups whole; pages of the smaller side weigh more."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    rows = [*first, *second]
    names = sorted({name for row in rows for name in row.features})
    x = np.array([[row.features.get(name, 0.0) for name in names] for row in rows])
    y = np.array([0] * len(first) + [1] * len(second))
    groups = np.array([row.group for row in rows])
    said = np.zeros(len(rows))
    importance = np.zeros(len(names))
    for train, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(x, y, groups):
        forest = RandomForestClassifier(
            TREES, min_samples_leaf=2, class_weight="balanced", random_state=SEED, n_jobs=os.cpu_count()
        )
        forest.fit(x[train], y[train])
        forest.set_params(n_jobs=1)  # threads add the trees' votes in any order, and rounding breaks ties
        said[test] = forest.predict_proba(x[test])[:, 1]
        importance += forest.feature_importances_ / FOLDS
    drawn = [
        float(roc_auc_score(y, said, sample_weight=weights))
        for weights in weights_of([(row.group,) for row in rows], resamples=RESAMPLES, seed=SEED)
        if weights @ y and weights @ (1 - y)
    ]
    low, high = interval(np.array(drawn))
    return Told(float(roc_auc_score(y, said)), low, high, dict(zip(names, importance, strict=True)))


def quantiles(rows: Sequence[Row], name: str) -> str:
    """A feature's 10th percentile, median and 90th percentile."""
    values = np.quantile([row.features[name] for row in rows], [0.1, 0.5, 0.9])
    return " / ".join(f"{value:.3g}" for value in values)


def without_lengths(rows: Sequence[Row]) -> list[Row]:
    return [
        replace(row, features={name: value for name, value in row.features.items() if not _LENGTHS.search(name)})
        for row in rows
    ]


def only_pairs(rows: Sequence[Row]) -> list[Row]:
    return [replace(row, features=row.pairs) for row in rows]


VIEWS: Mapping[str, Callable[[Sequence[Row]], list[Row]]] = {
    "all features": list,
    "without lengths": without_lengths,
    "which element in which": only_pairs,
}


@dataclass(frozen=True)
class Compared:
    """Two sides and how well each view tells them apart."""

    name: str
    pages: str
    told: dict[str, Told]


def compare(name: str, first: Sequence[Row], second: Sequence[Row]) -> Compared:
    told = {view: tell_apart(take(first), take(second)) for view, take in VIEWS.items()}
    return Compared(name, f"{len(first)} and {len(second)}", told)


def headline(core: Compared, yardstick: Compared) -> str:
    ours, theirs = (one.told["all features"] for one in (core, yardstick))
    return (
        f"The forest tells the core set from the pooled real pages with an AUC of {ours}, and one real corpus from the "
        f"other with {theirs}."
    )


def tables(compared: Sequence[Compared], core: Sequence[Row], real: Sequence[Row], most: int) -> str:
    lines = [
        "![How well pages are told apart](realism.svg)",
        "",
        f"| told apart | pages | {' | '.join(VIEWS)} |",
        "| --- | ---: |" + " ---: |" * len(VIEWS),
    ]
    lines += [f"| {one.name} | {one.pages} | {' | '.join(str(one.told[v]) for v in VIEWS)} |" for one in compared]
    lines += [
        "",
        "What gives the set away most (p10 / median / p90; counts and sizes as logarithms):",
        "",
        "| feature | importance | core set | real pages |",
        "| --- | ---: | ---: | ---: |",
    ]
    importance = compared[0].told["all features"].importance
    for name, weight in sorted(importance.items(), key=lambda item: -item[1])[:most]:
        shown = name.replace("<", "&lt;")
        lines.append(f"| {shown} | {weight:.3f} | {quantiles(core, name)} | {quantiles(real, name)} |")
    return "\n".join(lines)


def draw(compared: Sequence[Compared]) -> None:
    """AUC with intervals."""
    import altair
    import pandas

    rows = [
        {
            "pair": one.name.replace("`", "").split(" (")[0],
            "view": view,
            "AUC": told.auc,
            "low": told.low,
            "high": told.high,
        }
        for one in compared
        for view, told in one.told.items()
    ]
    base = altair.Chart(pandas.DataFrame(rows)).encode(
        y=altair.Y("pair:N", sort=None, title=None, axis=altair.Axis(labelLimit=320)),
        yOffset=altair.YOffset("view:N", sort=list(VIEWS)),
        color=altair.Color("view:N", sort=list(VIEWS), title="a forest that sees"),
    )
    scale = altair.Scale(domain=[0.7, 1])
    bars = base.mark_rule(strokeWidth=3, opacity=0.5).encode(x=altair.X("low:Q", scale=scale, title="AUC"), x2="high:Q")
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x=altair.X("AUC:Q", scale=scale))
    chart = (bars + dots).properties(width=420, height=altair.Step(16), padding=PADDING, background="white")
    write_chart(FIGURES / "realism.svg", chart)


def main() -> int:
    parser = parser_of(__doc__)
    add_corpora(parser)
    parser.add_argument("--most", type=int, default=12, help="features to list")
    add_action(parser)
    options = parser.parse_args()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        core, aeb, wcxb = (read(name, spec, pool) for name, spec in specs_of(options).items())
    real = [*aeb, *wcxb]
    compared = [
        compare("the core set from the pooled real corpora", core, real),
        compare("`aeb` from the articles of `wcxb` (yardstick and target)", aeb, wcxb),
        compare("the core set from `aeb`", core, aeb),
        compare("the core set from the articles of `wcxb`", core, wcxb),
    ]
    if options.action == "write":
        draw(compared)
    text = tables(compared, core, real, options.most)
    return settle(REPORT.parts(headline(*compared[:2]), text), options.action)


if __name__ == "__main__":
    launch(main)
