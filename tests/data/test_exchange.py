"""Samples in the formats of other tools: nothing is lost on the way, and what annotators changed there comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.annotate.provenance import new_provenance, with_changes
from goldspan.data.corpora import open_corpus
from goldspan.data.exchange import FORMATS, read_exchange, write_exchange
from goldspan.data.exchange.brat import read_brat, write_brat
from goldspan.data.exchange.flat_text import flatten, unflatten
from goldspan.data.exchange.label_studio import label_config, sample_of_task, task_of
from goldspan.data.gold import format_gold, read_sample, sample_to_json, write_sample
from goldspan.errors import CorpusError
from goldspan.model import GoldBlock, Page, Sample, Span
from tests.helpers import ARTICLE, LABELS, goldspan, make_corpus, make_sample

CORE = open_corpus("core")


def raw(sample: Sample) -> bytes:
    return format_gold(sample_to_json(sample))


def odd_samples() -> list[Sample]:
    """Everything that a gold can hold: lines, spans at all edges, copies, tables, drafts, plain text."""
    html = (
        "<p>One<br>two <b>three</b><pre>a\tb\n\n  c</pre><table><tr><td>x<td>🜚 y</table><p hidden>One two three"
        "<p>&#x2028;line&#x85;end &amp; <i>“quoted”</i>"
    )
    page = Page("odd-1", html.encode(), None, "utf-8", "utf-8", captured="2024-02-29T12:00:00Z")
    base = make_sample("odd-1", html, ("body", "body", "body", "body", "navigation", "other"))
    texts = [block.text for block in base.gold.blocks or ()]
    blocks = (
        GoldBlock(texts[0], "body", "p", spans=(Span(0, 3, "share"), Span(4, 7, "credit"), Span(8, 13, "title"))),
        GoldBlock(texts[1], "body", "code", spans=(Span(0, len(texts[1]), "other"),)),
        GoldBlock(texts[2], "body", "cell", (0, 0, 0)),
        GoldBlock(texts[3], "body", "cell", (0, 0, 1), spans=(Span(0, 1, "related", duplicate_of=2),)),
        GoldBlock(texts[4], "body", "p", duplicate_of=0, hidden=True),
        GoldBlock(texts[5], "other"),
    )
    extra = (GoldBlock("Only in a script.", "body", source="json-ld"),)
    work = new_provenance(6, ["body"] * 6, "labeller@1") | {"unsure": [3], "changed": [5]}
    done = {name: value for name, value in work.items() if name != "open"}
    gold = replace(base.gold, blocks=blocks, extra=extra, provenance=done)
    plain = Page("odd-2", b"First line\nsecond line", "https://odd.example/", media="text", encoding="utf-8")
    lines = (GoldBlock("First line", "title", "h1"), GoldBlock("second line", "body"))
    return [
        Sample(page, gold),
        Sample(replace(page, id="odd-3"), replace(gold, provenance=work)),
        Sample(plain, replace(base.gold, blocks=lines, canary=None, metadata={"title": None})),
    ]


def samples() -> list[Sample]:
    return [*odd_samples(), *(CORE.load(name) for name in CORE.ids[::25])]


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_lost(format: str, tmp_path: Path) -> None:
    before = sorted(samples(), key=lambda sample: sample.id)
    out = tmp_path / "out"
    assert write_exchange(format, before, out) == len(before)
    after = sorted(read_exchange(format, out), key=lambda sample: sample.id)
    assert [sample.id for sample in after] == [sample.id for sample in before]
    for old, new in zip(before, after, strict=True):
        assert new.page == old.page
        assert raw(new) == raw(old)
        assert raw(with_changes(new)) == raw(old)


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_any_labels_survive_as_marks(data: st.DataObject) -> None:
    sample = CORE.load(data.draw(st.sampled_from(CORE.ids[::9])))
    blocks = []
    for block in sample.gold.blocks or ():
        spans = ()
        if data.draw(st.integers(0, 9)) == 0:
            start = data.draw(st.integers(0, len(block.text) - 1))
            spans = (Span(start, data.draw(st.integers(start + 1, len(block.text))), "share"),)
        blocks.append(replace(block, spans=spans))
    changed = replace(sample, gold=replace(sample.gold, blocks=tuple(blocks)))
    assert raw(unflatten(flatten(changed), "x")) == raw(changed)


# Label Studio


def test_label_studio_finds_tasks_annotations_and_predictions_valid() -> None:
    module = pytest.importorskip("label_studio_sdk.label_interface", reason="label-studio-sdk is not installed")
    interface = module.LabelInterface(label_config())
    interface.validate()
    seen = 0
    for sample in samples():
        task = task_of(sample)
        assert interface.validate_task({"data": task["data"]})
        for answer in (*task["annotations"], *task["predictions"]):
            assert interface.validate_prediction(answer, return_errors=True) == []
            assert interface.validate_annotation(answer)
            seen += len(answer["result"])
    assert seen > 2000
    wrong = task_of(make_sample())["annotations"][0]
    wrong["result"][0]["value"]["labels"] = ["menu"]
    assert interface.validate_prediction(wrong, return_errors=True)


def test_finished_gold_is_an_annotation_and_drafts_are_predictions() -> None:
    done, waiting, _ = odd_samples()
    task = task_of(done)
    assert [len(task["annotations"]), len(task["predictions"])] == [1, 1]
    assert task["predictions"][0]["model_version"] == "labeller@1"
    assert {one["value"]["labels"][0] for one in task["predictions"][0]["result"]} == {"body"}
    task = task_of(waiting)
    assert [len(task["annotations"]), len(task["predictions"])] == [0, 1]


def answered(sample: Sample, change: Any) -> Sample:
    """A sample after an annotator has done something to its task in Label Studio."""
    task = json.loads(json.dumps(task_of(sample)))
    answer = (task["annotations"] or task["predictions"])[0]
    change(answer["result"])
    task["annotations"], task["predictions"] = [{**answer, "completed_by": 3, "was_cancelled": False}], [17]
    return sample_of_task(task, "tasks.json task 0")


def test_what_an_annotator_changed_comes_back() -> None:
    def work(result: list[dict[str, Any]]) -> None:
        first = next(one for one in result if one["type"] == "labels")
        result.remove(first)
        # Two blocks under one region, and a span in a third.
        text = flatten(sample).text
        end = text.index("\n", text.index("\n") + 1)
        result[0]["value"]["labels"] = ["kicker"]
        result.append({"id": "new", "from_name": "label", "to_name": "text", "type": "labels"})
        result[-1]["value"] = {"start": 0, "end": len(text[:end].split("\n")[0]), "labels": ["masthead"]}
        at = text.index("left the mill pond")
        result.append({"id": "zz", "from_name": "label", "to_name": "text", "type": "labels"})
        result[-1]["value"] = {"start": at, "end": at + 4, "labels": ["share"]}

    sample = make_sample()
    blocks = answered(sample, work).gold.blocks or ()
    assert [block.label for block in blocks] == ["masthead", "kicker", *LABELS[2:]]
    assert [(span.label, blocks[3].text[span.start : span.end]) for span in blocks[3].spans] == [("share", "left")]


def test_a_region_over_several_blocks_labels_each() -> None:
    def work(result: list[dict[str, Any]]) -> None:
        whole = {"start": 0, "end": len(flatten(make_sample()).text), "labels": ["other"]}
        result[:] = [{"id": "all", "from_name": "label", "to_name": "text", "type": "labels", "value": whole}]

    assert {block.label for block in answered(make_sample(), work).gold.blocks or ()} == {"other"}


def test_an_answer_of_an_annotator_confirms_what_was_open() -> None:
    waiting = odd_samples()[1]
    assert "open" in waiting.gold.provenance
    assert "open" not in answered(waiting, lambda result: None).gold.provenance


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda task: task["data"].update(text="Another text"), "another than it was"),
        (lambda task: task["annotations"][0]["result"].pop(0), "block 0 has no label"),
        (lambda task: task.update(annotations=task["annotations"] * 2), "2 annotations"),
        (lambda task: task.update(annotations=[], predictions=[]), "no labels"),
        (lambda task: task["data"].update(page="eA=="), "hash differs"),
        (lambda task: task["data"].update(page="§"), "damaged"),
        (lambda task: task["data"].pop("gold"), "no task"),
        (lambda task: task["annotations"][0]["result"][0].update(value=[]), "cannot be read"),
        (lambda task: task["annotations"][0]["result"][0]["value"].update(labels=["menu"]), "menu"),
    ],
)
def test_a_task_that_makes_no_gold_is_refused(spoil: Any, said: str) -> None:
    task = json.loads(json.dumps(task_of(make_sample())))
    spoil(task)
    with pytest.raises(CorpusError, match=said):
        sample_of_task(task, "tasks.json task 0")


# brat


def test_brat_has_a_line_an_entity_and_breaks_it_at_newlines(tmp_path: Path) -> None:
    write_brat(odd_samples()[:1], tmp_path / "out")
    lines = (tmp_path / "out" / "odd-1.ann").read_text(encoding="utf-8").split("\n")
    assert lines[0] == "T1\tbody 0 3;4 13\tOne two three"
    assert "R1\tcopy Arg1:T9 Arg2:T7" in lines
    text = (tmp_path / "out" / "odd-1.txt").read_text(encoding="utf-8")
    for line in lines:
        if line.startswith("T"):
            _, places, words = line.split("\t", 2)
            parts = [tuple(map(int, part.split())) for part in places.split(" ", 1)[1].split(";")]
            assert " ".join(text[start:end] for start, end in parts) == words
    assert "navigation" in (tmp_path / "out" / "annotation.conf").read_text(encoding="utf-8")


def test_a_damaged_line_of_brat_is_named(tmp_path: Path) -> None:
    write_brat([make_sample()], tmp_path / "out")
    path = tmp_path / "out" / "en-heron-1.ann"
    path.write_text("T1\tbody x y\tz\n")
    with pytest.raises(CorpusError, match="line 1 cannot be read"):
        list(read_brat(tmp_path / "out"))


# The command


@pytest.mark.parametrize("format", FORMATS)
def test_export_and_import(format: str, tmp_path: Path) -> None:
    make_corpus(tmp_path / "mine", 2)
    for sample in odd_samples():
        write_sample(tmp_path / "mine" / sample.id, sample)
    goldspan("export", "--to", format, "--corpus", "mine", "--out", "out.x", cwd=tmp_path)
    goldspan("import", "--from", format, "out.x", "--into", "back", cwd=tmp_path)
    for folder in (tmp_path / "mine").iterdir():
        other = tmp_path / "back" / folder.name
        assert [(f.name, f.read_bytes()) for f in files(other)] == [(f.name, f.read_bytes()) for f in files(folder)]
    said = goldspan("import", "--from", format, "out.x", "--into", "back", cwd=tmp_path, code=2).stderr
    assert "there already" in said
    goldspan("import", "--from", format, "out.x", "--into", "back", "--replace", cwd=tmp_path)
    said = goldspan("export", "--to", format, "--corpus", "mine", "--out", "out.x", cwd=tmp_path, code=2).stderr
    assert "there already" in said


def files(folder: Path) -> Sequence[Path]:
    return sorted(folder.iterdir())


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_no_export_is_refused_in_a_line(format: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b'{"gold": 3}')
    said = goldspan("import", "--from", format, "x", cwd=tmp_path, code=2).stderr
    assert said.startswith("goldspan: ")
    assert said.count("\n") == 1
    assert not (tmp_path / "my-samples").exists()


def test_imported_labels_are_held_against_the_drafts(tmp_path: Path) -> None:
    sample = make_sample()
    work = {"annotators": ["ada"], "prelabelled_by": "labeller@1", "drafted": [["body", 8]]}
    goldspan_sample = replace(sample, gold=replace(sample.gold, provenance=work))
    write_sample(tmp_path / "mine" / sample.id, goldspan_sample)
    goldspan("export", "--to", "label-studio", "--corpus", "mine", "--out", "t.json", cwd=tmp_path)
    assert (tmp_path / "t.xml").is_file()
    goldspan("import", "--from", "label-studio", "t.json", "--into", "mine", "--replace", cwd=tmp_path)
    assert read_sample(tmp_path / "mine" / sample.id).gold.provenance["changed"] == [0, 1, 2, 5, 7]
    assert ARTICLE.encode() == (tmp_path / "mine" / sample.id / "page.html").read_bytes()
