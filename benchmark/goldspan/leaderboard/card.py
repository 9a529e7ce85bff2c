"""The card of a system: what its authors say about it, ``system.yaml`` of a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import yaml

from goldspan.data.mapping import converter
from goldspan.data.schema import validate
from goldspan.errors import BundleError
from goldspan.model import System

BUNDLE_VERSION = 1
Kind = Literal["rules", "model", "ensemble", "oracle", "baseline"]
_OURS = ("core", "goldspan")
_NEEDS = ("gpu", "network", "javascript", "model_mb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is stated about a system, in the order in which people read it; None means "not stated".

    Attributes:
        kind: ``rules``, a ``model``, an ``ensemble`` of others, an ``oracle`` that looks at the gold, a ``baseline``.
        command: what ``goldspan score`` takes to run it.
        needs: ``gpu``, ``network``, ``javascript`` as truth values, ``model_mb`` as a number.
        tuned_on, trained_on: corpora that its rules were chosen on, or its parameters learned from.
    """

    name: str
    version: str
    about: str | None = None
    kind: Kind
    licence: str | None = None
    homepage: str | None = None
    contact: str | None = None
    needs: Mapping[str, Any] = field(default_factory=dict)
    command: str
    options: Mapping[str, str] = field(default_factory=dict)
    takes: Literal["html", "bytes"] = "html"
    fields: tuple[str, ...] = ()
    tuned_on: tuple[str, ...] = ()
    trained_on: tuple[str, ...] = ()

    @property
    def system(self) -> System:
        known = tuple(dict.fromkeys((*self.tuned_on, *self.trained_on)))
        return System(self.name, self.version, self.options, self.takes, self.fields, known)

    @property
    def key(self) -> str:
        return self.system.key

    def unranked(self, corpus: str) -> str | None:
        """Why the system is shown without a rank on a corpus; None if it is ranked."""
        if self.kind in ("oracle", "ensemble"):
            return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"
        same = set(_OURS) if corpus in _OURS else {corpus.lower()}
        for verb, corpora in (("tuned", self.tuned_on), ("trained", self.trained_on)):
            if any(name.strip().lower().split("@")[0] in same for name in corpora):
                return f"{verb} on {corpus}"
        return None


def card_to_data(card: Card) -> dict[str, Any]:
    """The card as plain data: every value, stated or not."""
    needs = {name: card.needs.get(name) for name in _NEEDS}
    complete = replace(card, needs=needs, options=dict(sorted(card.options.items())))
    return {"bundle_version": BUNDLE_VERSION, **converter(omit_if_default=False).unstructure(complete)}


def card_from_data(data: object, where: str) -> Card:
    """A card from plain data.

    Raises:
        BundleError: it does not fit ``schemas/system.schema.json``.
    """
    incidents = validate("system", data, where)
    if incidents:
        raise BundleError(f"{where}: {incidents[0].what}", incidents[0].do)
    assert isinstance(data, dict)
    needs = {name: value for name, value in data.get("needs", {}).items() if value is not None}
    return converter().structure({**data, "needs": needs}, Card)


def card_to_yaml(card: Card) -> bytes:
    return yaml.safe_dump(card_to_data(card), sort_keys=False, allow_unicode=True, width=120).encode()


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases, which can unfold a short file into a huge one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has an alias")
        return super().compose_node(parent, index)


def read_yaml(data: bytes, where: str) -> Any:
    """Plain data from untrusted YAML.

    Raises:
        BundleError: not YAML, not UTF-8, or with aliases.
    """
    try:
        return yaml.load(data.decode("utf-8-sig"), Loader=_PlainLoader)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise BundleError(f"{where} is not plain YAML: {fault}", "Write names and values only.") from None
