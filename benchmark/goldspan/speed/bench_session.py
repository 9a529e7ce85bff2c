"""The process in which pytest-benchmark measures: ``python -m goldspan.speed.bench_session EVENTS``, with the order as
JSON on its standard input. It has a process of its own because a failed comparison of pytest-benchmark ends in an
exception, and because the plug-ins, options and output of a test run do not belong in a command's own process.

It reports events as lines of JSON on the descriptor EVENTS: ``{"step": …}``, ``{"row": …, "spec": …}``,
``{"fault": …}``, ``{"regressed": …}``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from goldspan.errors import GoldspanError, UsageError
from goldspan.model import Limits
from goldspan.speed.study import ROUNDS, STEPS, Plan, Study

Tell = Callable[[dict[str, Any]], None]

STEPS_A_SYSTEM = 1 + len(STEPS)
_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_STORING = tuple(f"--benchmark-{name}" for name in ("storage", "save", "autosave", "compare"))


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be measured.

    Attributes:
        pages: how many pages of the corpus.
        options: ``--benchmark-…`` for pytest-benchmark.
    """

    systems: tuple[str, ...]
    corpus: str
    pages: int
    plan: Plan
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        rows: of the systems that were measured, by their specs; :meth:`SystemSpeed.row` makes them.
        faults: of those that could not be measured, in words.
        regressed: what pytest-benchmark's own comparison found, in words.
        report: pytest-benchmark's JSON, with each row as extra information; empty if none was measured.
        printed: what pytest printed.
    """

    rows: dict[str, dict[str, Any]]
    faults: tuple[str, ...]
    regressed: tuple[str, ...]
    report: bytes
    printed: str


# In the command's process


def run_session(order: Order, tell: Tell) -> Outcome:
    """Measure systems.

    Args:
        tell: called with each event as it comes.

    Raises:
        UsageError: pytest-benchmark is not installed.
        GoldspanError: nothing could be measured; it says why.
    """
    from importlib.util import find_spec

    if find_spec("pytest") is None or find_spec("pytest_benchmark") is None:
        raise UsageError(
            "goldspan speed needs pytest-benchmark, which is not installed",
            "Install it: pip install 'goldspan[speed]'",
        )
    rows: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    regressed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="goldspan-speed-") as folder:
        report, printed = Path(folder, "report.json"), Path(folder, "printed")

        def sort(event: dict[str, Any]) -> None:
            if "row" in event:
                rows[event["spec"]] = event["row"]
            faults.extend([event["fault"]] if "fault" in event else [])
            regressed.extend([event["regressed"]] if "regressed" in event else [])
            tell(event)

        code = _run_process(order, report, printed, sort)
        saved = report.read_bytes() if report.is_file() else b""
        said = [line for line in printed.read_text("utf-8", "replace").splitlines() if str(report) not in line]
    if code and not faults:
        wrong = [line.partition("rror: ")[2] for line in said if "rror: " in line]
        what = wrong[-1] if wrong else f"it ended with exit code {code}"
        faults.append(str(UsageError(f"pytest-benchmark: {what}", "Check the --benchmark options.")))
    if not rows:
        raise GoldspanError(faults[0] if faults else "No system was measured")
    return Outcome(rows, tuple(faults), tuple(regressed), saved, "\n".join(said).partition("\nTraceback ")[0].strip())


def options_with_values() -> frozenset[str]:
    """The options of pytest-benchmark that need a value; none if it is not installed."""
    from importlib.util import find_spec

    if find_spec("pytest_benchmark") is None:
        return frozenset()
    from pytest_benchmark.plugin import pytest_addoption

    found = set()

    class Options:
        def getgroup(self, name: str) -> Options:
            return self

        def addoption(self, name: str, **about: Any) -> None:
            if about.get("action", "store") == "store" and about.get("nargs") != "?":
                found.add(name)

    pytest_addoption(Options())  # type: ignore[no-untyped-call]
    return frozenset(found)


def _run_process(order: Order, report: Path, printed: Path, tell: Tell) -> int:
    """Start the process and read its events to the end; its exit code."""
    events, out = os.pipe()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH")])),
    }
    with printed.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-m", "goldspan.speed.bench_session", str(out)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(out,),
            env=environment,
        )
        os.close(out)
        assert process.stdin is not None
        try:
            with process.stdin as request:
                request.write(json.dumps({**asdict(order), "report": str(report)}).encode())
            with os.fdopen(events, encoding="utf-8") as lines:
                for line in lines:
                    tell(json.loads(line))
        finally:
            # Ctrl-C reaches it as well, and it ends with the systems that it started.
            code = process.wait()
    return code


# In the process of its own


class _Plugin:
    """Gives the one test its systems, and reports what failed."""

    def __init__(self, studies: Sequence[Study], tell: Tell) -> None:
        self.studies = studies
        self.tell = tell
        self.config: Any = None

    def pytest_configure(self, config: Any) -> None:
        self.config = config
        config.pluginmanager.register(_Machine())  # after pytest-benchmark, so that it is asked first

    def pytest_generate_tests(self, metafunc: Any) -> None:
        import pytest

        cases = [
            pytest.param(study, id=study.label, marks=pytest.mark.benchmark(timer=study.clock))
            for study in self.studies
        ]
        metafunc.parametrize("study", cases)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" and report.failed:
            kind, _, said = report.longrepr.reprcrash.message.partition(": ")
            self.tell({"fault": said if kind.startswith("goldspan.errors.") else str(report.longrepr)})

    def regressed(self) -> list[str]:
        session = getattr(self.config, "_benchmarksession", None)
        return [f"{name}: {said}" for name, said in getattr(session, "performance_regressions", ())]


class _Machine:
    """What pytest-benchmark records about the machine, without the host name."""

    def pytest_benchmark_generate_machine_info(self, config: Any) -> dict[str, str]:
        from goldspan.sandbox.environment import environment

        return environment()


def main() -> None:
    order = json.load(sys.stdin)
    with os.fdopen(int(sys.argv[1]), "w", encoding="utf-8") as events:
        os.set_inheritable(events.fileno(), False)

        def tell(event: dict[str, Any]) -> None:
            events.write(json.dumps(event) + "\n")
            events.flush()

        try:
            code = _measure(order, tell)
        except GoldspanError as fault:
            tell({"fault": str(fault)})
            code = 1
    sys.exit(code)


def _measure(order: dict[str, Any], tell: Tell) -> int:
    import pytest
    from pytest_benchmark.session import PerformanceRegression

    plugin = _Plugin(_studies(order, tell), tell)
    suite = Path(__file__).with_name("bench_suite.py")
    words = [
        f"{suite}::test_speed", "-qq", "--no-header", "--noconftest", "-c", os.devnull, f"--rootdir={suite.parent}",
        "-p", "no:cacheprovider", "-p", "pytest_benchmark.plugin", f"--benchmark-json={order['report']}",
    ]  # fmt: skip
    storage = Path(order["report"]).parent  # unless another is named, or used: it would be made even if nothing is kept
    if not any(option.startswith(_STORING) for option in order["options"]):
        words.append(f"--benchmark-storage=file://{storage}")
    words += [f"--benchmark-min-rounds={ROUNDS}", *(order["options"] or ["--benchmark-quiet"])]
    try:
        return int(pytest.main(words, plugins=[plugin]))
    except PerformanceRegression:
        for line in plugin.regressed():
            tell({"regressed": line})
        return 0


def _studies(order: dict[str, Any], tell: Tell) -> list[Study]:
    """The systems, each started once, so that one that does not start is reported before any time is spent."""
    from goldspan.data.corpora import open_corpus
    from goldspan.speed.page_choice import choose, protocol

    plan = Plan(**{**order["plan"], "limits": Limits(**order["plan"]["limits"])})
    corpus = open_corpus(order["corpus"])
    pages = choose(corpus, order["pages"])
    line = protocol(corpus.name, pages)
    studies: dict[str, Study] = {}
    for spec in order["systems"]:
        study = Study(spec, plan, line, pages, tell)
        if study.label in studies:
            raise UsageError(f"{spec} and another system are both {study.label}", "Name each once.")
        studies[study.label] = study
    return list(studies.values())


if __name__ == "__main__":
    main()
