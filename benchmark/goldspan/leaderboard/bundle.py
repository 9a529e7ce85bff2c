"""The bundle: a submission of a system. A folder of four files, each with a schema; nothing in it is trusted.

Somebody else made it, so its files are read by their fixed names, never through links, up to stated sizes, and only as
JSON and plain YAML. It contains no paths, so none can lead out of it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from goldspan.data.files import sha256
from goldspan.data.runs import prediction_from_json, prediction_to_json
from goldspan.data.schema import validate
from goldspan.errors import BundleError
from goldspan.leaderboard.card import BUNDLE_VERSION, Card, card_from_data, card_to_yaml, read_yaml
from goldspan.leaderboard.compression import pack, unpack_lines
from goldspan.model import Prediction

CARD, PREDICTIONS, ENVIRONMENT, RESULT = "system.yaml", "predictions.jsonl.zst", "environment.json", "result.json"
LARGEST: Mapping[str, int] = {CARD: 2**16, PREDICTIONS: 2**28, ENVIRONMENT: 2**16, RESULT: 2**20}
"""The files of a bundle, and the bytes that each may have."""


@dataclass(frozen=True, slots=True)
class StatedCorpus:
    """The corpus that a bundle says it was made on."""

    name: str
    digest: str
    pages: int


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a run took place.

    Attributes:
        environment: names and versions.
        start_ms: import and first page of the system.
        guard: what kept the system from the network.
        parse_ms: mean time to parse a page of the corpus, by which times of different machines can be compared.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    start_ms: float | None = None
    guard: str | None = None
    parse_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A submission.

    Attributes:
        claims: figures by name as the submitter computed them; compared, never used.
        digest: SHA-256 over the files.
    """

    card: Card
    predictions: Mapping[str, Prediction]
    machine: Machine
    corpus: StatedCorpus
    protocol: str
    claims: Mapping[str, float | None]
    digest: str = ""


def bundle_files(bundle: Bundle) -> dict[str, bytes]:
    """The files of a bundle by name."""
    packed = pack_predictions(bundle.predictions.values())
    result = {
        "bundle_version": BUNDLE_VERSION,
        "corpus": asdict(bundle.corpus),
        "protocol": bundle.protocol,
        "predictions_sha256": sha256(packed),
        "claims": dict(sorted(bundle.claims.items())),
    }
    machine = replace(bundle.machine, environment=dict(sorted(bundle.machine.environment.items())))
    return {
        CARD: card_to_yaml(bundle.card),
        PREDICTIONS: packed,
        ENVIRONMENT: _json(asdict(machine)),
        RESULT: _json(result),
    }


def _json(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def pack_predictions(predictions: Iterable[Prediction]) -> bytes:
    """Predictions as compressed JSON lines; the system's name and what it printed are left out."""
    lines = []
    for prediction in predictions:
        record = prediction_to_json(prediction)
        kept = {name: value for name, value in record.items() if name not in ("type", "system", "noise")}
        lines.append(json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    return pack(b"".join(lines))


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle, and check that its files fit each other.

    Raises:
        BundleError: a file is missing, a link, too large, damaged, or not what its schema wants; the predictions are
            not those that ``result.json`` was made for; a page occurs twice.
    """
    if not folder.is_dir():
        raise BundleError(f"{folder} is not a folder", f"A bundle is a folder with {', '.join(LARGEST)}.")
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in LARGEST)
    if strangers:
        raise BundleError(f"{folder} holds {strangers[0]!r}, which belongs to no bundle", "Take it out.")
    data = {name: read_plain(folder / name, largest) for name, largest in LARGEST.items()}
    places = {name: str(folder / name) for name in data}
    result = _checked("bundle", parse_json(data[RESULT], places[RESULT]), places[RESULT])
    machine = _checked("environment", parse_json(data[ENVIRONMENT], places[ENVIRONMENT]), places[ENVIRONMENT])
    card = card_from_data(read_yaml(data[CARD], places[CARD]), places[CARD])
    if sha256(data[PREDICTIONS]) != result["predictions_sha256"]:
        raise BundleError(
            f"{folder / PREDICTIONS} was changed after result.json was made (its hash differs)", "Submit it again."
        )
    return Bundle(
        card,
        unpack_predictions(data[PREDICTIONS], card.key, places[PREDICTIONS]),
        Machine(**machine),
        StatedCorpus(**result["corpus"]),
        result["protocol"],
        result["claims"],
        digest_of(data),
    )


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the files of a bundle, by which it is known."""
    return sha256("".join(f"{name} {sha256(files[name])}\n" for name in sorted(files)).encode())


def read_results(path: Path, key: str) -> dict[str, Prediction]:
    """The answers to a challenge: predictions in the form of a bundle's.

    Raises:
        BundleError: as :func:`read_bundle` does.
    """
    return unpack_predictions(read_plain(path, LARGEST[PREDICTIONS]), key, str(path))


def read_plain(path: Path, largest: int) -> bytes:
    """The bytes of a regular file that is not a link and not larger than allowed.

    Raises:
        BundleError: it is missing, not a file, or too large.
    """
    try:
        # Not blocking, so that a named pipe cannot hold us up.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as fault:
        if path.is_symlink():
            raise BundleError(f"{path} is a symbolic link", "Put the file itself there.") from None
        raise BundleError(f"{path} cannot be read: {fault.strerror}", "A bundle has four plain files.") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BundleError(f"{path} is no plain file", "A bundle has four plain files.")
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise BundleError(f"{path} has more than the {largest} bytes that it may have", "Make it smaller.")
    return data


def parse_json(data: bytes, where: str) -> Any:
    """Strict JSON: no NaN, no lone surrogates, limited depth.

    Raises:
        BundleError: it is none.
    """
    try:
        return orjson.loads(data)
    except ValueError as fault:
        raise BundleError(f"{where} is not valid JSON: {fault}", "Make the bundle again.") from None


def _checked(kind: str, data: Any, where: str) -> dict[str, Any]:
    incidents = validate(kind, data, where)
    if incidents:
        raise BundleError(f"{where}: {incidents[0].what}", incidents[0].do)
    return dict(data)


def unpack_predictions(packed: bytes, key: str, where: str) -> dict[str, Prediction]:
    """Predictions from compressed JSON lines.

    Args:
        key: of the system that they are said to be of.

    Raises:
        BundleError: damaged, unpacking to more than the bytes allowed, not of the schema, or a page twice.
    """
    found: dict[str, Prediction] = {}
    for number, line in enumerate(unpack_lines(packed, where), start=1):
        place = f"{where} line {number}"
        record = _checked("predictions", parse_json(line, place), place)
        if record["id"] in found:
            raise BundleError(f"{place} has page {record['id']!r} for the second time", "Give each page once.")
        found[record["id"]] = prediction_from_json({**record, "system": key})
    return found
