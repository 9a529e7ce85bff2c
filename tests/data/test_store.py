"""Golds and run files: what is written is read back, and what is damaged is told in one line."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from goldspan.annotate.gold_checks import check_folder
from goldspan.data.corpora import open_corpus
from goldspan.data.files import read_json, write_atomically
from goldspan.data.gold import format_gold, read_sample, sample_to_json, write_sample
from goldspan.data.runs import RunHeader, RunWriter, differences, read_foreign, read_run
from goldspan.data.schema import data_path, validate
from goldspan.errors import CorpusError, GoldspanError, RunFileError
from goldspan.model import Extraction, GoldBlock, Prediction, Sample, Span, System
from tests.helpers import make_corpus, make_sample

HEADER = RunHeader("core", "core", "a" * 64, 2, {"timeout": 30.0})
SYSTEM = System("mine", "1.0", {"fast": "true"}, fields=("title",))
PREDICTIONS = [
    Prediction(
        SYSTEM.key,
        "one",
        "ok",
        Extraction("Text – with “quotes”\nand lines", title="T", authors=("A", "B")),
        "b" * 64,
        1.5,
    ),
    Prediction(SYSTEM.key, "two", "timeout", None, "c" * 64, error="no answer within 30 s", noise="it printed this"),
]


def write_run(path: Path) -> Path:
    with RunWriter(path, HEADER, None) as writer:
        writer.system(SYSTEM, 120.0, "network namespace")
        for prediction in PREDICTIONS:
            writer.prediction(prediction)
    return path


# golds


def test_a_sample_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """Every part of a gold survives the file: spans, cells, copies, hidden blocks, extra text."""
    sample = make_sample()
    blocks = list(sample.gold.blocks or ())
    blocks[3] = replace(blocks[3], spans=(Span(0, 6, "share"),))
    blocks[4] = replace(blocks[4], role="cell", cell=(0, 1, 2))
    extra = (GoldBlock("Only in the script.", "body", "p", source="json-ld"),)
    sample = Sample(sample.page, replace(sample.gold, blocks=tuple(blocks), extra=extra))
    write_sample(tmp_path / sample.id, sample)
    assert read_sample(tmp_path / sample.id) == sample


def test_gold_has_one_block_a_line(tmp_path: Path) -> None:
    """A changed label is a one-line difference."""
    sample = make_sample()
    write_sample(tmp_path / sample.id, sample)
    lines = (tmp_path / sample.id / "gold.json").read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('{"label"') for line in lines) == len(sample.gold.blocks or ())


def test_written_gold_fits_its_schema() -> None:
    assert validate("gold", sample_to_json(make_sample()), "here") == []


def test_a_clean_folder_has_no_incidents(tmp_path: Path) -> None:
    incidents, samples = check_folder(make_corpus(tmp_path))
    assert (incidents, samples) == ([], 3)


def test_shipped_golds_are_written_as_they_were_read() -> None:
    """To the byte: a change of the mapping shows in no file."""
    for path in sorted(data_path("annotations", "pages").glob("*/gold.json")):
        stored = path.read_bytes()
        page = json.loads(stored)["page"]["file"]
        assert format_gold(sample_to_json(read_sample(path.parent), page)) == stored, path


def damage_schema(folder: Path) -> None:
    edit(folder, lambda data: data["blocks"][0].update(label="menu"))


def damage_key(folder: Path) -> None:
    edit(folder, lambda data: data.pop("stream"))


def damage_page(folder: Path) -> None:
    (folder / "page.html").write_bytes(b"<p>another page</p>")


def damage_path(folder: Path) -> None:
    edit(folder, lambda data: data["page"].update(file="../secret"))


def damage_json(folder: Path) -> None:
    path = folder / "gold.json"
    path.write_bytes(path.read_bytes()[:-20])


def damage_span(folder: Path) -> None:
    edit(folder, lambda data: data["blocks"][0].update(spans=[{"start": 0, "end": 9999, "label": "body"}]))


def damage_copy(folder: Path) -> None:
    edit(folder, lambda data: data["blocks"][0].update(duplicate_of=0))


def damage_missing(folder: Path) -> None:
    (folder / "page.html").unlink()


def damage_nul(folder: Path) -> None:
    (folder / "gold.json").write_bytes(b"\x00" * 100)


def edit(folder: Path, change: object) -> None:
    path = folder / "gold.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)  # type: ignore[operator]
    path.write_text(json.dumps(data), encoding="utf-8")


DAMAGES = {
    damage_schema: "'menu' is not one of",
    damage_key: "'stream' is a required property",
    damage_page: "hash differs",
    damage_path: "page/file",
    damage_json: "not valid JSON",
    damage_span: "outside its block",
    damage_copy: "itself a copy",
    damage_missing: "is missing",
    damage_nul: "not valid JSON",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_sample_is_told_in_one_line(tmp_path: Path, damage: object) -> None:
    """Reading raises one line, and check gives an incident of level error; neither ends in a traceback."""
    folder = make_corpus(tmp_path, 1) / "en-heron-0"
    damage(folder)  # type: ignore[operator]
    with pytest.raises(CorpusError) as caught:
        open_corpus(str(tmp_path)).load("en-heron-0")
    assert DAMAGES[damage] in str(caught.value)  # type: ignore[index]
    assert "\n" not in str(caught.value)
    incidents, _ = check_folder(tmp_path)
    assert [incident.level for incident in incidents][:1] == ["error"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_or_utf_16_in_json_is_accepted(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a": "é"}', encoding=encoding)
    assert read_json(path) == {"a": "é"}


def test_a_changed_gold_does_not_pass_the_manifest(tmp_path: Path) -> None:
    """A label that was changed by hand is seen, by loading and by check."""
    make_corpus(tmp_path, 2)
    ids = ["en-heron-0", "en-heron-1"]
    corpus = open_corpus(str(tmp_path))
    manifest = {"corpus": "mine", "version": "1", "samples": {name: corpus.read.hashes(name) for name in ids}}  # type: ignore[attr-defined]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert check_folder(tmp_path)[0] == []
    edit(tmp_path / ids[1], lambda data: data["blocks"][0].update(label="footer"))
    with pytest.raises(CorpusError, match="manifest"):
        open_corpus(str(tmp_path)).load(ids[1])
    assert any("manifest" in str(incident) for incident in check_folder(tmp_path)[0])


def test_the_same_page_twice_is_an_incident(tmp_path: Path) -> None:
    make_corpus(tmp_path, 1)
    write_sample(tmp_path / "en-copy", replace_id(read_sample(tmp_path / "en-heron-0"), "en-copy"))
    assert any("its page is that of" in str(incident) for incident in check_folder(tmp_path)[0])


def replace_id(sample: Sample, name: str) -> Sample:
    return Sample(replace(sample.page, id=name), sample.gold)


def test_a_plain_text_page_can_be_held(tmp_path: Path) -> None:
    """Each line of a plain text is a block, and check is content with it."""
    text = "Read everything in one app.\nThe Valley Gazette\n\nHeron returns\nA grey heron was seen again on Tuesday.\n"
    sample = make_sample()
    page = replace(sample.page, id="en-plain", data=text.encode(), media="text")
    labels = ("app-promo", "source", "title", "body")
    blocks = tuple(
        GoldBlock(line, label) for line, label in zip([x for x in text.split("\n") if x], labels, strict=True)
    )
    gold = replace(sample.gold, blocks=blocks, metadata={"title": "Heron returns"})
    write_sample(tmp_path / "en-plain", Sample(page, gold))
    assert check_folder(tmp_path) == ([], 1)


def test_the_aggregator_case_fits_the_taxonomy(tmp_path: Path, shared_corpora: Path) -> None:
    """The text of a real wire-story page can be labelled in full and held."""
    path = shared_corpora.parent / "cases" / "aggregator.txt"
    text = path.read_text(encoding="utf-8")
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    start = next(i for i, line in enumerate(lines) if line.startswith("The Kremlin said"))
    end = next(i for i, line in enumerate(lines) if line == "Reuters")
    labels = ["app-promo"] * 4 + ["source"] * 2 + ["kicker", "byline", "title"] + ["body"] * (end - start) + ["source"]
    labels += ["paywall"] * 2 + ["login"] + ["related"] * 2
    labels += ["paywall", "login", "related"]
    labels += ["paywall"] * (len(lines) - len(labels))
    sample = make_sample()
    page = replace(sample.page, id="aggregator", data=text.encode(), media="text")
    blocks = tuple(GoldBlock(" ".join(line.split()), label) for line, label in zip(lines, labels, strict=True))
    write_sample(tmp_path / "aggregator", Sample(page, replace(sample.gold, blocks=blocks, metadata={})))
    assert check_folder(tmp_path) == ([], 1)


def test_writing_atomically_leaves_nothing_behind_on_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(GoldspanError):
        write_atomically(tmp_path / "file", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# run files


def test_a_run_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run.jsonl"))
    assert run.header == HEADER
    assert run.systems[SYSTEM.key].system == SYSTEM
    assert list(run.systems[SYSTEM.key].predictions.values()) == PREDICTIONS
    assert not run.torn


def test_a_run_file_is_written_again_to_the_byte(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run.jsonl")
    run = read_run(path)
    assert run.header is not None
    with RunWriter(tmp_path / "again.jsonl", run.header, None) as writer:
        for part in run.systems.values():
            writer.system(part.system, part.start_ms, part.guard)
            for prediction in part.predictions.values():
                writer.prediction(prediction)
    assert (tmp_path / "again.jsonl").read_bytes() == path.read_bytes()


def test_every_line_fits_the_schema(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run.jsonl")
    for line in path.read_text(encoding="utf-8").splitlines():
        assert validate("run", json.loads(line), "line") == []


def test_a_torn_last_line_is_dropped_and_resumed_over(tmp_path: Path) -> None:
    """Whatever byte a kill stops at, the whole lines before it are kept and the file goes on from them."""
    whole = write_run(tmp_path / "run.jsonl").read_bytes()
    header = whole.index(b"\n") + 1
    for cut in range(header, len(whole)):
        path = tmp_path / "cut.jsonl"
        path.write_bytes(whole[:cut])
        run = read_run(path)
        assert run.torn == (whole[cut - 1 : cut] != b"\n")
        with RunWriter(path, HEADER, run):
            pass
        assert whole.startswith(path.read_bytes())
        assert path.read_bytes().endswith(b"\n")


def test_a_run_of_another_corpus_is_told_apart() -> None:
    assert differences(HEADER, HEADER) == []
    assert "corpus" in differences(HEADER, replace(HEADER, digest="f" * 64))[0]
    assert "timeout" in differences(HEADER, replace(HEADER, limits={"timeout": 5.0}))[0]


def bad_runs() -> dict[str, bytes]:
    good = b'{"type": "run", "run_version": 1, "corpus": "core", "pages": 1, "digest": "%s", "limits": {}}\n' % (
        b"a" * 64
    )
    system = b'{"type": "system", "key": "m@1", "name": "m", "version": "1"}\n'
    page = b'{"type": "prediction", "system": "m@1", "id": "p", "status": "ok", "text": "x"}\n'
    return {
        "empty": b"",
        "not json": good + b"{nonsense}\n",
        "nul bytes": good + b"\x00\x00\n",
        "another version": good.replace(b'"run_version": 1', b'"run_version": 9'),
        "no header": system + page,
        "page twice": good + system + page + page,
        "unknown system": good + page,
        "wrong status": good + system + page.replace(b'"ok"', b'"fine"'),
        "text is a number": good + system + page.replace(b'"x"', b"3"),
        "wrong hash": good + system + page.replace(b'"ok"', b'"ok", "page_sha256": "abc"'),
        "time below zero": good + system + page.replace(b'"ok"', b'"ok", "ms": -1'),
        "no id": good + system + page.replace(b'"id": "p", ', b""),
        "not utf-8": good + system + page.replace(b'"x"', b'"\xff"'),
        "a list": good + b"[1, 2]\n",
        "two headers": good + good,
        "deep": good + b"[" * 100_000 + b"]" * 100_000 + b"\n",
    }


@pytest.mark.parametrize("fault", bad_runs())
def test_a_damaged_run_file_is_told_in_one_line(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(bad_runs()[fault])
    with pytest.raises(RunFileError) as caught:
        read_run(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_fault_of_a_line_is_named(tmp_path: Path) -> None:
    """Which value, and what is wrong with it; not that the line is none of three kinds."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(bad_runs()["wrong status"])
    with pytest.raises(RunFileError, match="line 3 is no line of a run file: status: 'fine' is not one of"):
        read_run(path)


def test_a_truncated_gz_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl.gz"
    path.write_bytes(gzip.compress(write_run(tmp_path / "run.jsonl").read_bytes())[:-12])
    with pytest.raises(RunFileError, match="cut short"):
        read_run(path)


def test_two_runs_cannot_write_one_file(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run.jsonl", HEADER, None), pytest.raises(RunFileError, match="another run"):
        RunWriter(tmp_path / "run.jsonl", HEADER, None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("aeb", '{"p": {"articleBody": "Body."}, "q": {"articleBody": ""}}'),
        ("wrapped", '{"version": "2.0", "output": {"p": {"articleBody": "Body."}, "q": {"articleBody": null}}}'),
        ("plain", '{"p": "Body.", "q": null}'),
        ("lines", '{"id": "p", "text": "Body.", "title": "T"}\n{"id": "q", "text": ""}\n'),
    ],
)
def test_predictions_of_other_programs_are_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / f"{name}.json"
    path.write_text(text, encoding="utf-8")
    (system,) = read_foreign(path).systems.values()
    assert system.system.name == name
    assert [p.status for p in system.predictions.values()] == ["ok", "empty"]
    assert system.predictions["p"].extraction is not None
    assert system.predictions["p"].extraction.text == "Body."


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"p": 3}', '{"id": "p"}\n{"id": "p"}', '{"id": "p", "text": "a", "format": "pdf"}']
)
def test_what_is_no_prediction_file_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunFileError):
        read_foreign(path)
