"""What a shard's worker has done so far, so that another can continue from there if the worker is lost.

JSON lines: one when a record is started and one when it is answered. A record that was started and not answered when
the worker was lost was in flight: it is tried again, alone, and given up if that worker is lost as well. If the run
itself ended there (it was killed, or lost power), that says nothing about the record: it is tried again, and nothing
is counted.
"""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from goldspan.data.files import decode_json
from goldspan.data.runs import prediction_from_json, prediction_to_json
from goldspan.errors import GoldspanError
from goldspan.model import Prediction

TRIES = 2
"""How often a record may be in flight when its worker is lost and the run goes on."""


@dataclass(frozen=True, slots=True)
class StartedPage:
    """What is known about a record that was read.

    Attributes:
        id: the page's; None if it is not known.
        fault: why the page could not be read.
    """

    place: int
    id: str | None = None
    url: str | None = None
    size: int = 0
    fault: str | None = None


@dataclass(slots=True)
class _Past:
    started: dict[int, StartedPage] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    answers: dict[tuple[int, int], Prediction] = field(default_factory=dict)
    lost: Counter[tuple[int, int]] = field(default_factory=Counter)
    suspect: set[tuple[int, int]] = field(default_factory=set)


class Checkpoint:
    """A shard's checkpoint, open for writing. A context manager; the file is locked while it is open.

    Args:
        run: names the run that the worker belongs to; a resumed run has another name.

    Attributes:
        started: what was read, by the record's number.
        skipped: the numbers of records that hold no page.
        answers: by the system's number and the record's.
        lost: how often a worker was lost with a record in flight while its run went on, by the same two numbers.
        suspect: what was ever in flight when a worker ended, by the same two numbers.

    Raises:
        GoldspanError: it cannot be written, or another process works on this shard.
    """

    def __init__(self, path: Path, run: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab+")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise GoldspanError(f"{path} is being written by another process", "Wait until that run ends.") from None
        except OSError as fault:
            raise GoldspanError(f"{path} cannot be written: {fault.strerror}", "Choose another place.") from None
        self._file.seek(0)
        data = self._file.read()
        whole = data.rfind(b"\n") + 1
        self._file.truncate(whole)
        past = _read(data[:whole], str(path), run)
        self.path = path
        self.started, self.skipped, self.answers = past.started, past.skipped, past.answers
        self.lost, self.suspect = past.lost, past.suspect
        self._write({"begin": run})

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, *_: object) -> None:
        """An orderly end is nobody's fault: records in flight then count as not started."""
        self._write({"end": True})
        self._file.close()

    def take(self, system: int, number: int) -> None:
        """A record is started for a system."""
        self._write({"take": [system, number]})

    def hold(self, number: int, started: StartedPage) -> None:
        """A record was read."""
        if number not in self.started:
            self.started[number] = started
            found = {"hold": number, "at": started.place, "id": started.id, "url": started.url, "size": started.size}
            self._write(found | ({"fault": started.fault} if started.fault else {}))

    def skip(self, number: int) -> None:
        """A record holds no page."""
        self.skipped.add(number)
        self._write({"skip": number})

    def answer(self, system: int, number: int, prediction: Prediction) -> None:
        """A record was answered."""
        self.answers[system, number] = prediction
        self._write({"answer": [system, number], **prediction_to_json(prediction)})

    def _write(self, record: Mapping[str, Any]) -> None:
        try:
            line = orjson.dumps(record)
        except TypeError:  # a surrogate that stands alone, or a number too large
            import json

            line = json.dumps(record).encode("ascii")
        try:
            self._file.write(line + b"\n")
            self._file.flush()
        except OSError as fault:
            raise GoldspanError(f"{self.path} cannot be written: {fault.strerror}", "Make room and resume.") from None


def _read(data: bytes, where: str, run: str) -> _Past:
    past = _Past()
    flying: set[tuple[int, int]] = set()
    writer = ""  # the run of the worker that wrote what is being read

    def begin(following: str) -> None:
        past.suspect.update(flying)
        if following == writer:
            past.lost.update(flying)
        flying.clear()

    for number, line in enumerate(data.splitlines(), start=1):
        record = decode_json(line, f"{where} line {number}", GoldspanError)
        if "begin" in record:
            begin(record["begin"])
            writer = record["begin"]
        elif "end" in record:
            flying.clear()
        elif "take" in record:
            flying.add(tuple(record["take"]))
        elif "hold" in record:
            past.started[record["hold"]] = StartedPage(
                record["at"], record["id"], record["url"], record["size"], record.get("fault")
            )
            if record.get("fault"):
                flying -= {key for key in flying if key[1] == record["hold"]}
        elif "skip" in record:
            past.skipped.add(record["skip"])
            flying -= {key for key in flying if key[1] == record["skip"]}
        else:
            key = tuple(record["answer"])
            past.answers[key] = prediction_from_json(record)
            flying.discard(key)
    begin(run)
    return past
