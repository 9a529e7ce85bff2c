"""Importing other people's Python: a file, a dotted module, an attribute of either."""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module, invalidate_caches
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from goldspan.errors import ExtractorError

_beside: set[str] = set()
"""Names of modules that were imported from beside a loaded file. Two versions of a file may each have a
``rules.py`` of their own: the second must not get the first one's."""


def load_file(path: Path) -> ModuleType:
    """The module that a file holds, run again each time, under a private name.

    Its folder is importable while it is being imported, as it would be if the file were run.

    Raises:
        ExtractorError: there is no such file, or it cannot be imported; with the line at fault.
    """
    path = path.expanduser()
    if not path.is_file():
        raise ExtractorError(f"There is no file {path}", "Check the path; it starts at the current folder.")
    path = path.resolve()
    private = f"_goldspan_{path.stem}_{hashlib.sha256(bytes(path)).hexdigest()[:8]}"
    spec = spec_from_file_location(private, path)
    if spec is None:
        raise ExtractorError(f"{path} is no Python file", "Name a file that ends in .py.")
    module = module_from_spec(spec)
    for name in _beside:
        sys.modules.pop(name, None)
    _beside.clear()
    invalidate_caches()
    before = set(sys.modules)
    # Registered while it runs: dataclasses and type hints look their module up there.
    sys.modules[private] = module
    try:
        with _importable(path.parent):
            # Not exec_module: its bytecode cache takes two edits within a second for one.
            exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except (Exception, SystemExit) as error:
        del sys.modules[private]
        raise _import_failed(error, str(path), path.parent) from error
    finally:
        _beside.update(name for name in set(sys.modules) - before - {private} if _lies_in(name, path.parent))
    if path.stem in _beside and getattr(sys.modules[path.stem], "__file__", None) == str(path):
        what = f"{path} imports itself under the name {path.stem!r}, which hides a library of that name"
        raise ExtractorError(what, "Give the file another name.")
    return module


def load_module(name: str) -> ModuleType:
    """A module by its dotted name; the current folder is searched as well.

    Raises:
        ExtractorError: there is no such module, or importing it fails; with the line at fault.
    """
    try:
        with _importable(Path.cwd()):
            return import_module(name)
    except (Exception, SystemExit) as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing and (name == missing or name.startswith(f"{missing}.")):
            do = "Check the spelling, install it, or name a file instead: ./file.py:function."
            raise ExtractorError(f"There is no module {missing!r}", do) from None
        raise _import_failed(error, name, Path.cwd()) from error


def attribute(module: ModuleType, path: str, label: str) -> Any:
    """``Class`` or ``Class.method`` of a module.

    Raises:
        ExtractorError: the module lacks it; with what it offers.
    """
    found: Any = module
    for part in path.split("."):
        if not hasattr(found, part):
            names = sorted(_offers(found, module.__name__))
            close = get_close_matches(part, names, n=1)
            do = f"Did you mean {close[0]!r}?" if close else f"It defines {', '.join(names) or 'nothing'}."
            raise ExtractorError(f"{label} has no {path!r}", do)
        found = getattr(found, part)
    return found


def version_of(module: ModuleType) -> str:
    """A module's ``__version__``; without one, 8 hex digits of the SHA-256 of its source, so that two states
    of a file that is being worked on can be told apart. Modules that a loaded file imported from beside it are
    part of its source, after it, in the order of their paths; ask before the next file is loaded."""
    stated = getattr(module, "__version__", None)
    if isinstance(stated, str) and stated.strip():
        return stated.strip()
    file = getattr(module, "__file__", None)
    if not file:
        return "unknown"
    digest = hashlib.sha256(Path(file).read_bytes())
    if module.__name__.startswith("_goldspan_"):
        files = {getattr(sys.modules.get(name), "__file__", None) or "" for name in _beside}
        for other in sorted(files - {"", file}):
            digest.update(Path(other).read_bytes())
    return digest.hexdigest()[:8]


def _offers(thing: object, module: str) -> list[str]:
    found = getattr(thing, "__dict__", {}).items()
    return [n for n, v in found if not n.startswith("_") and getattr(v, "__module__", None) == module]


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    entry = str(folder)
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        # The imported code may have changed the path itself.
        if entry in sys.path:
            sys.path.remove(entry)


def _lies_in(name: str, folder: Path) -> bool:
    file = getattr(sys.modules.get(name), "__file__", None)
    if not file or not Path(file).is_relative_to(folder):
        return False
    # A folder may hold an environment (.venv/…/site-packages) or this very package; neither is a sibling.
    return "site-packages" not in Path(file).parts and name.partition(".")[0] != __name__.partition(".")[0]


def _import_failed(error: BaseException, label: str, folder: Path) -> ExtractorError:
    kind, message = type(error).__name__, str(error)
    if isinstance(error, SyntaxError):
        where, message = f"{error.filename or label}, line {error.lineno}", error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
        where = f"{inside[-1].filename}, line {inside[-1].lineno}" if inside else label
    if isinstance(error, ModuleNotFoundError):
        do = f"Install {error.name} in this environment, or correct the import."
    else:
        do = "Correct the code and try again."
    return ExtractorError(f"{where}: {kind}: {message} (while importing {label})", do)
