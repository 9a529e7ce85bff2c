"""Released gold changes only with a reason, and what was run before can be scored on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.annotate.errata import amend, release
from goldspan.data.corpora import open_corpus
from goldspan.data.corpora.samples import read_manifest
from goldspan.data.gold import format_gold, read_sample
from goldspan.data.schema import data_path
from goldspan.errors import CorpusError, GoldspanError, UsageError
from tests.helpers import goldspan, make_corpus

ID = "en-heron-1"
REASON = "The second paragraph is a caption"


@pytest.fixture
def released(tmp_path: Path) -> Path:
    folder = make_corpus(tmp_path / "set", 3)
    assert release(folder, "1.0.0") == 3
    return folder


def test_a_correction_raises_the_version_and_says_why(released: Path) -> None:
    before = open_corpus(str(released)).digest
    done = amend(released, ID, REASON, {4: "caption", 3: "body/quote", 5: "advertisement"})
    assert done.version == "1.0.1"
    corpus = open_corpus(str(released))
    assert corpus.digest != before
    gold = corpus.load(ID).gold
    assert [(b.label, b.role) for b in (gold.blocks or ())[3:5]] == [("body", "quote"), ("caption", None)]
    [note] = gold.provenance["amended"]
    assert note["reason"] == REASON
    assert note["blocks"] == {"3": "body/p → body/quote", "4": "body/p → caption"}
    amend(released, "en-heron-2", "Its headline is no kicker, but a title", {0: "masthead"})
    text = (released / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.index("## 1.0.2") < text.index("## 1.0.1")
    assert f"`{ID}`: {REASON} (block 3:" in text
    assert read_manifest(released / "manifest.json")["version"] == "1.0.2"


def test_gold_that_was_edited_is_no_corpus_until_it_is_amended(released: Path) -> None:
    path = released / ID / "gold.json"
    path.write_bytes(path.read_bytes().replace(b'"label": "advertisement"', b'"label": "related"'))
    with pytest.raises(CorpusError, match="hash differs"):
        open_corpus(str(released)).load(ID)
    assert amend(released, ID, REASON).line == f"- `{ID}`: {REASON}"
    assert (open_corpus(str(released)).load(ID).gold.blocks or ())[5].label == "related"


def test_what_is_refused(released: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in released.rglob("*") if path.is_file()}
    loose = make_corpus(tmp_path / "loose", 1)
    for folder, id, reason, labels, said in (
        (released, ID, "  x ", {4: "caption"}, "only with a reason"),
        (released, ID, REASON, {}, "as it was released"),
        (released, ID, REASON, {4: "body/p"}, "as it was released"),
        (released, ID, REASON, {4: "menu"}, "no label"),
        (released, ID, REASON, {99: "caption"}, "no block 99"),
        (released, "en-heron-9", REASON, {0: "caption"}, "no released sample"),
        (loose, "en-heron-0", REASON, {4: "caption"}, "not released"),
        (data_path("annotations"), open_corpus("core").ids[0], REASON, {0: "other"}, "composed"),
    ):
        with pytest.raises(GoldspanError, match=said):
            amend(folder, id, reason, labels)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="released already"):
        release(released, "2.0.0")
    assert {path: path.read_bytes() for path in released.rglob("*") if path.is_file()} == before


def test_a_page_is_never_amended_and_gold_with_faults_neither(released: Path) -> None:
    path = released / ID / "gold.json"
    data = json.loads(path.read_bytes())
    data["provenance"]["open"] = [[2, 3]]
    path.write_bytes(format_gold(data))
    with pytest.raises(CorpusError, match="not confirmed"):
        amend(released, ID, REASON)
    (released / ID / "page.html").write_bytes(b"<p>Another page")
    with pytest.raises(CorpusError, match="another than the released one"):
        amend(released, ID, REASON, {4: "caption"})


def test_predictions_of_before_are_scored_on_the_amended_gold(tmp_path: Path) -> None:
    make_corpus(tmp_path / "set", 3)
    assert "released as version 1.0.0" in goldspan("check", "set", "--release", "1.0.0", cwd=tmp_path).stderr
    goldspan("score", "everything", "--corpus", "set", "--save", "run.jsonl", cwd=tmp_path)
    first = json.loads(goldspan("rescore", "run.jsonl", "--json", "-", cwd=tmp_path).stdout)
    done = goldspan("amend", ID, "--in", "set", "--label", "5=body/p", "--reason", "It is no advert", cwd=tmp_path)
    assert "advertisement → body/p" in done.stdout
    said = goldspan("rescore", "run.jsonl", cwd=tmp_path, code=2).stderr
    assert "--amended" in said
    again = json.loads(goldspan("rescore", "run.jsonl", "--amended", "--json", "-", cwd=tmp_path).stdout)
    assert again["protocol"] != first["protocol"]
    assert score(again) > score(first)
    # Other pages are no amendment.
    (tmp_path / "set" / "manifest.json").unlink()
    page = tmp_path / "set" / ID
    make_corpus(tmp_path / "other", 1)
    data = json.loads((page / "gold.json").read_bytes())
    other = json.loads((tmp_path / "other" / "en-heron-0" / "gold.json").read_bytes())
    (page / "page.html").write_bytes((tmp_path / "other" / "en-heron-0" / "page.html").read_bytes())
    (page / "gold.json").write_bytes(format_gold({**data, **{k: other[k] for k in ("page", "stream", "blocks")}}))
    assert read_sample(page).id == ID
    assert "another version of page" in goldspan("rescore", "run.jsonl", "--amended", cwd=tmp_path, code=2).stderr


def score(result: dict[str, object]) -> float:
    return float(result["systems"][0]["scores"]["body.f1"]["value"])  # type: ignore[index, call-overload]


def test_standoff_gold_is_amended_by_its_labels(shared_corpora: Path, tmp_path: Path) -> None:
    found = sorted(data_path("annotations", "standoff").glob("*/standoff.json"))
    if not found:
        pytest.skip("there is no stand-off gold yet")
    folder = tmp_path / "standoff"
    for path in found[:2]:
        (folder / path.parent.name).mkdir(parents=True)
        (folder / path.parent.name / path.name).write_bytes(path.read_bytes())
    goldspan("check", "standoff", "--release", "1.0", cwd=tmp_path)
    id = found[0].parent.name
    number = next(n for n, b in enumerate(json.loads(found[0].read_bytes())["blocks"]) if b["label"] != "other")
    amend(folder, id, "It is nothing of that kind", {number: "other"})
    assert (open_corpus(f"standoff:{folder}").load(id).gold.blocks or ())[number].label == "other"
    path = folder / id / "standoff.json"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(CorpusError, match="hash differs"):
        open_corpus(f"standoff:{folder}").load(id)
