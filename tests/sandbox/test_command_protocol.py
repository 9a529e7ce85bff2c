"""The examples of the command protocol work, and what goes over the wire fits its schema."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from goldspan.data.schema import validate
from goldspan.model import Limits, Page
from goldspan.sandbox.messages import encode_request
from goldspan.sandbox.runner import Run
from tests.helpers import ARTICLE

EXAMPLES = Path(__file__).resolve().parents[2] / "benchmark" / "goldspan" / "sandbox" / "examples"
PAGES = {
    "plain": Page("plain", ARTICLE.encode(), encoding="utf-8"),
    "quotes": Page("quotes", '<p>He said "no" \\ and \t left — für immer 😀.</p>'.encode(), encoding="utf-8"),
    "empty": Page("empty", b""),
}


def outputs(spec: str) -> dict[str, str]:
    with Run(spec, Limits(timeout=20)) as run:
        found = {p.id: p for p in run.predictions(list(PAGES), PAGES.__getitem__)}
    return {name: p.extraction.text for name, p in found.items() if p.extraction}


def test_the_example_in_node() -> None:
    if not shutil.which("node"):
        pytest.skip("no node on this machine")
    found = outputs(f"cmd:node {EXAMPLES / 'paragraphs.mjs'}")
    assert found["plain"].startswith("By Ada Ferring\nA grey heron")
    assert found["quotes"] == 'He said "no" \\ and \t left — für immer 😀.'
    assert found["empty"] == ""


def test_the_example_in_shell() -> None:
    found = outputs(f"cmd:sh {EXAMPLES / 'strip.sh'}")
    assert "A grey heron that left the mill pond" in found["plain"]
    assert 'He said "no" \\ and \t left — für immer 😀.' in found["quotes"]
    assert found["empty"].strip() == ""


@pytest.mark.parametrize("content", [{"html": "<p>ü</p>"}, {"data": b"\xff\xfe"}])
def test_requests_fit_the_schema(content: dict[str, object]) -> None:
    assert validate("command", json.loads(encode_request(3, {**content, "url": None})), "request") == []


@pytest.mark.parametrize(
    ("message", "fits"),
    [
        ({"goldspan": 1, "name": "x", "version": "1"}, True),
        ({"goldspan": 2, "name": "x", "version": "1"}, False),
        ({"id": "1", "text": "x", "authors": ["A"]}, True),
        ({"id": "1", "error": "why"}, True),
        ({"id": "1"}, False),
    ],
)
def test_messages_of_extractors_fit_the_schema_or_do_not(message: dict[str, object], fits: bool) -> None:
    assert (validate("command", message, "message") == []) is fits
