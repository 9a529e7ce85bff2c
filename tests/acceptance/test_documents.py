"""The documents are true: what they name and link to exists, their code runs, their figures are counted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from textwrap import dedent
from urllib.parse import unquote

import pytest
import yaml

from goldspan import __version__
from goldspan.annotate.gold_checks import check_folder
from goldspan.core.metrics import REGISTRY, find_metric
from goldspan.data.corpora import CORPORA
from goldspan.data.corpora.samples import read_manifest
from goldspan.data.gold import read_sample
from goldspan.data.schema import policy_names
from goldspan.extractors.registry import REGISTERED
from goldspan.synth import load_templates
from tests.helpers import ARTICLE, goldspan
from tests.test_layers import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CARD = (ROOT / "annotations" / "README.md").read_text(encoding="utf-8")
ARTICLES = ROOT / "annotations" / "articles"
FIGURES = ROOT / "annotations" / "figures"
STUDIES = ROOT / "scripts" / "studies"

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^(?P=indent)```", re.M | re.S)
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s]+)\)")
_PART = re.compile(r"^<!-- (?P<name>[\w-]+) -->$(?P<part>.*?)^<!-- /(?P=name) -->$", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:\.?[\w-]+/)*\.?[\w-]+(?:\.[a-z]+|/[\w-]+)")


def tracked(suffix: str) -> list[Path]:
    """The project's files with a suffix: those that git knows, or all that are there where git cannot say."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", f"*{suffix}"],
            cwd=ROOT, capture_output=True, check=True, text=True,
        ).stdout.split("\0")  # fmt: skip
        found = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        found = [
            path
            for path in ROOT.rglob(f"*{suffix}")
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    return sorted(path for path in found if path.is_file())


def documents() -> list[Path]:
    """Every Markdown file that is a document; the articles are data."""
    return [path for path in tracked(".md") if path.parent.parent != ARTICLES]


def python_blocks(text: str) -> list[str]:
    return [dedent(found["code"]) for found in _FENCE.finditer(text) if found["language"] == "python"]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = _CODE.sub("", _FENCE.sub("", path.read_text(encoding="utf-8")))
    missing = {link for link in _LINK.findall(text) if not (path.parent / unquote(link.partition("#")[0])).exists()}
    assert missing == set()


def test_contributing_names_files_that_exist() -> None:
    spans = _CODE.findall(_FENCE.sub("", CONTRIBUTING))
    words = {word for span in spans for word in span.split()}
    named = {word for word in words if _PATH.fullmatch(word) and word.split("/")[0] in os.listdir(ROOT)}
    assert {
        "pyproject.toml",
        "scripts/compose",
        "benchmark/goldspan/core/metrics/__init__.py",
        "tests/foreign.py",
    } <= named
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_contributing_names_the_registries() -> None:
    for name, registry in (
        ("benchmark/goldspan/extractors/registry.py", "REGISTERED"),
        ("benchmark/goldspan/core/metrics/__init__.py", "REGISTRY"),
        ("benchmark/goldspan/core/metrics/__init__.py", "DEFAULT"),
        ("benchmark/goldspan/data/corpora/__init__.py", "CORPORA"),
        ("benchmark/goldspan/synth/build.py", "VERSION"),
        ("tests/data/test_foreign_corpora.py", "KINDS"),
    ):
        assert f"`{registry}`" in CONTRIBUTING
        assert re.search(rf"^{registry}\b.*=", (ROOT / name).read_text(encoding="utf-8"), re.M), f"{name}: {registry}"


def test_contributing_gives_names_that_are_free() -> None:
    assert {"example"}.isdisjoint(REGISTERED)
    assert {"length"}.isdisjoint(REGISTRY)
    assert {"pairs"}.isdisjoint(CORPORA)
    assert "letter" in load_templates()


def test_the_python_of_contributing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = python_blocks(CONTRIBUTING)
    assert len(blocks) == 3
    for number, code in enumerate(blocks):
        space = {"__name__": f"contributing_{number}"}
        monkeypatch.setitem(sys.modules, space["__name__"], type(sys)(space["__name__"]))
        exec(compile(code, f"CONTRIBUTING.md, block {number}", "exec"), space)


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    [code] = python_blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    shown = capsys.readouterr().out
    assert [word for word in ("paragraphs", "core@", "The output", "nothing") if word not in shown] == []


def test_a_page_is_added_as_contributing_says(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(ARTICLE, encoding="utf-8")
    [words] = re.findall(r"`goldspan (add page\.html --url \S+)`", CONTRIBUTING)
    goldspan(*words.split(), cwd=tmp_path)
    incidents, samples = check_folder(tmp_path / "my-samples")
    assert samples == 1
    # All that is missing is somebody who confirms the drafts.
    assert ["are not confirmed" in one.what for one in incidents if one.level == "error"] == [True]


def test_the_corpus_of_contributing_opens(tmp_path: Path) -> None:
    [code] = [code for code in python_blocks(CONTRIBUTING) if "def open_corpus" in code]
    space: dict[str, object] = {"__name__": __name__}
    exec(compile(code, "CONTRIBUTING.md", "exec"), space)
    (tmp_path / "heron.html").write_text(ARTICLE, encoding="utf-8")
    text = "A grey heron that left the mill pond two winters ago"
    (tmp_path / "heron.json").write_text(json.dumps({"text": text}), encoding="utf-8")
    corpus = space["open_corpus"](tmp_path)  # type: ignore[operator]
    assert corpus.ids == ("heron",)
    assert corpus.load("heron").gold.blocks


def test_the_architecture_lists_its_packages_in_order() -> None:
    text = (ROOT / "benchmark" / "goldspan" / "README.md").read_text(encoding="utf-8")
    here = {
        path.stem
        for path in (ROOT / "benchmark" / "goldspan").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert re.findall(r"^\| `(\w+)` \|", text, re.M) == [package for package in PACKAGES if package in here]


def test_every_metric_is_described_under_its_identity() -> None:
    text = (ROOT / "benchmark" / "goldspan" / "core" / "metrics" / "README.md").read_text(encoding="utf-8")
    described = [line[3:] for line in text.splitlines() if re.fullmatch(r"## [\w-]+\.[\w-]+/\d+", line)]
    assert described == [find_metric(name).identity for name in REGISTRY]


def test_every_schema_and_policy_is_described() -> None:
    text = (ROOT / "schemas" / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "schemas").glob("*.json")}
    assert set(re.findall(r"^\| \[`([\w.]+\.json)`\]", text, re.M)) == files
    assert set(re.findall(r"^\| \[`([\w-]+)`\]", text, re.M)) == set(policy_names())


@pytest.mark.parametrize("script", ["card_figures", "standoff_figures"])
def test_the_figures_of_the_cards_are_counted(script: str) -> None:
    done = subprocess.run(
        [sys.executable, STUDIES / f"{script}.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def marked_parts(path: Path) -> dict[str, str]:
    """What stands between the markers of a document, by their name."""
    return {found["name"]: found["part"].strip() for found in _PART.finditer(path.read_text(encoding="utf-8"))}


def test_guides_state_the_headlines_of_the_figures() -> None:
    figures = {name: (path, part) for path in FIGURES.glob("*.md") for name, part in marked_parts(path).items()}
    stated = {}
    for guide in [ROOT / "annotations" / "README.md", *(ROOT / "benchmark" / "goldspan").rglob("README.md")]:
        for name, part in marked_parts(guide).items():
            path, whole = figures[name]
            stated[name] = (guide, part)
            link = os.path.relpath(path, guide.parent)
            assert part == f"{whole.splitlines()[0]} [All figures]({link}).", f"{guide}: {name}"
    assert stated.keys() == figures.keys()
    assert {"counts", "agreement", "gate", "growth", "throughput", "press-count"} <= stated.keys()


def test_the_card_states_what_the_manifest_and_the_gold_state() -> None:
    front = yaml.safe_load(CARD.split("---\n")[1])
    manifest = read_manifest(ROOT / "annotations" / "manifest.json")
    golds = [read_sample(ROOT / "annotations" / "pages" / name).gold for name in manifest["samples"]]
    assert front["language"] == sorted({str(gold.about.language).partition("-")[0] for gold in golds})
    assert {str(gold.about.licence).lower() for gold in golds} == {front["license"]}
    assert manifest["canary"] in CARD
    assert {gold.canary for gold in golds} == {manifest["canary"]}
    assert f"core set, version {manifest['version']}." in CARD


def test_the_citation_names_the_version_and_licence_of_the_project() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (citation["version"], citation["license"]) == (__version__, project["license"])
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
