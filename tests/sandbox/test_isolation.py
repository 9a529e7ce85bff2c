"""The torture set: what an extractor does on one page is recorded as what it is, and costs no other page anything."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from goldspan.errors import ExtractorError
from goldspan.model import Limits, Page, Prediction
from goldspan.sandbox.runner import Run
from tests.sandbox.torture.adapters import ORPHAN_SECONDS

HERE = Path(__file__).parent / "torture"
LIMITS = Limits(timeout=2, memory_mb=400, start_timeout=30)

# What each does → the status, and what the record must say: in the error, or in the text.
EXPECTED = {
    "endless_loop": ("timeout", "no answer within 2 s"),
    "ignores_sigterm": ("timeout", "no answer"),
    "endless_regex": ("timeout", "no answer"),
    "abort": ("crash", "SIGABRT"),
    "segfault": ("crash", "SIGSEGV"),
    "c_stack_overflow": ("crash", "SIGSEGV"),
    "exit_at_once": ("crash", "exit code 0"),
    "sys_exit": ("error", "SystemExit: 3"),
    "keyboard_interrupt": ("error", "KeyboardInterrupt"),
    "memory_without_end": ("memory", "over the limit of 400 MB"),
    "recursion": ("error", "RecursionError"),
    "unpicklable_exception": ("error", "Unpicklable: no pickle"),
    "not_unpicklable_exception": ("error", "NotUnpicklable: one"),
    "mute_exception": ("error", "Mute: (its text cannot be made: ValueError)"),
    "unpicklable_result": ("error", "TypeError"),
    "huge_result": ("error", "300000000"),
    "huge_print": ("ok", "printed"),
    "closed_descriptors": ("crash", "exit code"),
    "prints": ("ok", "printed"),
    "calculates": ("ok", "on 1 thread"),
    "orphans": ("ok", "left two behind"),
    "socket_python": ("ok", "blocked"),
    "socket_c": ("ok", "blocked"),
    "socket_child": ("ok", "blocked"),
    "changes_the_process": ("ok", "changed"),
}


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[int]]]:
    """A server on this machine, and the list of connections that it got."""
    server = socket.create_server(("127.0.0.1", 0))
    got: list[int] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            got.append(1)
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1], got
    server.close()


def run(spec: str, port: int = 1, limits: Limits = LIMITS) -> dict[str, Prediction]:
    pages = {name: Page(name, f"<p>{name}</p>".encode()) for name in ("a", "b", "d", "e")}
    pages["c"] = Page("c", f"<p>TRIGGER PORT{port}</p>".encode())
    with Run(spec, limits) as one:
        return {p.id: p for p in one.predictions(sorted(pages), lambda name: pages[name])}


def leftovers() -> list[str]:
    """The processes that a worker left behind."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and (
            ORPHAN_SECONDS in words or "goldspan.sandbox.python_host" in words
        ):
            found.append(" ".join(words))
    return found


@pytest.mark.parametrize("deed", EXPECTED)
@pytest.mark.xdist_group("isolation")
def test_it_is_recorded_as_what_it_is(deed: str, listener: tuple[int, list[int]]) -> None:
    """The page that triggers it has its status, its neighbours are fine, the run is finished, and nothing is left."""
    port, connections = listener
    status, said = EXPECTED[deed]
    found = run(f"{HERE / 'adapters.py'}:{deed}", port)
    assert sorted(found) == ["a", "b", "c", "d", "e"]
    for name in ("a", "b", "d", "e"):
        assert (found[name].status, found[name].error) == ("ok", None)
        assert found[name].extraction is not None
        assert found[name].extraction.text == f"good <p>{name}</p>"
    record = found["c"]
    assert record.status == status
    assert said in (record.error or (record.extraction.text if record.extraction else ""))
    assert connections == []


def test_nothing_is_left_behind() -> None:
    """Processes that fled their group and session are ended with the worker."""
    found = run(f"{HERE / 'adapters.py'}:orphans")
    assert found["c"].status == "ok"
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(ORPHAN_SECONDS in words for words in leftovers()):
        time.sleep(0.05)
    assert not any(ORPHAN_SECONDS in words for words in leftovers())


def test_what_it_prints_is_kept_with_its_page_and_bounded() -> None:
    """Printing does not reach the protocol; the last of it is in the record."""
    found = run(f"{HERE / 'adapters.py'}:prints")
    assert "straight to descriptor 1" in (found["c"].noise or "")
    assert found["d"].noise is None
    found = run(f"{HERE / 'adapters.py'}:huge_print")
    assert len(found["c"].noise or "") <= 4000
    assert (found["c"].noise or "").endswith("the last words")


def test_a_process_that_dies_of_an_earlier_page_costs_the_next_one_nothing() -> None:
    found = run(f"{HERE / 'adapters.py'}:dies_later")
    assert {name: (record.status, record.error) for name, record in found.items()} == dict.fromkeys(
        "abcde", ("ok", None)
    )


COMMANDS = {
    "loops": ("timeout", "no answer"),
    "aborts": ("crash", "SIGABRT"),
    "exits": ("crash", "exit code 0"),
    "grows": ("memory", "over the limit"),
    "writes nonsense": ("error", "no JSON object"),
    "answers another page": ("error", "'999'"),
    "closes": ("crash", "closed its channel"),
    "prints": ("ok", "good"),
    "leaves orphans": ("ok", "good"),
}


def command(deed: str) -> str:
    return f"cmd:{sys.executable} {HERE / 'command.py'} '{deed}'"


@pytest.mark.parametrize("deed", COMMANDS)
@pytest.mark.xdist_group("isolation")
def test_a_command_is_held_in_the_same_way(deed: str) -> None:
    status, said = COMMANDS[deed]
    found = run(command(deed))
    assert [found[name].status for name in "abde"] == ["ok"] * 4
    record = found["c"]
    assert record.status == status
    assert said in (record.error or (record.extraction.text if record.extraction else ""))


@pytest.mark.parametrize(
    ("deed", "said"),
    [("never greets", "within 1 s"), ("greets with nonsense", "no JSON object"), ("exits at once", "exit code 5")],
)
def test_a_command_that_does_not_greet_is_refused(deed: str, said: str) -> None:
    with pytest.raises(ExtractorError, match=said):
        run(command(deed), limits=Limits(timeout=1, start_timeout=1))


def test_a_command_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ExtractorError, match="No such file"):
        run("cmd:no-such-program --flag")
