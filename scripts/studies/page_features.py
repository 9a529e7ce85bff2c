"""The structure of a page as figures by name: its markup, its blocks, and where its article stands. No words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from selectolax.lexbor import LexborHTMLParser, LexborNode

from goldspan.core.text import build_stream, decode, tokenise
from goldspan.model import Sample

LATIN = 0.8  # share of the letters that makes a page one in Latin script
TAGS = (
    "a article aside b br button div em figure footer form h1 h2 h3 h4 header i iframe img input label li link "
    "main meta nav noscript ol option p path picture script section source span strong "
    "style sub sup svg table td time title tr ul"
).split()
COUNTED = ("a", "div", "img", "li", "link", "meta", "p", "script", "span", "style")
ATTRIBUTES = ("alt aria class data href id on rel role style tabindex target title itemprop").split()
CLASSES = {
    "digit": r"\d",
    "__": "__",
    "--": "--",
    "_": "(?<!_)_(?!_)",
    "-": "(?<!-)-(?!-)",
    "capital": "[A-Z]",
}
LAZY = ("loading", "data-src", "data-original", "data-lazy-src")
_PREFIXES = {"data": "data-", "aria": "aria-", "on": "on"}
_LETTERS = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


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


@dataclass
class Markup:
    """What is counted of a page's elements."""

    tags: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    classes: list[str] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)

    def count(self, node: LexborNode, depth: int) -> None:
        """Count an element; text, comments and the document itself are none."""
        tag = node.tag or ""
        if tag.startswith(("-", "!", "_")):
            return
        self.tags[tag] += 1
        self.depths.append(depth)
        names = node.attributes
        for name, value in names.items():
            self.attributes[_kind_of(name)] += 1
            if name == "class":
                self.classes += (value or "").split()
        if tag == "a":
            self._count_link(node, names.get("href") or "")
        elif tag in ("script", "style"):
            self._count_script(node, tag, names)
        elif tag == "meta":
            self.sizes["og"] += (names.get("property") or "").startswith(("og:", "article:", "fb:"))
            self.sizes["twitter"] += (names.get("name") or "").startswith("twitter:")
        elif tag == "link":
            self.sizes[f"link {'stylesheet' if 'stylesheet' in (names.get('rel') or '') else 'other'}"] += 1
        elif tag == "img":
            self.sizes["lazy"] += any(name in names for name in LAZY)
            self.sizes["srcset"] += any("srcset" in name for name in names)
            self.sizes["alt"] += bool(names.get("alt"))

    def _count_link(self, node: LexborNode, href: str) -> None:
        self.links["absolute"] += href.startswith(("http", "//"))
        self.links["fragment"] += href.startswith(("#", "javascript"))
        self.links["text"] += len(node.text(deep=True).strip())

    def _count_script(self, node: LexborNode, tag: str, names: Mapping[str, str | None]) -> None:
        size, is_json = len(node.text(deep=True)), "json" in (names.get("type") or "")
        self.sizes[tag] += size
        self.sizes["remote"] += "src" in names
        self.sizes["json"] += is_json
        self.sizes["json text"] += size if is_json else 0


def markup_of(html: str) -> Markup:
    markup, root = Markup(), LexborHTMLParser(html).root
    stack = [(root, 0)] if root else []
    while stack:
        node, depth = stack.pop()
        markup.count(node, depth)
        children = list(node.iter(include_text=False))
        if children:
            markup.widths.append(len(children))
        stack += [(child, depth + 1) for child in children]
    return markup


def tree_features(html: str) -> dict[str, float]:
    markup = markup_of(html)
    tags, attributes, classes, sizes = markup.tags, markup.attributes, markup.classes, markup.sizes
    elements = tags.total()
    found: dict[str, float] = {"elements": np.log1p(elements)}
    found |= {f"<{tag}> share": share(tags[tag], elements) for tag in TAGS}
    found |= {f"<{tag}>": np.log1p(tags[tag]) for tag in COUNTED}
    found["kinds of tags"] = len(tags)
    found["own tags"] = sum("-" in tag for tag in tags)
    for name, quantile in (("median", 0.5), ("p90", 0.9), ("largest", 1.0)):
        found[f"depth, {name}"] = float(np.quantile(markup.depths, quantile))
        found[f"children, {name}"] = np.log1p(np.quantile(markup.widths, quantile))
    found["attributes an element"] = share(attributes.total(), elements)
    found |= {f"{name} an element": share(attributes[name], elements) for name in ATTRIBUTES}
    found["kinds of attributes"] = len(attributes)
    found["classes an element"] = share(len(classes), elements)
    found["kinds of classes"] = share(len(set(classes)), len(classes))
    found["class length"] = share(sum(map(len, classes)), len(classes))
    for name, pattern in CLASSES.items():
        found[f"classes with {name}"] = share(sum(bool(re.search(pattern, one)) for one in classes), len(classes))
    for name in ("script", "style", "json text"):
        found[f"{name} share of bytes"] = share(sizes[name], len(html))
    found["remote scripts"] = share(sizes["remote"], tags["script"])
    found |= {name: np.log1p(sizes[name]) for name in ("json", "og", "twitter", "link stylesheet", "link other")}
    found |= {f"images with {name}": share(sizes[name], tags["img"]) for name in ("lazy", "srcset", "alt")}
    found |= {f"links {name}": share(markup.links[name], tags["a"]) for name in ("absolute", "fragment", "text")}
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
