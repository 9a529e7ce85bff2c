"""The set as Parquet: nothing is lost, the features are the stated ones, and datasets opens it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.data.corpora import open_corpus
from goldspan.data.exchange.parquet import features, read_parquet, row_of, write_parquet
from goldspan.data.gold import format_gold, sample_to_json
from goldspan.errors import CorpusError
from goldspan.model import About, Gold, Page, Sample
from tests.helpers import ROOT

CORE = open_corpus("core")


def test_every_sample_comes_back_as_it_was(tmp_path: Path) -> None:
    samples = [CORE.load(name) for name in CORE.ids[::5]]
    assert write_parquet(samples, tmp_path / "x" / "core.parquet") == len(samples)
    for before, after in zip(samples, read_parquet(tmp_path / "x" / "core.parquet"), strict=True):
        assert after.page == before.page
        assert format_gold(sample_to_json(after)) == format_gold(sample_to_json(before))


def test_a_field_that_was_not_annotated_is_not_one_that_is_absent(tmp_path: Path) -> None:
    sample = Sample(
        Page("one", b"<p>One", None),
        Gold(About(page_type="news"), blocks=(), metadata={"title": None, "published": "2017-02"}),
    )
    write_parquet([sample], tmp_path / "one.parquet")
    [back] = read_parquet(tmp_path / "one.parquet")
    assert dict(back.gold.metadata) == {"title": None, "published": "2017-02"}


def test_the_text_is_the_article_without_copies_and_spans() -> None:
    page = next(name for name in CORE.ids if any(b.duplicate_of is not None for b in CORE.load(name).gold.blocks or ()))
    row = row_of(CORE.load(page))
    for block in row["blocks"]:
        if block["label"] not in ("body", "post") and len(block["text"]) > 80 and block["duplicate_of"] is None:
            assert block["text"] not in row["text"]
    assert set(row) == set(features())


def test_samples_without_blocks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no labelled blocks"):
        write_parquet([Sample(Page("one", b"x"), Gold(About(), None))], tmp_path / "x.parquet")


def test_datasets_opens_what_the_script_builds(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "scripts" / "studies" / "build_dataset.py"), "--out", str(tmp_path / "set")]
    subprocess.run(script, check=True, capture_output=True)
    code = (
        "import datasets, sys\n"
        "found = datasets.load_dataset(sys.argv[1], split='test')\n"
        "row = found[0]\n"
        "print(len(found), type(row['metadata']['published']).__name__, row['blocks'][0]['label'])\n"
    )
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "set")], capture_output=True, text=True, env=environment, check=True
    )
    count, kind, label = done.stdout.split()
    assert (int(count), kind) == (len(CORE), "str")
    assert label
