#!/usr/bin/env python3
"""Mutation run: how many small faults planted in the core do the tests of the core find?

    scripts/studies/mutation.py --sample 300 --seed 1

A *mutant* is a copy of the core with one change: an operator, a constant or a condition is another one, a result or an
assigned value is None. It is killed where ``tests/core`` fails on it or takes too long, alive where it passes. Mutants
are made in copies outside the checkout. What no output depends on is not mutated: docstrings, annotations, type
aliases, ``__all__``, ``zip``'s check ``strict`` and the ``maxsize`` of caches; nor is the frozen table
``text/ranges.py``. Mutants that are shown to be equivalent stand in ``equivalent_mutants.txt`` with the reason, and are
left out.
"""

from __future__ import annotations

import argparse
import ast
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = Path("benchmark/goldspan/core")
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")
FROZEN = "text/ranges.py"
SLOW = 4.0  # times as long as the unchanged core, after which a mutant counts as killed

# The tests that look at a part of the core most closely, which run first.
FIRST = {
    "align": ("test_align_constants.py", "test_align.py"),
    "metrics": ("test_metrics.py", "test_golden_scores.py", "test_metrics_registry.py", "test_compat_metrics.py"),
    "policy.py": ("test_policy.py",),
    "protocol.py": ("test_protocol.py",),
    "scoring.py": ("test_scoring.py",),
    "stats.py": ("test_stats.py", "test_scoring.py"),
    "text": ("test_decode.py", "test_stream.py", "test_tokens.py", "test_stream_html5lib.py"),
}
# Failing examples are not made smaller, and are the same for every mutant.
CONFTEST = """from hypothesis import Phase, settings
settings.register_profile("mutation", phases=(Phase.explicit, Phase.generate), derandomize=True, database=None)
settings.load_profile("mutation")
"""

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATOR: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.MatMult: ast.Add,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file.

    Attributes:
        path: the file, from the core on.
        line: its number in the file.
        name: what is changed and where, without the number; it stands in the list of equivalent mutants.
        node: the number of the changed node in its syntax tree.
        change: which of that node's changes it is.
    """

    path: str
    line: int
    name: str
    node: int
    change: int

    def source(self) -> str:
        """The changed file."""
        tree = ast.parse((ROOT / CORE / self.path).read_text(encoding="utf-8"))
        old = list(ast.walk(tree))[self.node]
        new = list(changes(old))[self.change]
        for parent in ast.walk(tree):
            for field, value in ast.iter_fields(parent):
                if value is old:
                    setattr(parent, field, new)
                elif isinstance(value, list):
                    value[:] = [new if item is old else item for item in value]
        return ast.unparse(ast.fix_missing_locations(tree))


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            if type(operator) in COMPARE:
                ops = [*node.ops[:i], COMPARE[type(operator)](), *node.ops[i + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATOR:
        yield ast.BinOp(node.left, OPERATOR[type(node.op)](), node.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in OPERATOR:
        yield ast.AugAssign(node.target, OPERATOR[type(node.op)](), node.value)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand if not isinstance(node.op, ast.USub) else ast.UnaryOp(ast.UAdd(), node.operand)
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value)
    elif isinstance(node, ast.Break | ast.Continue):
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    elif isinstance(node, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Assign) and not _is_none(node.value):
        yield ast.Assign(node.targets, ast.Constant(None))
    elif isinstance(node, ast.AnnAssign) and node.value is not None and not _is_none(node.value):
        yield ast.AnnAssign(node.target, node.annotation, ast.Constant(None), node.simple)


def _constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(f"XX{value}XX")
    elif isinstance(value, bytes):
        yield ast.Constant(b"XX" + value + b"XX")


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _left_out(tree: ast.Module) -> set[int]:
    """The identities of the nodes that are not mutated, with all they hold."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            roots.append(node)
        elif isinstance(node, ast.FunctionDef):
            roots += filter(
                None, [node.returns, *(a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg))]
            )
        elif isinstance(node, ast.AnnAssign):
            roots.append(node.annotation)
        elif isinstance(node, ast.keyword) and node.arg in ("strict", "maxsize"):
            roots.append(node)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            roots.append(node)
    for node in tree.body:
        is_alias = isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)
        if is_alias or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"):
            roots.append(node)
    return {id(inner) for root in roots for inner in ast.walk(root)}


def mutants_of(path: Path, name: str) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its syntax tree."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    tree = ast.parse(text)
    left_out = _left_out(tree)
    functions = {
        id(inner): node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for inner in ast.walk(node)
    }
    seen: Counter[str] = Counter()
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in left_out:
            continue
        for change, new in enumerate(changes(node)):
            line = getattr(node, "lineno", 0)
            old, now = (_shown(one) for one in (node, new))
            what = f"{name} {functions.get(id(node), '')}: {lines[line - 1].strip()} [{old} → {now}]"
            seen[what] += 1
            what = f"{what} #{seen[what]}" if seen[what] > 1 else what
            yield Mutant(name, line, " ".join(what.split()), number, change)


def _shown(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node.test if isinstance(node, ast.If) else node))


def make_copy(folder: Path) -> None:
    """What the tests of the core need, in a folder of its own."""
    shutil.copytree(ROOT / "benchmark" / "goldspan", folder / "benchmark" / "goldspan")
    shutil.copytree(ROOT / "tests" / "core", folder / "tests" / "core")
    shutil.copytree(ROOT / "tests" / "golden", folder / "tests" / "golden")
    for path in (ROOT / "tests").glob("*.py"):
        shutil.copy2(path, folder / "tests")
    for name in ("schemas", "annotations"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy2(ROOT / "pyproject.toml", folder)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")


def run(folder: Path, part: str, timeout: float | None = None) -> str:
    """``killed``, ``alive`` or ``timeout``."""
    tests = [folder / "tests" / "core" / name for name in FIRST.get(part, ())]
    first = [path for path in tests if path.exists()]
    others = [path for path in sorted((folder / "tests" / "core").glob("test_*.py")) if path not in first]
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "benchmark"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # they take longer to import than most mutants to kill
    }
    command: list[str | Path] = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *first, *others]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return "timeout"
    if done.returncode not in (0, 1, 2):
        # 0: passed, 1: failed, 2: could not be imported; a crash of the interpreter is a failure too.
        return "killed" if done.returncode < 0 else sys.exit(done.stdout + done.stderr)
    return "killed" if done.returncode else "alive"


def try_all(mutants: list[Mutant], jobs: int) -> dict[str, list[Mutant]]:
    """The mutants by what became of them."""
    found: dict[str, list[Mutant]] = {"killed": [], "timeout": [], "alive": []}
    with tempfile.TemporaryDirectory() as temporary:
        folders: queue.Queue[Path] = queue.Queue()
        for number in range(jobs):
            make_copy(Path(temporary, str(number)))
            folders.put(Path(temporary, str(number)))
        start = time.perf_counter()
        if run(Path(temporary, "0"), "") != "alive":
            sys.exit("the tests fail on the core as it is")
        baseline = time.perf_counter() - start
        print(f"tests/core takes {baseline:.1f} s on the core as it is", flush=True)

        def attempt(mutant: Mutant) -> None:
            folder = folders.get()
            path = folder / CORE / mutant.path
            kept = path.read_bytes()
            path.write_text(mutant.source(), encoding="utf-8")
            try:
                outcome = run(folder, mutant.path.split("/")[0], SLOW * baseline + 20)
            finally:
                path.write_bytes(kept)
                folders.put(folder)
            found[outcome].append(mutant)
            if outcome == "alive":
                print(f"alive: line {mutant.line}: {mutant.name}", flush=True)
            tried = sum(map(len, found.values()))
            if tried % 25 == 0:
                print(f"{tried} of {len(mutants)} tried", file=sys.stderr, flush=True)

        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(attempt, mutants))
    return found


def read_equivalent() -> set[str]:
    """The names of the mutants that are shown to be equivalent: the lines that are not indented."""
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith((" ", "#"))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300, help="how many mutants (default: 300)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default: 2)")
    parser.add_argument("--only", default="", help="only mutants whose name holds this")
    given = parser.parse_args()
    folder = ROOT / CORE
    names = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.py"))]
    every = [mutant for name in names if name != FROZEN for mutant in mutants_of(folder / name, name)]
    unknown = read_equivalent() - {mutant.name for mutant in every}
    if unknown:
        sys.exit("\n".join(["equivalent_mutants.txt lists mutants that are not made (any more):", *sorted(unknown)]))
    chosen = [mutant for mutant in every if given.only in mutant.name]
    sample = random.Random(given.seed).sample(chosen, min(given.sample, len(chosen)))
    equivalent = [mutant for mutant in sample if mutant.name in read_equivalent()]
    tried = [mutant for mutant in sample if mutant not in equivalent]
    print(
        f"{len(every)} mutants, {len(sample)} sampled with seed {given.seed}, {len(equivalent)} equivalent", flush=True
    )
    found = try_all(tried, given.jobs)
    dead = len(found["killed"]) + len(found["timeout"])
    print(
        f"killed {len(found['killed'])}, timeouts {len(found['timeout'])}, alive {len(found['alive'])}: "
        f"{dead / max(len(tried), 1):.1%} of {len(tried)} found"
    )


if __name__ == "__main__":
    main()
