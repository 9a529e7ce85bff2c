"""Follow a corpus's name through ``goldspan score``: how far must a reader go to see what becomes of it?

A *stop* is a function of the package that is handed the name: the spec that the user wrote, the folder that it names,
what protocols call the corpus, or an object of ours that carries one of them (an object's own methods are not handed
it). Each function counts once, where it is
first called. A *return* is a stop in a file that the trail has left before.

Example: .venv/bin/python scripts/studies/trace_name.py --corpus aeb:../shared/corpora/aeb
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections import Counter
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Any

Stop = tuple[str, str]


class Name:
    """A corpus's name in all its forms: ``aeb:PATH``, PATH, ``aeb``, ``aeb@076306d8``."""

    def __init__(self, spec: str) -> None:
        kind, _, path = spec.partition(":")
        self.kind = kind
        self.forms = {spec, kind}
        if path:
            whole = str(Path(path).resolve())
            self.forms |= {path, whole, f"{kind}:{whole}"}

    def is_in(self, value: Any, depth: int = 1) -> bool:
        """Whether a value is the name, or an object that carries it."""
        if isinstance(value, str | Path):
            return str(value) in self.forms or str(value).startswith(f"{self.kind}@")
        if depth and dataclasses.is_dataclass(value):
            return any(self.is_in(getattr(value, one.name, None), depth - 1) for one in dataclasses.fields(value))
        return False


def trail(name: Name, words: list[str], package: str) -> list[Stop]:
    """The functions of the package that a command hands the name, in the order of their first call."""
    seen: dict[Stop, None] = {}

    def look(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or f"/{package}/" not in code.co_filename or "<" in code.co_qualname.rpartition(".")[2]:
            return
        stop = (code.co_filename.rpartition(f"/{package}/")[2], code.co_qualname)
        arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if stop not in seen and any(name.is_in(frame.f_locals.get(one)) for one in arguments if one != "self"):
            seen[stop] = None

    main = import_module(f"{package}.cli").main
    sys.argv = ["goldspan", *words]
    sys.setprofile(look)
    try:
        main()
    except SystemExit:
        pass
    finally:
        sys.setprofile(None)
    return list(seen)


def main() -> None:
    """Print the trail, and what is counted of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", default="core", help="the corpus's spec")
    parser.add_argument("--package", default="goldspan", help="the import name of the package")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        words = ["score", "everything", "--corpus", options.corpus, "--save", f"{folder}/run.jsonl"]
        stops = trail(Name(options.corpus), words, options.package)
    for number, (file, function) in enumerate(stops, start=1):
        print(f"{number:3} {file} {function}")
    visits = Counter(file for file, _ in groupby(stops, key=lambda stop: stop[0]))
    most = ", ".join(f"{count - 1} to {file}" for file, count in visits.most_common(3))
    print(f"{len(stops)} stops in {len(visits)} files; returns: {most}")


if __name__ == "__main__":
    main()
