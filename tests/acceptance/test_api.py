"""The Python interface: what it returns is what the command line writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import goldspan
from goldspan.errors import GoldspanError, UsageError
from tests.helpers import PYTHONPATH, ROOT, make_corpus
from tests.helpers import goldspan as command


def first_words(html: str, url: str | None) -> str:
    """Half of the article."""
    return "A grey heron that left the mill pond two winters ago was seen again on"


def raises(html: str) -> str:
    raise ValueError("no such page")


class Whole:
    """An adapter with a method."""

    name = "whole"

    def extract(self, page: object) -> str:
        return "Nobody in the village expects it to stay beyond the first frost of November."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return make_corpus(tmp_path / "pages")


def test_functions_classes_and_objects_are_scored_here(corpus: Path) -> None:
    result = goldspan.score([first_words, Whole, Whole(), raises, "nothing"], corpus)
    values = [one.scores["body.f1"].value for one in result.systems]
    assert [one.system.name for one in result.systems] == ["first_words", "whole", "whole (2)", "raises", "nothing"]
    assert values[1] == values[2]
    assert values[0] is not None
    assert values[0] > 0.3
    assert values[3] == values[4] == 0.0
    assert result.systems[3].failures == {"error": 3}


def test_what_a_function_raises_is_recorded(corpus: Path) -> None:
    prediction = goldspan.run(raises, corpus).predictions["en-heron-0"]
    assert prediction.status == "error"
    assert "ValueError: no such page" in (prediction.error or "")


def test_to_dict_is_the_command_lines_json(corpus: Path, tmp_path: Path) -> None:
    result = goldspan.score("everything", corpus, save=tmp_path / "run.jsonl")
    command("rescore", tmp_path / "run.jsonl", "--json", "out.json", cwd=tmp_path)
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert result.to_dict() == written


def test_rows_and_tables_are_frames(corpus: Path) -> None:
    pandas = pytest.importorskip("pandas")
    result = goldspan.score(["everything", "nothing"], corpus, by="language")
    rows, table = pandas.DataFrame(result.rows()), pandas.DataFrame(result.table())
    assert len(rows) == 6
    assert set(rows["status"]) == {"ok", "empty"}
    mean = rows.groupby("system")["body.f1"].mean()
    for line in table.itertuples():
        assert mean[line.system] == pytest.approx(table.loc[line.Index, "body.f1"])
    assert table["body.f1.low"].isna().all()  # three pages are too few for an interval
    assert table["rank"].isna().all()


def test_results_show_themselves(corpus: Path) -> None:
    result = goldspan.score(["everything", "nothing"], corpus)
    assert "everything@" in str(result)
    assert str(result).endswith(result.protocol)
    assert "<th>Body F1</th>" in result._repr_html_()
    compared = goldspan.compare("everything", "nothing", corpus=corpus)
    assert "everything@" in str(compared)
    assert "<td>" in compared._repr_html_()
    (row,) = compared.rows()
    assert row["value"] == pytest.approx(result.systems[0].scores["body.f1"].value)


def test_a_run_is_scored_compared_and_explained_without_running_again(corpus: Path, tmp_path: Path) -> None:
    made = goldspan.run("everything", corpus, save=tmp_path / "run.jsonl")
    assert goldspan.score(made, corpus).rows() == goldspan.score(tmp_path / "run.jsonl", corpus).rows()
    found = goldspan.explain(made, "en-heron-1", corpus)
    assert found.words("lost") == []
    assert any("kettles" in words for words in found.words("leaked"))
    assert "kettles" in str(found)


def test_resuming_runs_only_what_is_missing(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    goldspan.run("everything", corpus, save=path)
    with pytest.raises(UsageError, match="exists"):
        goldspan.run("everything", corpus, save=path)
    before = path.read_bytes()
    goldspan.run("everything", corpus, save=path, resume=True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda at: goldspan.load_corpus("no-such-corpus"), "neither a corpus nor a folder"),
        (lambda at: goldspan.score("no-such-system", at), "No extractor is registered"),
        (lambda at: goldspan.score("nothing", at, policy="no-such-policy"), "policy"),
        (lambda at: goldspan.score("nothing", at, metrics="no-such-metric"), "metric"),
        (lambda at: goldspan.score(3, at), "cannot be called"),
        (lambda at: goldspan.compare("nothing", corpus=at), "only one system"),
        (lambda at: goldspan.explain("nothing", "no-such-page", at), "no page"),
        (lambda at: goldspan.run(first_words, at, save="x.jsonl"), "only runs of strings are saved"),
    ],
)
def test_faults_are_one_line(corpus: Path, call: object, says: str) -> None:
    with pytest.raises(GoldspanError, match=says) as fault:
        call(corpus)  # type: ignore[operator]
    assert "\n" not in str(fault.value)


def test_the_page_is_what_the_docstrings_say() -> None:
    script = [sys.executable, ROOT / "scripts" / "studies" / "api_page.py", "--check"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_two_extractors_of_one_name_are_told_apart(corpus: Path) -> None:
    result = goldspan.score([lambda html: "a", lambda html: html], corpus)
    assert [one.system.name for one in result.systems] == ["<lambda>", "<lambda> (2)"]


def test_a_run_of_another_corpus_is_refused(corpus: Path, tmp_path: Path) -> None:
    goldspan.run("nothing", corpus, save=tmp_path / "run.jsonl")
    gold = corpus / "en-heron-0" / "gold.json"
    gold.write_text(gold.read_text(encoding="utf-8").replace("Ada Ferring", "Ada Ferrier"), encoding="utf-8")
    with pytest.raises(GoldspanError, match="was made on"):
        goldspan.score(tmp_path / "run.jsonl", corpus)


def test_an_extractor_that_exits_costs_its_page_only(corpus: Path) -> None:
    def leaves(html: str) -> str:
        sys.exit(0)

    assert goldspan.score(leaves, corpus).systems[0].failures == {"error": 3}


def test_the_caller_may_go_elsewhere(corpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(corpus.parent)
    opened = goldspan.load_corpus("pages")
    monkeypatch.chdir("/")
    assert goldspan.score("nothing", opened).systems[0].failures == {"empty": 3}


@pytest.mark.parametrize(
    "given",
    [{"timeout": -1}, {"timeout": float("nan")}, {"timeout": "30"}, {"memory": 0}, {"jobs": 0}, {"by": "zz"}],
    ids=str,
)
def test_odd_arguments_are_refused(corpus: Path, given: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        goldspan.score("nothing", corpus, **given)  # type: ignore[arg-type]


def test_a_type_checker_knows_every_name(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("import goldspan\ngoldspan.scoer('x')\ngoldspan.SystemRun\n", encoding="utf-8")
    words = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "script.py"]
    environment = {**os.environ, "MYPYPATH": PYTHONPATH}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert 'has no attribute "scoer"' in done.stdout
    assert "SystemRun" not in done.stdout
