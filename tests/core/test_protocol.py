"""The line of identity, the digest of a corpus, and what core's data owes."""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest

import goldspan.core
from goldspan.core.protocol import Protocol, corpus_digest, corpus_identity

PROTOCOL = Protocol("core@12345678", 181, "neutral", "body.f1/1")
FOLDER = Path(goldspan.core.__file__).parent
MODULES = sorted(
    ".".join(("goldspan", "core", *path.relative_to(FOLDER).with_suffix("").parts)) for path in FOLDER.rglob("[!_]*.py")
)


def test_the_line() -> None:
    assert str(PROTOCOL) == (
        "core@12345678|n:181|text:whatwg-text/1|tok:2|align:2|policy:neutral|metric:body.f1/1|fail:0|ci:cluster-t/1"
    )


def test_what_differs_is_said() -> None:
    other = replace(PROTOCOL, pages=180, limits="timeout=8")
    assert PROTOCOL.differences(PROTOCOL) == []
    assert PROTOCOL.differences(other) == ["pages 181 against 180", "limits  against timeout=8"]


def test_the_digest_of_a_corpus_is_that_of_its_sorted_samples() -> None:
    expected = hashlib.sha256(b"a 11\nb 22\n").hexdigest()
    assert corpus_digest({"b": "22", "a": "11"}) == corpus_digest({"a": "11", "b": "22"}) == expected
    assert corpus_digest({"\ud800": "1"}) == hashlib.sha256(b"\xed\xa0\x80 1\n").hexdigest()
    assert corpus_identity("core", "123456789abc") == "core@12345678"


@pytest.mark.parametrize("name", MODULES)
def test_data_is_frozen(name: str) -> None:
    """Nobody changes what somebody else holds: dataclasses are frozen, and have slots unless they cache a property."""
    module = import_module(name)
    for kind in vars(module).values():
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == name:
            assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
            has_properties = any(type(value).__name__ == "cached_property" for value in vars(kind).values())
            assert has_properties or "__slots__" in vars(kind), kind
            if fields(kind):
                with pytest.raises(FrozenInstanceError):
                    kind.__setattr__(object.__new__(kind), fields(kind)[0].name, 1)
