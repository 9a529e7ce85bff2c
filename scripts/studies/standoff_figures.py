#!/usr/bin/env python3
"""What the stand-off gold holds, and how far its annotators agree, counted from annotations/standoff alone.

--write puts the tables into annotations/standoff/README.md; --check writes nothing, and exits with 1 if they differ.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from checkout import ANNOTATIONS
from documents import Part, settle
from goldspan.annotate.agreement import Agreement, agreement, votes_of
from goldspan.annotate.agreement_report import KINDS, score
from goldspan.data.corpora.standoff import FILE
from goldspan.data.label_files import read_vector
from study import add_action, launch, parser_of

FOLDER = ANNOTATIONS / "standoff"
CARD = FOLDER / "README.md"
CONFUSED = 10


def holdings(folder: Path) -> str:
    """The set in a few lines."""
    vectors = [read_vector(path) for path in sorted(folder.glob(f"*/{FILE}"))]
    blocks = [block for vector in vectors for block in vector["blocks"]]
    corpora = Counter(vector["corpus"]["kind"] for vector in vectors)
    types = Counter(vector["about"].get("page_type") for vector in vectors)
    sites = {vector["about"].get("site") for vector in vectors}
    return (
        f"{len(vectors)} pages ({', '.join(f'{count} of {kind}' for kind, count in sorted(corpora.items()))}) of "
        f"{len(sites)} sites, {len(blocks):,} blocks. Page types: "
        f"{', '.join(f'{kind} {count}' for kind, count in sorted(types.items(), key=lambda t: (-t[1], str(t[0]))))}."
    )


def tables(found: Agreement) -> str:
    """Alpha, kappa, alpha by label, and what is confused."""
    who = ", ".join(f"{name} ({pages})" for name, pages in found.annotators.items())
    lines = [
        f"{found.pages} pages were labelled twice, by {who}. In brackets 95 % intervals; pages are resampled.",
        "",
        "| | blocks | characters |",
        "| --- | ---: | ---: |",
        "| Krippendorff's alpha | " + " | ".join(score(found.alpha[kind]) for kind in KINDS) + " |",
    ]
    for pair, kappa in found.kappa.items():
        lines.append(f"| Cohen's kappa, {' and '.join(pair)} | " + " | ".join(score(kappa[k]) for k in KINDS) + " |")
    for label, alpha in found.by_label.items():
        lines.append(f"| alpha, {label} against the rest | " + " | ".join(score(alpha[k]) for k in KINDS) + " |")
    confused = sorted(((n, pair) for pair, n in found.confusion.items() if pair[0] != pair[1]), reverse=True)
    shown = ", ".join(f"{' and '.join(pair)} ({number})" for number, pair in confused[:CONFUSED])
    disputed = sum(map(len, found.disputed.values()))
    return "\n".join([*lines, "", f"{disputed} blocks differ. Most often confused, in blocks: {shown}."])


def main() -> int:
    parser = parser_of(__doc__)
    add_action(parser, check=True)
    options = parser.parse_args()
    text = f"{holdings(FOLDER)}\n\n{tables(agreement(votes_of(FOLDER)))}"
    return settle([Part(CARD, "figures", text)], options.action)


if __name__ == "__main__":
    launch(main)
