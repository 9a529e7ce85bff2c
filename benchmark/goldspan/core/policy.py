"""What a label counts as, and the gold of a page token by token under such a policy. Pure; files are read elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from goldspan.core.align import Target
from goldspan.core.text import tokenise
from goldspan.errors import UsageError
from goldspan.model import Gold, GoldBlock

Kind = Literal["content", "neutral", "noise"]
KINDS: tuple[Kind, ...] = ("content", "neutral", "noise")
CONTENT, NEUTRAL, NOISE, EXTRA = range(4)
GROUP = "*"
"""What marks a rule's subject as a group: one of them is named like a label."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The one list of labels: a label mapped to its group (``body``, ``furniture``, ``noise``), and the roles."""

    groups: Mapping[str, str]
    roles: tuple[str, ...]
    page_types: tuple[str, ...]
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """Which labels are wanted, which do not matter and which are noise.

    Attributes:
        kinds: the kind of each rule's subject, most general first: a group (``body*``), a label or ``label/role``.
        page_types: rules of the same form that hold for one page type only, before the general ones.
        is_shipped: whether it is the policy of that name that comes with Goldspan.
    """

    name: str
    version: int
    description: str
    labels: Labels
    kinds: Mapping[str, Kind]
    page_types: Mapping[str, Mapping[str, Kind]]
    is_shipped: bool = False

    @property
    def identity(self) -> str:
        """What protocols print: the name of a policy that ships, with its version where that is not the first; the
        name and a hash of the rules of any other."""
        if not self.is_shipped:
            return f"{self.name}@{self.digest[:8]}"
        return self.name if self.version == 1 else f"{self.name}/{self.version}"

    @property
    def digest(self) -> str:
        """SHA-256 of the rules, as hexadecimal: equal rules have equal digests, whatever their names."""
        rules = [dict(self.kinds), {name: dict(part) for name, part in self.page_types.items() if part}]
        return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()

    def kind(self, label: str, role: str | None = None, page_type: str | None = None) -> Kind:
        """What a block counts as: the most specific rule wins, and a page type's rules before the general ones."""
        group = self.labels.groups[label]
        for rules in (self.page_types.get(page_type or "", {}), self.kinds):
            for subject in (f"{label}/{role}", label, f"{group}{GROUP}"):
                if subject in rules:
                    return rules[subject]
        raise UsageError(f"policy '{self.name}' has no rule for the label '{label}'", f"Add one for it or '{group}'.")


def make_policy(data: Mapping[str, Any], labels: Labels) -> Policy:
    """A policy from its JSON form, which the schema has checked.

    Raises:
        UsageError: a rule names a label or role that does not exist.
    """

    def rules(part: Mapping[str, Any]) -> dict[str, Kind]:
        found: dict[str, Kind] = {f"{group}{GROUP}": kind for group, kind in part.get("groups", {}).items()}
        for subject, kind in part.get("labels", {}).items():
            label, _, role = subject.partition("/")
            if label not in labels.groups or (role and role not in labels.roles):
                raise UsageError(
                    f"policy '{data['name']}' has a rule for '{subject}', which is no label",
                    "schemas/labels.json lists the labels and roles.",
                )
            found[subject] = kind
        return found

    return Policy(
        data["name"],
        data["version"],
        data.get("description", ""),
        labels,
        rules(data),
        {name: rules(part) for name, part in data.get("page_types", {}).items()},
    )


@dataclass(frozen=True)
class GoldTokens:
    """A page's gold under a policy, token by token: what an output is held against.

    Attributes:
        policy: what it was made under.
        target: the tokens of the stream, then those of ``extra``; copies of other text are left out, but for neutral
            ones.
        labels: the label of each token.
        roles: the role of each token, or an empty string.
        content: how many tokens are owed.
        content_text: the content blocks as text, one a line.
    """

    policy: Policy
    target: Target
    labels: tuple[str, ...]
    roles: tuple[str, ...]
    content: int
    content_text: str

    @cached_property
    def lanes(self) -> NDArray[np.int8]:
        return np.array(self.target.lane_of, dtype=np.int8)

    @cached_property
    def label_codes(self) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """The distinct labels, and for each token the number of its label among them."""
        return _codes(self.labels)

    @cached_property
    def role_codes(self) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """The distinct roles, and for each token the number of its role among them."""
        return _codes(self.roles)


def _codes(names: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    number = {name: code for code, name in enumerate(dict.fromkeys(names))}
    return tuple(number), np.fromiter(map(number.__getitem__, names), dtype=np.intp, count=len(names))


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of one block under one label: a block is cut at its spans."""

    block: int
    text: str
    label: str
    role: str | None
    duplicate_of: int | None


def pieces(block: GoldBlock, number: int) -> list[Piece]:
    """A block cut at its spans, in order. A span's words keep the block's role only if its label is the block's."""
    found: list[Piece] = []
    at = 0

    def plain(start: int, end: int) -> None:
        if block.text[start:end].strip():
            found.append(Piece(number, block.text[start:end], block.label, block.role, block.duplicate_of))

    for span in sorted(block.spans, key=lambda s: s.start):
        plain(at, span.start)
        role = block.role if span.label == block.label else None
        copy = span.duplicate_of if span.duplicate_of is not None else block.duplicate_of
        found.append(Piece(number, block.text[span.start : span.end], span.label, role, copy))
        at = span.end
    plain(at, len(block.text))
    return found


def tokenise_gold(gold: Gold, policy: Policy) -> GoldTokens:
    """A gold with labelled blocks, token by token under a policy.

    A copy is left out, so that its text is owed once and either copy earns it. Words of a copy that the original does
    not hold are neutral. A copy whose label is neutral (a pull quote) stays, neutral as a whole: putting it out is
    no repetition.

    A page without an article, of whose stream no token is labelled ``body`` or ``post``, owes nothing: what the policy
    wants besides (a title, comments) is neutral there, unless the policy has rules for the page's type.

    Raises:
        ValueError: the gold has no blocks.
    """
    if gold.blocks is None:
        raise ValueError("a gold without blocks cannot be owed token by token")
    page_type = gold.about.page_type
    tokens: list[str] = []
    lanes: list[int] = []
    blocks: list[int] = []
    labels: list[str] = []
    roles: list[str] = []
    content_lines: list[str] = []
    bags: dict[int, Counter[str]] = {}

    def add(words: Sequence[str], lane: int, block: int, label: str, role: str | None) -> None:
        tokens.extend(words)
        lanes.extend([lane] * len(words))
        blocks.extend([block] * len(words))
        labels.extend([label] * len(words))
        roles.extend([role or ""] * len(words))

    for number, block in enumerate(gold.blocks):
        line: list[str] = []
        for piece in pieces(block, number):
            kind = policy.kind(piece.label, piece.role, page_type)
            if piece.duplicate_of is not None and kind != "neutral":
                original = piece.duplicate_of
                if original not in bags:
                    bags[original] = Counter(tokenise(gold.blocks[original].text))
                spare = _not_in(tokenise(piece.text), bags[original])
                add(spare, NEUTRAL, number, piece.label, piece.role)
                continue
            add(tokenise(piece.text), KINDS.index(kind), number, piece.label, piece.role)
            if kind == "content":
                line.append(piece.text.strip())
        if line:
            content_lines.append(" ".join(line))
    for number, block in enumerate(gold.extra, start=len(gold.blocks)):
        add(tokenise(block.text), EXTRA, number, block.label, block.role)
    if page_type not in policy.page_types and not _has_article(policy.labels, labels, lanes):
        lanes = [NEUTRAL if lane == CONTENT else lane for lane in lanes]
        content_lines = []
    content = lanes.count(CONTENT)
    target = Target(tokens, lanes, blocks)
    return GoldTokens(policy, target, tuple(labels), tuple(roles), content, "\n".join(content_lines))


def _has_article(names: Labels, labels: Sequence[str], lanes: Sequence[int]) -> bool:
    """Whether a token of the stream is labelled as the article itself."""
    article = {label for label, group in names.groups.items() if group == "body"}
    return any(label in article and lane != EXTRA for label, lane in zip(labels, lanes, strict=True))


def _not_in(words: Sequence[str], original: Mapping[str, int]) -> list[str]:
    """The words of a copy that its original lacks, counted as bags."""
    taken: Counter[str] = Counter()
    spare = []
    for word in words:
        taken[word] += 1
        if taken[word] > original.get(word, 0):
            spare.append(word)
    return spare
