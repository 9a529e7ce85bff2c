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

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from checkout import ROOT
from documents import fill
from goldspan.core.stats import interval
from goldspan.core.text import build_stream, decode, tokenise
from goldspan.data.corpora import open_corpus
from goldspan.data.files import write_atomically
from goldspan.errors import GoldspanError
from goldspan.model import Sample

CARD = ROOT / "annotations" / "README.md"
FIGURE = ROOT / "annotations" / "figures" / "realism.svg"
PADDING = {"left": 20, "right": 40, "top": 5, "bottom": 5}  # fonts differ in width
TREES = 500
FOLDS = 5
SEED = 7
RESAMPLES = 1000
LATIN = 0.8  # share of the letters that makes a page one in Latin script
TAGS = (
    "a article aside b br button div em figure footer form h1 h2 h3 h4 header i iframe img input label li link "
    "main meta nav noscript ol option p path picture script section source span strong "
    "style sub sup svg table td time title tr ul"
).split()
# What depends on how long the article is, or on where it stands.
_LENGTHS = re.compile(
    r"block|text|boilerplate|article$|words|bytes$|elements|<(p|br|li|a|em|strong|b|h2|h3|h4|table|tr|td|title)>"
)
_PREFIXES = {"data": "data-", "aria": "aria-", "on": "on"}
_LETTERS = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True)
class Row:
    """A page: its corpus, what folds keep together, its features by name, and its pairs of parent and child."""

    corpus: str
    id: str
    group: str
    features: dict[str, float]
    pairs: dict[str, float]


def is_latin(text: str) -> bool:
    letters = _LETTERS.findall(text)
    return bool(letters) and sum(map(bool, map(_LATIN.match, letters))) >= LATIN * len(letters)


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def features(sample: Sample) -> dict[str, float] | None:
    """The structure of a page; None where it is not in Latin script."""
    html, _ = decode(sample.page)
    blocks = [block for block in build_stream(sample.page) if not block.hidden]
    if not is_latin(" ".join(block.text for block in blocks)):
        return None
    found = {"bytes": np.log1p(len(html)), "blank share": share(sum(map(str.isspace, html)), len(html))}
    found["lines per kB"] = share(html.count("\n"), len(html) / 1000)
    found["comments"] = np.log1p(html.count("<!--"))
    found |= tree_features(html)
    found |= block_features([block.text for block in blocks], [block.path for block in blocks])
    found |= body_features(sample)
    return {name: float(value) for name, value in found.items()}


def _kind_of(attribute: str) -> str:
    """All of ``data-…``, ``aria-…`` and the handlers of events count as one kind each."""
    return next((kind for kind in ("data", "aria", "on") if attribute.startswith(_PREFIXES[kind])), attribute)


def tree_features(html: str) -> dict[str, float]:
    tree = LexborHTMLParser(html)
    tags: Counter[str] = Counter()
    depths: list[int] = []
    widths: list[int] = []
    attributes: Counter[str] = Counter()
    classes: list[str] = []
    sizes: Counter[str] = Counter()
    links: Counter[str] = Counter()
    stack = [(tree.root, 0)]
    while stack:
        node, depth = stack.pop()
        tag = node.tag or ""
        if not tag.startswith(("-", "!", "_")):
            tags[tag] += 1
            depths.append(depth)
            names = node.attributes
            for name, value in names.items():
                attributes[_kind_of(name)] += 1
                if name == "class":
                    classes += (value or "").split()
            if tag == "a":
                href = names.get("href") or ""
                links["absolute"] += href.startswith(("http", "//"))
                links["fragment"] += href.startswith(("#", "javascript"))
                links["text"] += len(node.text(deep=True).strip())
            elif tag in ("script", "style"):
                text = node.text(deep=True)
                sizes[tag] += len(text)
                sizes["remote"] += "src" in names
                sizes["json"] += "json" in (names.get("type") or "")
                sizes["json text"] += len(text) if "json" in (names.get("type") or "") else 0
            elif tag == "meta":
                sizes["og"] += (names.get("property") or "").startswith(("og:", "article:", "fb:"))
                sizes["twitter"] += (names.get("name") or "").startswith("twitter:")
            elif tag == "link":
                sizes[f"link {'stylesheet' if 'stylesheet' in (names.get('rel') or '') else 'other'}"] += 1
            elif tag == "img":
                sizes["lazy"] += any(
                    name in names for name in ("loading", "data-src", "data-original", "data-lazy-src")
                )
                sizes["srcset"] += any("srcset" in name for name in names)
                sizes["alt"] += bool(names.get("alt"))
        children = list(node.iter(include_text=False))
        if children:
            widths.append(len(children))
        stack += [(child, depth + 1) for child in children]
    elements = sum(tags.values())
    found = {"elements": np.log1p(elements)}
    found |= {f"<{tag}> share": share(tags[tag], elements) for tag in TAGS}
    found |= {
        f"<{tag}>": np.log1p(tags[tag])
        for tag in ("a", "div", "img", "li", "link", "meta", "p", "script", "span", "style")
    }
    found["kinds of tags"] = len(tags)
    found["own tags"] = sum("-" in tag for tag in tags)
    for name, quantile in (("median", 0.5), ("p90", 0.9), ("largest", 1.0)):
        found[f"depth, {name}"] = np.quantile(depths, quantile)
        found[f"children, {name}"] = np.log1p(np.quantile(widths, quantile))
    found["attributes an element"] = share(attributes.total(), elements)
    for name in (
        "alt",
        "aria",
        "class",
        "data",
        "href",
        "id",
        "on",
        "rel",
        "role",
        "style",
        "tabindex",
        "target",
        "title",
        "itemprop",
    ):
        found[f"{name} an element"] = share(attributes[name], elements)
    found["kinds of attributes"] = len(attributes)
    found["classes an element"] = share(len(classes), elements)
    found["kinds of classes"] = share(len(set(classes)), len(classes))
    found["class length"] = share(sum(map(len, classes)), len(classes))
    for name, pattern in (
        ("digit", r"\d"),
        ("__", "__"),
        ("--", "--"),
        ("_", "(?<!_)_(?!_)"),
        ("-", "(?<!-)-(?!-)"),
        ("capital", "[A-Z]"),
    ):
        found[f"classes with {name}"] = share(sum(bool(re.search(pattern, one)) for one in classes), len(classes))
    for name in ("script", "style", "json text"):
        found[f"{name} share of bytes"] = share(sizes[name], len(html))
    found["remote scripts"] = share(sizes["remote"], tags["script"])
    found |= {name: np.log1p(sizes[name]) for name in ("json", "og", "twitter", "link stylesheet", "link other")}
    found |= {f"images with {name}": share(sizes[name], tags["img"]) for name in ("lazy", "srcset", "alt")}
    found |= {f"links {name}": share(links[name], tags["a"]) for name in ("absolute", "fragment", "text")}
    return found


def pairs_of(html: str) -> dict[str, float]:
    """Which element stands in which: shares of all elements."""
    counts: Counter[str] = Counter()
    for node in LexborHTMLParser(html).css("*"):
        tag, parent = node.tag or "", node.parent.tag if node.parent else ""
        if tag in TAGS and parent in TAGS:
            counts[f"{parent} > {tag}"] += 1
    return {name: count / counts.total() for name, count in counts.items()}


def block_features(texts: Sequence[str], paths: Sequence[str]) -> dict[str, float]:
    lengths = np.array([len(text) for text in texts] or [0])
    linked = np.array(["/a/" in f"{path}/" for path in paths] or [False])
    found = {"blocks": np.log1p(len(texts)), "text": np.log1p(lengths.sum()), "longest block": np.log1p(lengths.max())}
    found |= {
        f"block length, {name}": np.log1p(np.quantile(lengths, q))
        for name, q in (("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p90", 0.9))
    }
    found |= {f"blocks under {n}": share(int((lengths < n).sum()), len(lengths)) for n in (5, 20, 80)}
    found["blocks over 200"] = share(int((lengths > 200).sum()), len(lengths))
    found["text in blocks over 200"] = share(int(lengths[lengths > 200].sum()), int(lengths.sum()))
    found["blocks inside links"] = float(linked.mean())
    found["text inside links"] = share(int(lengths[linked].sum()), int(lengths.sum()))
    depths = [path.count("/") for path in paths] or [0]
    found["depth of text, median"] = float(np.median(depths))
    found["kinds of paths"] = share(len(set(paths)), len(paths))
    return found


def body_features(sample: Sample) -> dict[str, float]:
    """How much of the visible words is the article's, and where they stand."""
    gold = sample.gold.blocks or ()
    counts = np.array([len(tokenise(block.text)) for block in gold if not block.hidden] or [0])
    body = np.array([block.label in ("body", "post") for block in gold if not block.hidden] or [False])
    before = np.cumsum(counts) - counts
    places = before[body] / max(counts.sum(), 1)
    return {
        "boilerplate share": 1 - share(int(counts[body].sum()), int(counts.sum())),
        "words of the article": np.log1p(counts[body].sum()),
        "start of the article": float(places.min()) if len(places) else 1.0,
        "end of the article": float(places.max()) if len(places) else 1.0,
        "runs of the article": np.log1p(np.count_nonzero(np.diff(body.astype(int)) == 1)),
    }


def row_of(corpus: str, folder: str, id: str) -> Row | None:
    opened = open_corpus(folder)
    sample = opened.load(id)
    if sample.gold.blocks is None or (corpus == "wcxb" and sample.gold.about.page_type != "article"):
        return None
    found = features(sample)
    about = sample.gold.about
    return found and Row(corpus, id, about.family or about.site or id, found, pairs_of(decode(sample.page)[0]))


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
        said[test] = forest.predict_proba(x[test])[:, 1]
        importance += forest.feature_importances_ / FOLDS
    rng = np.random.default_rng(SEED)
    by_group = {group: np.flatnonzero(groups == group) for group in set(groups)}
    keys = sorted(by_group)
    drawn: list[float] = []
    while len(drawn) < RESAMPLES:
        chosen = np.concatenate([by_group[keys[i]] for i in rng.integers(0, len(keys), len(keys))])
        if 0 < y[chosen].sum() < len(chosen):
            drawn.append(float(roc_auc_score(y[chosen], said[chosen])))
    low, high = interval(np.array(drawn))
    return Told(float(roc_auc_score(y, said)), low, high, dict(zip(names, importance, strict=True)))


def quantiles(rows: Sequence[Row], name: str) -> NDArray[np.float64]:
    return np.quantile([row.features[name] for row in rows], [0.1, 0.5, 0.9])


def shown(values: NDArray[np.float64]) -> str:
    return " / ".join(f"{value:.3g}" for value in values)


def without_lengths(rows: Sequence[Row]) -> list[Row]:
    return [
        replace(row, features={name: value for name, value in row.features.items() if not _LENGTHS.search(name)})
        for row in rows
    ]


def only_pairs(rows: Sequence[Row]) -> list[Row]:
    return [replace(row, features=row.pairs) for row in rows]


VIEWS = {
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


def report(compared: Sequence[Compared], core: Sequence[Row], real: Sequence[Row], most: int) -> str:
    lines = [
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
    told = compared[0].told["all features"]
    for name, weight in sorted(told.importance.items(), key=lambda item: -item[1])[:most]:
        shown_name = name.replace("<", "&lt;")
        lines.append(
            f"| {shown_name} | {weight:.3f} | {shown(quantiles(core, name))} | {shown(quantiles(real, name))} |"
        )
    return "\n".join(lines)


def figure(compared: Sequence[Compared]) -> bytes:
    """AUC with intervals, as SVG."""
    import altair
    import pandas
    import vl_convert

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
    return str(vl_convert.vegalite_to_svg(chart.to_json())).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aeb", required=True, help="article-extraction-benchmark's folder")
    parser.add_argument("--wcxb", required=True, help="WCXB's folder")
    parser.add_argument("--core", default="core", help="another set to hold against them, such as a fresh draw")
    parser.add_argument("--most", type=int, default=12, help="features to list")
    parser.add_argument("--write", action="store_true", help="put the tables into the dataset card")
    options = parser.parse_args()
    try:
        with ProcessPoolExecutor(os.cpu_count()) as pool:
            core, aeb, wcxb = (
                read(name, spec, pool)
                for name, spec in (
                    ("core", options.core),
                    ("aeb", f"aeb:{options.aeb}"),
                    ("wcxb", f"wcxb:{options.wcxb}"),
                )
            )
        real = [*aeb, *wcxb]
        compared = [
            compare("the core set from the pooled real corpora", core, real),
            compare("`aeb` from the articles of `wcxb` (yardstick and target)", aeb, wcxb),
            compare("the core set from `aeb`", core, aeb),
            compare("the core set from the articles of `wcxb`", core, wcxb),
        ]
        text = report(compared, core, real, options.most)
        print(text)
        if options.write:
            write_atomically(FIGURE, figure(compared))
            fill(CARD, "realism", f"![How well pages are told apart](figures/realism.svg)\n\n{text}")
    except GoldspanError as error:
        print(f"realism: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
