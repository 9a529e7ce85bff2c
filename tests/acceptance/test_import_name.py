"""Users' own packages and ours never meet: nothing but ``goldspan`` is importable, and ours wins over nobody's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import PYTHONPATH, make_corpus

OURS = ("benchmark", "annotations", "schemas", "scripts", "tests")
EXTRACTOR = (
    "".join(f"from {name} import thing as {name}\n" for name in OURS)
    + """

def extract(html, url):
    assert {benchmark, annotations, schemas, scripts, tests} == {"the user's own"}
    return "A grey heron"
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder whose packages are named like the folders of our repository."""
    for name in OURS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('thing = "the user\'s own"\n', encoding="utf-8")
    (tmp_path / "mine.py").write_text(EXTRACTOR, encoding="utf-8")
    make_corpus(tmp_path / "pages", 160)  # so many that other processes measure them
    return tmp_path


def run(folder: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f".{os.pathsep}{PYTHONPATH}", "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_command_an_extractor_and_the_processes_that_measure(folder: Path) -> None:
    assert "version" in run(folder, "-m", "goldspan", "--version")
    told = run(folder, "-m", "goldspan", "score", "./mine.py:extract", "--corpus", "pages")
    assert "160" in told
    assert "error" not in told


def test_a_script_needs_no_guard_against_being_run_again(folder: Path) -> None:
    script = (
        "import goldspan\nprint('once')\nprint(goldspan.score('everything', 'pages').systems[0].scores['body.f1'].n)\n"
    )
    (folder / "script.py").write_text(script, encoding="utf-8")
    assert run(folder, "script.py").split() == ["once", "160"]


def test_the_face_is_lazy_and_complete() -> None:
    code = (
        "import sys, goldspan; print('numpy' in sys.modules, [getattr(goldspan, n) is None for n in goldspan.__all__])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("False [")
    assert "True" not in told
