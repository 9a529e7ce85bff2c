#!/usr/bin/env python3
"""Build the data set that is published: the core set as Parquet with explicit features, and its card.

    scripts/studies/build_dataset.py --out dist/core
    python -c "import datasets; print(datasets.load_dataset('dist/core')['test'])"

Dates stay strings. The folder is written whole or not at all.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from goldspan.data.corpora import open_corpus
from goldspan.data.exchange.parquet import write_parquet
from goldspan.data.files import write_folder
from goldspan.data.schema import data_path
from study import launch, parser_of

DATA = "data/test-00000-of-00001.parquet"
"""Where ``datasets`` looks for a split: a benchmark is for testing, so there is no other."""


def main() -> int:
    parser = parser_of(__doc__)
    parser.add_argument("--corpus", default="core", help="another set of labelled samples")
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    options = parser.parse_args()
    corpus = open_corpus(options.corpus)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "data.parquet")
        count = write_parquet(map(corpus.load, corpus.ids), path)
        card = data_path("annotations", "README.md").read_bytes()
        licence = data_path("annotations", "LICENSE.md").read_bytes()
        write_folder(options.out, {DATA: path.read_bytes(), "README.md": card, "LICENSE.md": licence})
    print(f"{count} samples in {options.out}: datasets.load_dataset('{options.out}')", file=sys.stderr)
    return 0


if __name__ == "__main__":
    launch(main)
