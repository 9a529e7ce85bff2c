"""The JSON Schemas, the list of labels and the policies: where they are, and validation into incidents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from goldspan.core.policy import Labels, Policy, make_policy
from goldspan.errors import UsageError

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

Level = Literal["error", "warning"]
_MOST_INCIDENTS = 20  # of one file; the rest would only bury the first


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that is wrong with a file.

    Attributes:
        level: an error makes the file unusable or its scores wrong; a warning wants a look.
        where: the sample or file.
        block: the number of the block, from 0, if it concerns one.
        what: what is wrong.
        do: what to do about it.
    """

    level: Level
    where: str
    block: int | None
    what: str
    do: str

    def __str__(self) -> str:
        place = self.where if self.block is None else f"{self.where} block {self.block}"
        return f"{self.level}: {place}: {self.what}. {self.do}"


def data_path(*parts: str) -> Path:
    """A file or folder of ``annotations/`` or ``schemas/``: in place in a checkout, inside the package in a wheel."""
    package = Path(__file__).resolve().parents[1]
    bundled = package / "_data"
    root = bundled if bundled.is_dir() else package.parents[1]
    return root.joinpath(*parts)


@cache
def load_labels() -> Labels:
    """The one list of labels, roles and page types."""
    data = json.loads(data_path("schemas", "labels.json").read_text(encoding="utf-8"))
    groups = {label: group for group, labels in data["groups"].items() for label in labels}
    about = {label: text for labels in data["groups"].values() for label, text in labels.items()}
    return Labels(groups, tuple(data["roles"]), tuple(data["page_types"]), about)


@cache
def _validator(kind: str, part: str | None) -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    schema = json.loads(data_path("schemas", f"{kind}.schema.json").read_text(encoding="utf-8"))
    parts = schema.get("$defs", {})
    return Draft202012Validator(_inlined(parts[part] if part else schema, parts))


def _inlined(node: Any, parts: Mapping[str, Any]) -> Any:
    """A schema with what it refers to put in place: looking a reference up costs as much as all else that is checked.
    No part refers to itself."""
    if isinstance(node, list):
        return [_inlined(item, parts) for item in node]
    if not isinstance(node, dict):
        return node
    others = {key: _inlined(value, parts) for key, value in node.items() if key not in ("$ref", "$defs")}
    if "$ref" not in node:
        return others
    part = _inlined(parts[node["$ref"].rpartition("/")[2]], parts)
    return {**others, "allOf": [*others.get("allOf", ()), part]} if others else part


def validate(kind: str, data: object, where: str, part: str | None = None) -> list[Incident]:
    """Hold data against ``schemas/<kind>.schema.json``.

    Args:
        kind: ``gold``, ``policy``, ``manifest``, ``run`` …
        where: the sample or file, for the incidents.
        part: the part of the schema, in its ``$defs``, that the data must fit; it is quicker, and names the fault.

    Returns:
        An incident for each fault, the first :data:`_MOST_INCIDENTS` of them; empty if there is none.
    """
    incidents = []
    for error in _validator(kind, part).iter_errors(data):
        path = list(error.absolute_path)
        block = path[1] if len(path) > 1 and path[0] == "blocks" and isinstance(path[1], int) else None
        place = "/".join(str(part) for part in path) or "the whole file"
        what = f"{place}: {_shorten(_message(error))}"
        incidents.append(Incident("error", where, block, what, f"See schemas/{kind}.schema.json."))
        if len(incidents) == _MOST_INCIDENTS:
            break
    return incidents


def _message(error: ValidationError) -> str:
    """What the validator says; of a pattern that has a title, the title says more."""
    title = error.schema.get("title") if error.validator == "pattern" and isinstance(error.schema, dict) else None
    return f"{error.instance!r} is not {title}" if title else error.message


def _shorten(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:120]} … {message[-60:]}"


def policy_names() -> list[str]:
    """The policies that ship, the default first."""
    names = sorted(path.stem for path in data_path("schemas", "policies").glob("*.json"))
    return sorted(names, key=lambda name: name != "neutral")


def load_policy(name: str) -> Policy:
    """A policy by its name, or from a JSON file of the user's.

    Raises:
        UsageError: no such policy, or a file that is none.
    """
    path = data_path("schemas", "policies", f"{name}.json") if name in policy_names() else Path(name)
    if not path.is_file():
        raise UsageError(
            f"there is no policy '{name}'", f"Take {', '.join(policy_names())}, or the path of a policy file."
        )
    try:
        data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise UsageError(f"the policy file {path} cannot be read: {error}", "It must be UTF-8 JSON.") from None
    incidents = validate("policy", data, str(path))
    if incidents:
        raise UsageError(f"{path} is no policy: {incidents[0].what}", incidents[0].do)
    policy = make_policy(data, load_labels())
    shipped = policy if name in policy_names() else _shipped(policy.name)
    same = shipped is not None and (policy.version, policy.digest) == (shipped.version, shipped.digest)
    return replace(policy, is_shipped=same)


def _shipped(name: str) -> Policy | None:
    return load_policy(name) if name in policy_names() else None
