"""Pages of a size or shape that nobody expects are scored like others."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.annotate.gold_checks import check_folder
from goldspan.core.metrics import find_metric
from goldspan.core.scoring import measure_sample
from goldspan.core.text import build_stream, decode
from goldspan.data.corpora import open_corpus
from goldspan.data.gold import write_sample
from goldspan.data.schema import load_policy
from goldspan.model import About, Extraction, Gold, GoldBlock, Page, Prediction, Sample, System

BODY = "A grey heron that left the mill pond two winters ago was seen again on Tuesday morning."
PAGES = {
    "30-megabytes": (f"<p>{BODY}</p><!-- " + "x" * 100_000 + " -->") * 300,
    "nested-20000": "<div>" * 20_000 + f"<p>{BODY}</p>" + "</div>" * 20_000,
    "nul-bytes": f"<p>{BODY}</p>".replace(" ", " \x00"),
    "one-long-word": f"<p>{BODY}</p><p>{'w' * 1_000_000}</p>",
    "the-same-word": f"<p>{BODY}</p><p>{'again ' * 100_000}</p>",
    "utf-16": "\ufeff" + f"<p>{BODY}</p>",
}


def sample_of(name: str) -> Sample:
    data = PAGES[name].encode("utf-16-le" if name == "utf-16" else "utf-8")
    page = Page(name, data, encoding=None if name == "utf-16" else "utf-8")
    blocks = tuple(
        GoldBlock(block.text, "body" if block.text == BODY else "other", hidden=block.hidden)
        for block in build_stream(page)
    )
    return Sample(page, Gold(About("en", "news", origin="hand-made"), blocks))


@pytest.mark.parametrize("name", PAGES)
def test_an_unusual_page_is_stored_checked_and_scored(name: str, tmp_path: Path) -> None:
    """The whole text as output: recall is 1, and no step raises."""
    write_sample(tmp_path / name, sample_of(name))
    incidents, _ = check_folder(tmp_path)
    assert [str(incident) for incident in incidents if incident.level == "error"] == []
    sample = open_corpus(str(tmp_path)).load(name)
    assert sample.gold.blocks is not None
    assert decode(sample.page)[0]
    text = "\n".join(block.text for block in sample.gold.blocks)
    prediction = Prediction("all@1", name, "ok", Extraction(text))
    metrics = [find_metric(one) for one in ("body", "leak", "order", "shingle", "words")]
    measured = measure_sample(sample, [System("all", "1")], [prediction], load_policy("neutral"), metrics)
    assert (measured.rows[0].values["body"] or {})["recall"] == 1.0
