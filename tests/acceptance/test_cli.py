"""The command line as a user meets it: exit codes, one clear line for each fault, files that are not lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.data.schema import validate
from tests.helpers import ROOT, goldspan, make_corpus

MINE = """
import re
def extract(html: str, url: str | None) -> str:
    return "\\n".join(re.findall(r"<p>(.*?)</p>", html))
def everything(html, url=None):
    return re.sub("<[^>]*>", " ", html)
def broken(html, url=None):
    raise ValueError("this page is not to my taste")
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder with an extractor of the user's own and a small corpus."""
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    make_corpus(tmp_path / "samples")
    return tmp_path


def test_score_prints_a_table_the_run_file_and_the_protocol(place: Path) -> None:
    done = goldspan("score", "./mine.py:extract", "nothing", "--corpus", "samples", cwd=place)
    assert "mine:extract" in done.stdout
    assert "1.000" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("samples@")
    assert "|policy:neutral|metric:body.f1/2|fail:0|ci:cluster-t/1" in done.stdout
    kept = [line for line in done.stderr.splitlines() if line.startswith("predictions: ")]
    assert Path(kept[0].removeprefix("predictions: ")).is_file()


def test_json_goes_to_standard_output_and_fits_its_schema(place: Path) -> None:
    done = goldspan("score", "./mine.py", "--corpus", "samples", "--json", "-", cwd=place)
    data = json.loads(done.stdout)
    assert validate("result", data, "result") == []
    (system,) = data["systems"]
    assert system["scores"]["body.f1"]["value"] == 1.0


def test_a_report_is_written(place: Path) -> None:
    goldspan("score", "./mine.py", "--corpus", "samples", "--html", "report.html", "--json", "r.json", cwd=place)
    assert "mine:extract" in (place / "report.html").read_text(encoding="utf-8")
    assert json.loads((place / "r.json").read_text(encoding="utf-8"))["headline"] == "body.f1"


def test_a_gate_that_fails_ends_with_1(place: Path) -> None:
    goldspan("score", "./mine.py", "--corpus", "samples", "--fail-under", "body.f1=0.9", cwd=place)
    done = goldspan("score", "nothing", "--corpus", "samples", "--fail-under", "body.f1=0.9", cwd=place, code=1)
    assert "gate failed: nothing" in done.stderr
    done = goldspan(
        "score", "./mine.py:everything", "--corpus", "samples", "--fail-under", "leak.tokens=3", cwd=place, code=1
    )
    assert "leak.tokens" in done.stderr


def test_failures_are_counted_by_kind_and_score_as_empty_outputs(place: Path) -> None:
    done = goldspan("score", "./mine.py:broken", "--corpus", "samples", "--json", "-", cwd=place)
    (system,) = json.loads(done.stdout)["systems"]
    assert system["failures"] == {"error": 3}
    assert system["scores"]["body.f1"]["value"] == 0.0


def test_rescore_compare_and_explain_read_the_run_file(place: Path) -> None:
    goldspan("score", "./mine.py", "./mine.py:everything", "--corpus", "samples", "--save", "run.jsonl", cwd=place)
    strict = goldspan("rescore", "run.jsonl", "--policy", "strict", "--metric", "body,leak", cwd=place).stdout
    assert "policy:strict" in strict
    assert "mine:everything" in goldspan("compare", "run.jsonl", cwd=place).stdout
    shown = goldspan("explain", "run.jsonl", "en-heron-1", "--system", "mine:everything", cwd=place).stdout
    assert "{+" in shown
    assert "Buy two kettles" in shown


def test_finished_predictions_are_scored(place: Path) -> None:
    pages = {f"en-heron-{n}": "A grey heron that left the mill pond two winters ago was seen again" for n in range(3)}
    (place / "theirs.json").write_text(json.dumps(pages), encoding="utf-8")
    done = goldspan("score", "predictions:theirs.json", "--corpus", "samples", "--json", "-", cwd=place)
    (system,) = json.loads(done.stdout)["systems"]
    assert system["scores"]["body.precision"]["value"] == 1.0
    assert 0 < system["scores"]["body.recall"]["value"] < 1


def test_missing_predictions_are_told_and_score_as_empty(place: Path) -> None:
    (place / "theirs.json").write_text('{"en-heron-0": "A grey heron"}', encoding="utf-8")
    done = goldspan("score", "predictions:theirs.json", "--corpus", "samples", "--json", "-", cwd=place)
    (system,) = json.loads(done.stdout)["systems"]
    assert any("2 of 3 pages have no prediction" in warning for warning in system["warnings"])
    assert [row["values"]["body"]["f1"] for row in system["rows"]][1:] == [0, 0]


def test_a_saved_file_is_not_replaced_unasked(place: Path) -> None:
    goldspan("score", "./mine.py", "--corpus", "samples", "--save", "run.jsonl", cwd=place)
    before = (place / "run.jsonl").read_bytes()
    done = goldspan("score", "./mine.py", "--corpus", "samples", "--save", "run.jsonl", cwd=place, code=2)
    assert "--resume" in done.stderr
    assert (place / "run.jsonl").read_bytes() == before


def test_a_run_of_other_limits_or_another_corpus_is_not_resumed(place: Path) -> None:
    goldspan("score", "./mine.py", "--corpus", "samples", "--save", "run.jsonl", cwd=place)
    more = ("score", "./mine.py", "--save", "run.jsonl", "--resume", "--corpus")
    assert "timeout" in goldspan(*more, "samples", "--timeout", "5", cwd=place, code=2).stderr
    make_corpus(place / "other", 2)
    assert "its corpus is samples" in goldspan(*more, "other", cwd=place, code=2).stderr


FAULTS: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown extractor": (("score", "trafilatur", "--corpus", "samples"), "Did you mean 'trafilatura'"),
    "unknown option": (("score", "justext?langage=English", "--corpus", "samples"), "language"),
    "missing file": (("score", "./nowhere.py:extract", "--corpus", "samples"), "nowhere.py"),
    "unknown corpus": (("score", "nothing", "--corpus", "abe:x"), "Did you mean 'aeb'"),
    "empty corpus": (("score", "nothing", "--corpus", "cache"), "cache"),
    "unknown metric": (("score", "nothing", "--corpus", "samples", "--metric", "bodi"), "Did you mean 'body'"),
    "unknown policy": (("score", "nothing", "--corpus", "samples", "--policy", "lax"), "neutral"),
    "no number in a gate": (("score", "nothing", "--corpus", "samples", "--fail-under", "body.f1"), "body.f1=0.9"),
    "unknown figure in a gate": (("score", "nothing", "--corpus", "samples", "--fail-under", "body.f2=1"), "body.f1"),
    "no system": (("score",), "SYSTEM"),
    "run file missing": (("rescore", "none.jsonl"), "none.jsonl is missing"),
    "no run file": (("rescore", "mine.py"), "mine.py"),
    "unknown page": (("score", "predictions:strange.json", "--corpus", "samples"), "does not have"),
    "unknown command": (("skore",), "skore"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_use_is_one_line_and_exit_code_2(place: Path, fault: str) -> None:
    words, said = FAULTS[fault]
    (place / "strange.json").write_text('{"no-such-page": "x"}', encoding="utf-8")
    (place / "cache").mkdir(exist_ok=True)
    done = goldspan(*words, cwd=place, code=2)
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("goldspan: ")]) <= 1


def test_check_prints_incidents_and_exits_with_1_on_an_error(place: Path) -> None:
    assert "3 samples, 0 errors" in goldspan("check", "samples", cwd=place).stderr
    (place / "samples" / "en-heron-1" / "page.html").write_text("changed", encoding="utf-8")
    assert "hash differs" in goldspan("check", "samples", cwd=place, code=1).stdout


@pytest.mark.parametrize("kind", ["extractors", "corpora", "metrics", "policies"])
def test_list_shows_what_is_registered(place: Path, kind: str) -> None:
    known = {"extractors": "trafilatura", "corpora": "wcxb:PATH", "metrics": "body.f1/2", "policies": "neutral"}
    assert known[kind] in goldspan("list", kind, cwd=place).stdout


def test_help_needs_no_heavy_import() -> None:
    """What help does not need is not imported, so that it answers at once."""
    code = (
        "import sys\nsys.argv = ['goldspan', '--help']\nfrom goldspan.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'datasets', 'sklearn', 'selectolax', 'rapidfuzz', 'trafilatura', 'jinja2', 'jsonschema'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_has_help_with_an_example(tmp_path: Path) -> None:
    from goldspan.cli import COMMANDS

    for name in COMMANDS:
        assert "Example: goldspan " + name in goldspan(name, "--help", cwd=tmp_path).stdout


def test_the_readme_names_every_command() -> None:
    from goldspan.cli import COMMANDS

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"goldspan {name}" not in text] == []
