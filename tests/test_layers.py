"""The architecture: imports point one way, and what is pure touches nothing outside itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "benchmark" / "goldspan"

PACKAGES = (
    "errors", "model", "core", "data", "extractors", "sandbox", "report", "evaluate", "api",
    "speed", "crawl", "synth", "annotate", "leaderboard", "cli",
)  # fmt: skip
CORE = ("text", "align", "policy", "metrics", "stats", "student_t", "variance", "protocol", "scoring")
PURE = ("errors", "model", "core")
OUTSIDE = {"os", "pathlib", "subprocess", "socket", "time", "shutil", "tempfile", "io", "threading", "multiprocessing"}
HEAVY = {
    "datasets", "sklearn", "trafilatura", "newspaper", "goose3", "justext", "boilerpy3", "resiliparse", "newsplease",
    "gne", "readability", "breadability", "inscriptis", "html2text", "bs4", "lxml", "html_text", "tldextract", "ray",
    "altair", "vl_convert", "extruct", "pyarrow", "pandas", "huggingface_hub", "httpx", "starlette", "uvicorn",
    "fastwarc", "zstandard", "pytest", "pytest_benchmark", "mlcroissant", "py3langid", "ftfy",
}  # fmt: skip


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def package_of(path: Path) -> str:
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imported(path: Path, *, top_only: bool = False) -> Iterator[str]:
    """The modules a file imports; not those that only the type checker sees."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes: list[ast.AST] = list(tree.body) if top_only else list(ast.walk(tree))
    checked = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in nodes:
        if id(node) in checked:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} has a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "goldspan")


EVERY_FILE = pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))


@EVERY_FILE
def test_a_package_imports_only_those_above_it(path: Path) -> None:
    package = package_of(path)
    if package in ("__init__", "__main__"):
        return
    assert package in PACKAGES, f"{package} is not in the architecture"
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "goldspan" and len(parts) > 1 and parts[1] in PACKAGES:
            assert PACKAGES.index(parts[1]) <= PACKAGES.index(package), f"{path.name} of {package} imports {name}"


@pytest.mark.parametrize("path", [p for p in files() if package_of(p) == "core"], ids=lambda p: p.name)
def test_the_parts_of_core_import_only_those_above_them(path: Path) -> None:
    part = path.relative_to(PACKAGE / "core").parts[0].removesuffix(".py")
    for name in imported(path):
        parts = name.split(".")
        if part != "__init__" and parts[:2] == ["goldspan", "core"] and len(parts) > 2:
            assert CORE.index(parts[2]) <= CORE.index(part), f"{path.name} of {part} imports {name}"


@pytest.mark.parametrize(
    "path", [p for p in files() if package_of(p) in PURE], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_what_is_pure_touches_no_files_clocks_processes_or_network(path: Path) -> None:
    assert {name.split(".")[0] for name in imported(path)} & OUTSIDE == set()


@EVERY_FILE
def test_heavy_libraries_are_imported_where_they_are_used(path: Path) -> None:
    assert {name.split(".")[0] for name in imported(path, top_only=True)} & HEAVY == set()


@EVERY_FILE
def test_only_reports_and_the_command_line_print(path: Path) -> None:
    if package_of(path) in ("report", "cli"):
        return
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
