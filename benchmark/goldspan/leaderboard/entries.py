"""The store: every verified submission, as figures without texts. Nothing is ever removed from it.

A folder with two compressed JSON files for each submission: the entry (its card, its scores under every policy, its
figures per page), and its overlays, with which a page of the site shows what became of the words. Both are written
once, when a bundle is added, so that a site is built without scoring anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from goldspan.core.metrics import find_metric
from goldspan.core.policy import Policy
from goldspan.core.scoring import Measured, summarise
from goldspan.data.corpora import Corpus
from goldspan.data.files import read_bytes, write_atomically
from goldspan.data.mapping import converter
from goldspan.data.runs import SystemRun
from goldspan.data.schema import load_policy, policy_names
from goldspan.errors import BundleError, UsageError
from goldspan.evaluate.progress import Progress, silent
from goldspan.leaderboard.bundle import Machine, StatedCorpus
from goldspan.leaderboard.card import Card, card_from_data, card_to_data
from goldspan.leaderboard.challenge import Fresh
from goldspan.leaderboard.compression import pack, unpack_lines
from goldspan.leaderboard.page_overlay import Overlay, overlays
from goldspan.leaderboard.verification import POLICY, Tag, Verified, scored
from goldspan.model import Row, Score, System, SystemResult

if TYPE_CHECKING:
    from cattrs import Converter

ENTRY_VERSION = 1
BY = ("page_type", "language", "family")
_BODY = ("f1", "precision", "recall")
_BESIDE = (("leak", "tokens"), ("loss", "tokens"), ("surplus", "invented"), ("surplus", "repeated"))
_ENTRY, _OVERLAY = ".entry.json.zst", ".overlay.json.zst"


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page of one system.

    Attributes:
        body: for each policy F1, precision and recall; None where the page has no content under it.
        beside: leaked, lost, invented and repeated tokens under the default policy.
    """

    status: str
    ms: float | None
    peak_mb: float | None
    body: Mapping[str, tuple[float, float, float] | None]
    beside: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A verified submission.

    Attributes:
        number: the order in which it came.
        added: the day, ``2026-01-31``.
        digest: of the bundle.
        protocol: under the default policy.
        results: under each policy what :func:`goldspan.core.scoring.summarise` found, without rows and strata.
        strata: the headline under each policy, by each of :data:`BY`.
    """

    number: int
    added: str
    card: Card
    machine: Machine
    corpus: StatedCorpus
    protocol: str
    digest: str
    tag: Tag
    notes: tuple[str, ...]
    fresh: Fresh | None
    results: Mapping[str, SystemResult]
    strata: Mapping[str, Mapping[str, Mapping[str, Score]]]
    pages: Mapping[str, PageRow]

    @property
    def key(self) -> str:
        return self.card.key

    def rows(self, policy: str = POLICY) -> tuple[Row, ...]:
        """The pages as the reports know them, in the order of their ids."""
        return tuple(_row(name, self.pages[name], policy) for name in sorted(self.pages))


def _row(name: str, page: PageRow, policy: str) -> Row:
    body = page.body.get(policy)
    values: dict[str, Mapping[str, float] | None] = {
        "body": dict(zip(_BODY, body, strict=True)) if body is not None else None
    }
    for (metric, figure), value in zip(_BESIDE, page.beside or (), strict=False):
        values[metric] = {**(values.get(metric) or {}), figure: value}
    return Row(name, page.status, values)  # type: ignore[arg-type]


def make_entry(
    verified: Verified,
    corpus: Corpus,
    fresh: Fresh | None,
    number: int,
    added: str,
    progress: Progress = silent,
) -> tuple[Entry, dict[str, Overlay]]:
    """The entry of a verified bundle, and its overlays."""
    run = SystemRun(verified.card.system, verified.machine.start_ms, verified.machine.guard, verified.predictions)
    results, strata, found = {}, {}, {}
    for name in policy_names():
        if name == POLICY:
            result, measured = verified.result, verified.measured
        else:
            _, result, measured = scored(corpus, run, progress, name)
        found[name] = {page.id: page.rows[0] for page in measured}
        results[name] = replace(result, rows=())
        strata[name] = {by: _strata(measured, result, load_policy(name), by) for by in BY}
    pages = {name: _page(verified, name, found) for name in corpus.ids}
    stated = StatedCorpus(corpus.name, corpus.digest, len(corpus))
    entry = Entry(
        number, added, verified.card, verified.machine, stated, verified.protocol, verified.digest, verified.tag,
        verified.notes, fresh, results, strata, pages,
    )  # fmt: skip
    return entry, overlays(verified.card, verified.predictions, corpus, POLICY)


def _strata(measured: Sequence[Measured], result: SystemResult, policy: Policy, by: str) -> Mapping[str, Score]:
    return summarise("", measured, [result.system], policy, [find_metric("body")], by=by).systems[0].strata


def _page(verified: Verified, name: str, found: Mapping[str, Mapping[str, Row]]) -> PageRow:
    prediction = verified.predictions[name]
    body: dict[str, tuple[float, float, float] | None] = {}
    for policy, rows in found.items():
        values = rows[name].values["body"]
        body[policy] = (values["f1"], values["precision"], values["recall"]) if values is not None else None
    measured = found[POLICY][name].values
    beside = [(measured[metric] or {}).get(figure, 0.0) for metric, figure in _BESIDE]
    has_content = measured["leak"] is not None
    return PageRow(
        prediction.status,
        prediction.ms,
        prediction.peak_mb,
        body,
        (beside[0], beside[1], beside[2], beside[3]) if has_content else None,
    )


# Reading and writing


def add_entry(store: Path, entry: Entry, laid: Mapping[str, Overlay] | None) -> Path:
    """Put an entry into the store.

    Args:
        laid: its overlays; without them its pages show only figures.

    Raises:
        UsageError: that very bundle is in the store already.
    """
    for other in read_entries(store):
        if other.digest == entry.digest and other.tag == entry.tag and other.fresh == entry.fresh:
            raise UsageError(f"this bundle of {entry.key} is in {store} already, as number {other.number}")
    path, overlay = entry_files(store, entry)
    if laid is not None:
        write_atomically(overlay, _pack({name: one.data() for name, one in laid.items()}))
    write_atomically(path, _pack(entry_data(entry)))
    return path


def slug(key: str) -> str:
    """A system's key as a part of file names and addresses; not unique."""
    return re.sub(r"[^a-z0-9.]+", "-", key.lower()).strip("-.")[:60] or "system"


def read_entries(*stores: Path) -> list[Entry]:
    """The entries of stores, in the order in which they came.

    Raises:
        BundleError: one cannot be read, or is of another version.
    """
    found = [_read_entry(path) for store in stores for path in sorted(store.glob(f"*{_ENTRY}"))]
    return sorted(found, key=lambda entry: (entry.added, entry.number))


def read_overlay(entry: Entry, *stores: Path) -> dict[str, Any]:
    """The overlays of an entry as they are stored, by page; empty where none were kept."""
    for store in stores:
        path = entry_files(store, entry)[1]
        if path.is_file():
            return dict(_unpack(path))
    return {}


def entry_files(store: Path, entry: Entry) -> tuple[Path, Path]:
    """The two files of an entry; the second need not be there."""
    return store / f"{_stem(entry)}{_ENTRY}", store / f"{_stem(entry)}{_OVERLAY}"


def _stem(entry: Entry) -> str:
    return f"{entry.number:04}-{slug(entry.key)}-{entry.digest[:8]}"


def _read_entry(path: Path) -> Entry:
    data = _unpack(path)
    if data.get("entry_version") != ENTRY_VERSION:
        raise BundleError(
            f"{path} is an entry of version {data.get('entry_version')!r}; this program reads {ENTRY_VERSION}",
            "Add its bundle again.",
        )
    return entry_from_data(data, str(path))


def _pack(data: object) -> bytes:
    return pack(orjson.dumps(data), level=19)


def _unpack(path: Path) -> Any:
    try:
        return orjson.loads(b"".join(unpack_lines(read_bytes(path, BundleError), str(path))))
    except ValueError as fault:
        raise BundleError(f"{path} cannot be read: {fault}", "Restore it: nothing is taken out of a store.") from None


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry as plain data."""
    return {"entry_version": ENTRY_VERSION, **_converter().unstructure(entry)}


def entry_from_data(data: Mapping[str, Any], where: str) -> Entry:
    """An entry from the plain data that :func:`entry_data` gives."""
    card = card_from_data(data["card"], where)
    results = {
        policy: {**found, "system": replace(card.system, fields=tuple(found["fields"])), "rank": None, "rows": ()}
        for policy, found in data["results"].items()
    }
    return _converter().structure({**data, "card": card, "results": results}, Entry)


@cache
def _converter() -> Converter:
    """What entries write in another way than the data model is: scores as lists, pages with six digits, results without
    what the entry says once."""
    from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

    made = converter(omit_if_default=False).copy()
    megabytes = override(rename="mb")
    made.register_structure_hook(PageRow, make_dict_structure_fn(PageRow, made, peak_mb=megabytes))
    body = override(unstruct_hook=lambda body: {policy: _rounded(values) for policy, values in body.items()})
    page = make_dict_unstructure_fn(
        PageRow, made, peak_mb=megabytes, body=body, beside=override(unstruct_hook=_rounded)
    )
    made.register_unstructure_hook(PageRow, page)
    for kind in (Card, System):
        made.register_structure_hook(kind, lambda value, _: value)  # read already
    made.register_unstructure_hook(Card, card_to_data)
    made.register_structure_hook(Score, lambda values, _: Score(*values))
    made.register_unstructure_hook(Score, lambda one: [*map(_number, (one.value, one.low, one.high)), one.n])
    made.register_structure_hook(Fresh, lambda data, _: Fresh(Score(**data["score"]), data["protocol"]))
    made.register_unstructure_hook(Fresh, asdict)
    omit = override(omit=True)
    fields = override(rename="fields", unstruct_hook=lambda system: list(system.fields))
    result = make_dict_unstructure_fn(SystemResult, made, system=fields, rank=omit, rows=omit, strata=omit)
    made.register_unstructure_hook(SystemResult, result)
    return made


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")


def _rounded(values: Sequence[float] | None) -> list[float | None] | None:
    return None if values is None else [_number(value) for value in values]
