"""The run file: the one thing that a run leaves behind.

JSON lines: a header (``run``), then for each system a line of its own (``system``) before its predictions
(``prediction``), each written and flushed as it comes, so that a run killed at any moment loses no finished page. A
last line without its newline is what a kill leaves: it is dropped. ``schemas/run.schema.json`` is the form.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from goldspan.data.files import decode_json, read_bytes
from goldspan.data.mapping import converter
from goldspan.data.schema import validate
from goldspan.errors import RunFileError
from goldspan.model import FIELDS, Extraction, Prediction, System

RUN_VERSION = 1


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What all predictions of a run file have in common.

    Attributes:
        corpus: as it was given on the command line, so that the corpus can be opened again.
        name: the corpus's name.
        digest: hash of the corpus's pages and gold.
        pages: how many pages the run is over.
        limits: what a page was allowed to cost.
    """

    corpus: str
    name: str
    digest: str
    pages: int
    limits: Mapping[str, float] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SystemRun:
    """One system's part of a run file: who it is, how it started, and what it answered, by page."""

    system: System
    start_ms: float | None
    guard: str | None
    predictions: Mapping[str, Prediction]


@dataclass(frozen=True, slots=True)
class RunFile:
    """A run file that was read.

    Attributes:
        header: None for finished predictions of another program.
        end: bytes of the file that are whole lines; what follows is a torn one.
        torn: whether there was one.
    """

    path: Path
    header: RunHeader | None
    systems: Mapping[str, SystemRun]
    end: int = 0
    torn: bool = False


def read_run(path: Path) -> RunFile:
    """Read a run file.

    Raises:
        RunFileError: missing, damaged before its last line, of another version, or a page twice for one system.
    """
    data = read_bytes(path, RunFileError)
    if path.suffix == ".gz":
        whole, torn = data, False
    else:
        end = data.rfind(b"\n") + 1
        whole, torn = data[:end], end < len(data)
    header: RunHeader | None = None
    systems: dict[str, SystemRun] = {}
    found: dict[str, dict[str, Prediction]] = {}
    for number, line in enumerate(whole.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path} line {number}"
        record = decode_json(line, where, RunFileError)
        _check(record, where)
        if record["type"] == "run":
            if header is not None:
                raise RunFileError(f"{where} is a second header", "Two files were joined: score them one by one.")
            header = converter().structure({"name": record["corpus"], **record}, RunHeader)
        elif record["type"] == "system":
            system = converter().structure(record, System)
            found.setdefault(system.key, {})
            systems[system.key] = SystemRun(system, record.get("start_ms"), record.get("guard"), found[system.key])
        else:
            prediction = prediction_from_json(record)
            if prediction.system not in found:
                raise RunFileError(
                    f"{where} has a prediction of {prediction.system}, which no line before it introduces"
                )
            if prediction.id in found[prediction.system]:
                raise RunFileError(
                    f"{where} has page '{prediction.id}' of {prediction.system} for the second time",
                    "Keep the one that counts.",
                )
            found[prediction.system][prediction.id] = prediction
        if header is None:
            raise RunFileError(f"{path} does not begin with a run's header", "It is no run file of this program.")
    if header is None:
        raise RunFileError(f"{path} holds no run", "It is empty or was cut off in its first line: run again.")
    return RunFile(path, header, systems, len(whole), torn)


def _check(record: object, where: str) -> None:
    if isinstance(record, dict) and record.get("type") == "run" and record.get("run_version") != RUN_VERSION:
        raise RunFileError(
            f"{where}: run file version {record.get('run_version')!r}; this program reads version {RUN_VERSION}",
            "Read it with the version of the program that wrote it.",
        )
    kind = record.get("type") if isinstance(record, dict) else None
    if kind in ("run", "system", "prediction"):
        faults = [incident.what for incident in validate("run", record, where, kind)]
    else:
        faults = ["it has no type 'run', 'system' or 'prediction'"]
    if faults:
        raise RunFileError(f"{where} is no line of a run file: {faults[0]}", "See schemas/run.schema.json.")


def prediction_from_json(record: Mapping[str, Any]) -> Prediction:
    """A prediction from its line, which the schema has checked."""
    said = {name: record[name] for name in ("text", "format") if name in record} | record.get("metadata", {})
    extraction = said if said.get("text") is not None else None
    return converter().structure({**record, "extraction": extraction}, Prediction)


def prediction_to_json(prediction: Prediction) -> dict[str, Any]:
    """A prediction's line, without what is not set."""
    rest = converter().unstructure(prediction)
    said = rest.pop("extraction", {})
    metadata = {name: said.pop(name) for name in FIELDS if name in said}
    first = {name: rest.pop(name, None) for name in ("system", "id", "status", "page_sha256")}
    return {"type": "prediction", **first, **said, **({"metadata": metadata} if metadata else {}), **rest}


def differences(old: RunHeader, new: RunHeader) -> list[str]:
    """What keeps a run from being taken up again, in words; empty where nothing does."""
    found = []
    if old.digest != new.digest:
        if old.name != new.name:
            found.append(f"its corpus is {old.name}, not {new.name}")
        else:
            found.append(
                f"its corpus is {old.name}@{old.digest[:8]} with {old.pages} pages, "
                f"not {new.name}@{new.digest[:8]} with {new.pages}"
            )
    for name in sorted(set(old.limits) | set(new.limits)):
        before, now = old.limits.get(name), new.limits.get(name)
        if before != now:
            found += [f"its {name} is {before}, not {now}"]
    return found


class RunWriter:
    """Appends to a run file. A context manager; the file is locked while it is open.

    Args:
        path: the file; its folder is made.
        header: written first to a new file.
        resume: the file as it was read, to go on from; None begins a new file and replaces an old one.

    Raises:
        RunFileError: the file cannot be written, or another run is writing it.
    """

    def __init__(self, path: Path, header: RunHeader, resume: RunFile | None) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(path, "ab")  # noqa: SIM115 (closed by __exit__)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunFileError(
                f"{path} is being written by another run", "Wait for it, or save to another file."
            ) from None
        except OSError as error:
            raise RunFileError(f"{path} cannot be written: {error.strerror}", "Choose another file.") from None
        self._file.truncate(resume.end if resume else 0)
        if resume is None:
            record = {"type": "run", "run_version": RUN_VERSION, **asdict(header)}
            self._write(record)

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def system(self, system: System, start_ms: float | None = None, guard: str | None = None) -> None:
        """Introduce a system; its predictions follow."""
        record = {"type": "system", "key": system.key, **asdict(system), "start_ms": start_ms}
        if guard:
            record["guard"] = guard
        self._write(record)

    def prediction(self, prediction: Prediction) -> None:
        self._write(prediction_to_json(prediction))

    def _write(self, record: Mapping[str, Any]) -> None:
        line = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise RunFileError(
                f"{self._file.name} cannot be written: {error.strerror}", "Make room and resume."
            ) from None


def read_foreign(path: Path) -> RunFile:
    """Finished predictions of another program.

    Three forms are known: the output files of article-extraction-benchmark (``{id: {"articleBody": …}}``, or that
    wrapped as ``{"version": …, "output": …}``), a JSON object of ids and texts, and JSON lines with ``id`` and ``text``
    (``format`` and the metadata fields beside them if there are any).

    The system is called by the file's name.

    Raises:
        RunFileError: it is none of these, or holds a page twice.
    """
    data = read_bytes(path, RunFileError).removeprefix(b"\xef\xbb\xbf")
    label = path.name.split(".")[0]
    if not data.strip():
        raise RunFileError(f"{path} is empty", "It should hold predictions.")
    lines = data.splitlines()
    version = "unknown"
    pairs: list[tuple[str, Any, str]] = []
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        whole = None
    if isinstance(whole, dict) and not ("id" in whole and "text" in whole):
        if "output" in whole and isinstance(whole["output"], dict):
            version, whole = str(whole.get("version", version)), whole["output"]
        pairs = [(key, value, f"{path}: page '{key}'") for key, value in whole.items()]
    elif len(lines) > 1 or whole is not None:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                where = f"{path} line {number}"
                record = decode_json(line, where, RunFileError)
                if not isinstance(record, dict) or not isinstance(record.get("id"), str):
                    raise RunFileError(f"{where} has no 'id'", "Each line must be an object with id and text.")
                pairs.append((record["id"], record, where))
    else:
        decode_json(data, str(path), RunFileError)
    return _foreign_run(path, System(label, version, fields=()), pairs)


def _foreign_run(path: Path, system: System, pairs: Iterable[tuple[str, Any, str]]) -> RunFile:
    predictions: dict[str, Prediction] = {}
    for page_id, value, where in pairs:
        if page_id in predictions:
            raise RunFileError(f"{where} is there for the second time", "Keep the one that counts.")
        extraction = _foreign_extraction(value, where)
        status = "ok" if extraction.text.strip() else "empty"
        predictions[page_id] = Prediction(system.key, page_id, status, extraction)  # type: ignore[arg-type]
    return RunFile(path, None, {system.key: SystemRun(system, None, None, predictions)})


def _foreign_extraction(value: object, where: str) -> Extraction:
    if isinstance(value, str) or value is None:
        return Extraction(value or "")
    if isinstance(value, dict):
        text = value.get("text", value.get("articleBody"))
        if isinstance(text, str) or (text is None and ("text" in value or "articleBody" in value)):
            fields = {name: value[name] for name in FIELDS if isinstance(value.get(name), str) and name != "authors"}
            authors = value.get("authors")
            if isinstance(authors, list) and all(isinstance(one, str) for one in authors):
                fields["authors"] = tuple(authors)
            form = value.get("format", "text")
            if form not in ("text", "markdown", "html"):
                raise RunFileError(f"{where} has the format {form!r}", "Use text, markdown or html.")
            return Extraction(text or "", form, **fields)
    raise RunFileError(f"{where} has no text", "Each page needs a 'text' (or 'articleBody') that is a string.")
