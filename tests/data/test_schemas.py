"""Each schema by itself, in a plain validator: it takes its good examples and rejects each bad one.

A file below ``examples/<schema>/positive`` or ``negative`` is a test. A bad file has one fault, and is named after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from goldspan.model import FIELDS, Status, TextFormat

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
EXAMPLES = Path(__file__).parent / "examples"
KINDS = sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json"))
LABELS = json.loads((SCHEMAS / "labels.json").read_text(encoding="utf-8"))


def schema_of(kind: str) -> Any:
    return json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))


def faults(path: Path) -> list[str]:
    validator = Draft202012Validator(schema_of(path.parts[-3]))
    return [error.message for error in validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))]


def examples(side: str) -> Any:
    paths = sorted(EXAMPLES.glob(f"*/{side}/*.json"))
    return pytest.mark.parametrize("path", paths, ids=lambda path: f"{path.parts[-3]}-{path.stem}")


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of a schema, however deep."""
    if isinstance(schema, dict):
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from nodes(inner)


@examples("positive")
def test_a_good_example_fits(path: Path) -> None:
    assert faults(path) == []


@examples("negative")
def test_a_bad_example_has_its_one_fault(path: Path) -> None:
    assert len(faults(path)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_has_good_and_bad_examples_and_refers_to_itself_alone(kind: str) -> None:
    schema = schema_of(kind)
    Draft202012Validator.check_schema(schema)
    assert all(list((EXAMPLES / kind / side).glob("*.json")) for side in ("positive", "negative"))
    assert all(node["$ref"].startswith("#/$defs/") for node in nodes(schema) if isinstance(node.get("$ref"), str))


def test_every_example_is_of_a_schema() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir()) == KINDS


@pytest.mark.parametrize("path", sorted((SCHEMAS / "policies").glob("*.json")), ids=lambda path: path.stem)
def test_a_shipped_policy_fits_its_schema(path: Path) -> None:
    validator = Draft202012Validator(schema_of("policy"))
    assert validator.is_valid(json.loads(path.read_text(encoding="utf-8")))


LISTS = {
    "label": list(chain.from_iterable(LABELS["groups"].values())),
    "role": LABELS["roles"],
    "page_type": LABELS["page_types"],
}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("gold", ("label", "role", "page_type")),
        ("standoff", ("label", "role", "page_type")),
        ("policy", ("page_type",)),
    ],
)
def test_the_lists_in_a_schema_are_those_of_the_labels(kind: str, names: tuple[str, ...]) -> None:
    """``labels.json`` is the one list; the schemas hold copies of it."""
    assert {name: schema_of(kind)["$defs"][name]["enum"] for name in names} == {name: LISTS[name] for name in names}


def test_the_rules_of_a_policy_speak_of_the_labels() -> None:
    pattern = f"^({'|'.join(LISTS['label'])})(/({'|'.join(LISTS['role'])}))?$"
    assert schema_of("policy")["$defs"]["label_or_role"]["pattern"] == pattern


def enums(schema: Any, name: str) -> list[list[str]]:
    """The lists that the property of that name, or its items, may be of."""
    found = [node["properties"][name] for node in nodes(schema) if name in node.get("properties", {})]
    return [one.get("items", one)["enum"] for one in found if "enum" in one.get("items", one)]


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [(kind, "status", get_args(Status)) for kind in ("predictions", "result", "run")]
    + [(kind, "format", get_args(TextFormat)) for kind in ("command", "predictions", "run")]
    + [(kind, "fields", FIELDS) for kind in ("command", "system")],
)
def test_the_lists_in_a_schema_are_those_of_the_data_model(kind: str, name: str, values: tuple[str, ...]) -> None:
    assert list(values) in enums(schema_of(kind), name)
