"""From three submissions to a site, on the command line; and the results that ship."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.data.schema import data_path
from tests.helpers import ROOT, goldspan, make_corpus

ON = ("--corpus", "samples")


def test_three_systems_are_submitted_added_and_shown(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 12)
    (tmp_path / "mine.py").write_text(
        "def extract(html, url=None):\n    return 'A grey heron <script>alert(1)</script>'\n"
    )
    for name, system in (("a", "everything"), ("b", "selectolax-text"), ("c", "./mine.py:extract")):
        goldspan("submit", system, "--out", name, *ON, cwd=tmp_path)
        said = goldspan("leaderboard", "add", name, "--store", "store", *ON, cwd=tmp_path).stderr
        assert "re-scored" in said
    assert "already" in goldspan("leaderboard", "add", "a", "--store", "store", *ON, cwd=tmp_path, code=2).stderr
    again = goldspan("leaderboard", "add", "a", "--store", "store", "--rerun", *ON, cwd=tmp_path).stderr
    assert "re-run, number 4" in again
    for _ in range(2):
        done = goldspan("leaderboard", "build", "--store", "store", "--out", "site", *ON, cwd=tmp_path)
        assert "open site/index.html" in done.stderr
    overview = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "3 systems on 12 pages" in overview
    assert overview.count("<tr data-row=") == 3
    assert "<script>alert" not in overview
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").touch()
    refused = goldspan("leaderboard", "build", "--store", "store", "--out", "thesis", *ON, cwd=tmp_path, code=2)
    assert "holds no site" in refused.stderr
    empty = goldspan("leaderboard", "build", "--store", "none", "--out", "new", *ON, cwd=tmp_path, code=2)
    assert "leaderboard add" in empty.stderr


def test_a_challenge_is_answered_by_a_re_run(tmp_path: Path) -> None:
    make_corpus(tmp_path / "samples", 10)
    goldspan("submit", "everything", "--out", "a", *ON, cwd=tmp_path)
    goldspan("verify", "a", "--challenge", "ch", "--seed", "4", "--pages", "4", *ON, cwd=tmp_path)
    goldspan("leaderboard", "add", "a", "--store", "store", "--rerun", "--challenge", "ch", *ON, cwd=tmp_path)
    goldspan("leaderboard", "build", "--store", "store", "--out", "site", *ON, cwd=tmp_path)
    assert (
        "pages composed after the submission" in (tmp_path / "site" / "systems" / "everything-0.1.0.html").read_text()
    )


def test_the_readme_holds_the_results_that_ship() -> None:
    if not list(data_path("annotations", "results").glob("*.entry.json.zst")):
        pytest.skip("no results ship yet: scripts/studies/ship_results.py makes them")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "studies" / "ship_results.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
