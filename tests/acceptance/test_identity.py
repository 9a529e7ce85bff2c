"""Whatever moves a figure moves the protocol line; what moves none leaves it as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import goldspan
from goldspan.core.metrics import find_metric
from goldspan.core.protocol import Protocol, limits_in
from goldspan.data.corpora.base import Corpus, sample_digest
from goldspan.data.corpora.projection import PROJECTION, project_sample
from goldspan.data.schema import data_path
from goldspan.errors import RunFileError
from goldspan.model import GoldBlock, Sample, Snippets, Span
from tests.helpers import make_corpus, make_sample


def sample() -> Sample:
    """A sample that has every part that a sample can have."""
    made = make_sample()
    blocks = made.gold.blocks or ()
    mixed = replace(blocks[3], spans=(Span(2, 6, "share"),))
    cell = replace(blocks[4], role="cell", cell=(0, 1, 2))
    copy = replace(blocks[5], duplicate_of=0)
    gold = replace(
        made.gold,
        blocks=(*blocks[:3], mixed, cell, copy, *blocks[6:]),
        extra=(GoldBlock("More of it", "body", "p", source="json-ld"),),
        reference="A grey heron",
        snippets=Snippets(("heron",), ("kettles",)),
        coverage=0.9,
        about=replace(made.gold.about, family="wire", article="en/heron", site="heron.example"),
    )
    return replace(made, gold=gold)


def about(**values: str) -> Callable[[Sample], Sample]:
    return lambda one: replace(one, gold=replace(one.gold, about=replace(one.gold.about, **values)))  # type: ignore[arg-type]


def gold(**values: Any) -> Callable[[Sample], Sample]:
    return lambda one: replace(one, gold=replace(one.gold, **values))


def page(**values: Any) -> Callable[[Sample], Sample]:
    return lambda one: replace(one, page=replace(one.page, **values))


def block(number: int, **values: Any) -> Callable[[Sample], Sample]:
    def change(one: Sample) -> Sample:
        blocks = list(one.gold.blocks or ())
        blocks[number] = replace(blocks[number], **values)
        return replace(one, gold=replace(one.gold, blocks=tuple(blocks)))

    return change


MOVING = {
    "a byte of the page": page(data=b"<p>Another page"),
    "the URL": page(url="https://other.example/"),
    "the charset of the header": page(charset="latin1"),
    "the encoding": page(encoding="latin1"),
    "the kind of page": page(media="text"),
    "the language": about(language="fr"),
    "the page type": about(page_type="forum"),
    "the family": about(family="tabloid"),
    "the article": about(article="en/other"),
    "the site": about(site="other.example"),
    "a block's text": block(3, text="A grey goose that left"),
    "a block's label": block(3, label="caption"),
    "a block's role": block(3, role="h2"),
    "a block's cell": block(4, cell=(0, 2, 1)),
    "whether a block is hidden": block(3, hidden=True),
    "what a block copies": block(5, duplicate_of=1),
    "where a span ends": block(3, spans=(Span(2, 7, "share"),)),
    "a span's label": block(3, spans=(Span(2, 6, "login"),)),
    "the text outside the stream": gold(extra=(GoldBlock("Less of it", "body", "p", source="json-ld"),)),
    "the reference": gold(reference="A grey"),
    "a wanted snippet": gold(snippets=Snippets(("goose",), ("kettles",))),
    "an unwanted snippet": gold(snippets=Snippets(("heron",), ("pots",))),
    "the title": gold(metadata={"title": "Goose returns", "authors": ["Ada Ferring"], "published": None}),
    "a field that nobody looked for": gold(metadata={"title": "Heron returns to the mill pond"}),
    "the coverage": gold(coverage=0.7),
}
STAYING = {
    "the canary": gold(canary="goldspan-other"),
    "who labelled it": gold(provenance={"annotators": ["ada"]}),
    "when it was fetched": page(captured="2026-01-01"),
}


def line_of(one: Sample) -> str:
    """The protocol line of a corpus that holds this sample alone."""
    corpus = Corpus("mine", (one.id,), {one.id: one}.__getitem__)
    return goldspan.score("nothing", corpus, metrics="body").protocol


@pytest.mark.parametrize("change", MOVING.values(), ids=MOVING)
def test_every_part_of_a_sample_moves_the_line(change: Callable[[Sample], Sample]) -> None:
    before = sample()
    after = change(before)
    assert after != before
    assert sample_digest(after) != sample_digest(before)


@pytest.mark.parametrize("change", STAYING.values(), ids=STAYING)
def test_what_moves_no_figure_leaves_the_line(change: Callable[[Sample], Sample]) -> None:
    before = sample()
    assert change(before) != before
    assert sample_digest(change(before)) == sample_digest(before)


def test_the_digest_stands_in_the_line() -> None:
    assert line_of(sample()) != line_of(MOVING["the site"](sample()))
    assert line_of(sample()) == line_of(STAYING["the canary"](sample()))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return make_corpus(tmp_path / "pages")


def other_rules(folder: Path, name: str, **rules: str) -> str:
    """A policy file, made of the shipped one."""
    data = json.loads(data_path("schemas", "policies", f"{name}.json").read_text(encoding="utf-8"))
    data.setdefault("labels", {}).update(rules)
    path = folder / f"{name}-{len(rules)}.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "given",
    [
        {"policy": "full"},
        {"policy": "strict"},
        {"metrics": "leak"},
        {"metrics": "words"},
        {"timeout": 0.4},
        {"memory": 512},
    ],
    ids=str,
)
def test_options_that_move_figures_move_the_line(corpus: Path, given: dict[str, Any]) -> None:
    assert goldspan.score("nothing", corpus, **given).protocol != goldspan.score("nothing", corpus).protocol


@pytest.mark.parametrize("given", [{"jobs": 2}, {"by": "language"}, {"metrics": "body"}], ids=str)
def test_options_that_move_none_leave_the_line(corpus: Path, given: dict[str, Any]) -> None:
    assert goldspan.score("nothing", corpus, **given).protocol == goldspan.score("nothing", corpus).protocol


def test_a_policy_is_named_after_its_rules(corpus: Path, tmp_path: Path) -> None:
    usual = goldspan.score("everything", corpus).protocol
    copy = goldspan.score("everything", corpus, policy=other_rules(tmp_path, "neutral")).protocol
    other = goldspan.score("everything", corpus, policy=other_rules(tmp_path, "neutral", title="content")).protocol
    assert copy == usual
    assert "|policy:neutral|" in usual
    assert "|policy:neutral@" in other


def test_another_text_under_stand_off_labels_moves_the_line(corpus: Path) -> None:
    projected = Corpus("mine", ("a",), {"a": make_sample("a")}.__getitem__, label=project_sample, labelling=PROJECTION)
    assert replace(projected, labelling="projection/next").digest != projected.digest


@pytest.mark.parametrize("version", ["text", "tokens", "align", "policy", "metric", "corpus", "limits"])
def test_every_version_stands_in_the_line(version: str) -> None:
    protocol = Protocol("core@12345678", 3, "neutral", "body.f1/1")
    assert str(replace(protocol, **{version: "other"})) != str(protocol)


def test_a_metrics_version_stands_in_the_line() -> None:
    body = find_metric("body")
    assert replace(body, version=body.version + 1).identity != body.identity


def test_limits_are_read_back() -> None:
    protocol = Protocol("core@12345678", 3, "neutral", "body.f1/1", limits="timeout=0.4")
    assert limits_in(str(protocol)) == "timeout=0.4"
    assert limits_in(str(replace(protocol, limits=""))) == ""


def test_runs_under_different_limits_are_not_compared(corpus: Path, tmp_path: Path) -> None:
    goldspan.run("nothing", corpus, timeout=5, save=tmp_path / "a.jsonl")
    with pytest.raises(RunFileError, match="different limits"):
        goldspan.compare(tmp_path / "a.jsonl", "everything", corpus=corpus)
