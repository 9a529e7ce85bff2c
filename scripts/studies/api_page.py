"""Write benchmark/goldspan/API.md, the page of the Python interface, from its docstrings.

``--check`` writes nothing, and fails if the page is not what the docstrings say.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator

import goldspan
from checkout import ROOT
from goldspan import api
from goldspan.data.files import write_atomically

PAGE = ROOT / "benchmark" / "goldspan" / "API.md"
FUNCTIONS = ("score", "run", "compare", "explain", "load_corpus")
CLASSES = ("Result", "Comparison", "Explanation")
_SECTION = re.compile(r"^(Args|Returns|Raises|Attributes):$", re.MULTILINE)
_QUOTED = re.compile(r"(: |-> )'([^']+)'")
_ROLE = re.compile(r":\w+:`([^`]+)`")


def main() -> int:
    """Write the page, or hold it against the docstrings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    page = "\n".join(lines()) + "\n"
    if not parser.parse_args().check:
        write_atomically(PAGE, page.encode())
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page:
        print("benchmark/goldspan/API.md is not what the docstrings say: scripts/studies/api_page.py", file=sys.stderr)
        return 1
    return 0


def lines() -> Iterator[str]:
    """The page."""
    yield from ("# Python interface", "", "    import goldspan", "", _plain(api.__doc__ or ""), "")
    for name in FUNCTIONS:
        yield from _entry(f"goldspan.{name}", getattr(goldspan, name))
    for name in CLASSES:
        found = getattr(goldspan, name)
        yield from (f"## goldspan.{name}", "", *_document(found), "")
        for method, value in vars(found).items():
            if not method.startswith("_") and inspect.isfunction(value):
                yield from _entry(f"{name}.{method}", value, level=3)


def _entry(name: str, function: object, level: int = 2) -> Iterator[str]:
    assert callable(function)
    signature = str(inspect.signature(function)).replace("(self, ", "(").replace("(self)", "()")
    signature = _QUOTED.sub(r"\1\2", signature)
    yield from (f"{'#' * level} {name}", "")
    yield from ("```python", *_folded(f"{name}{re.sub(r'<function silent at [^>]*>', 'silent', signature)}"), "```", "")
    yield from (*_document(function), "")


def _folded(signature: str) -> list[str]:
    """A signature, one parameter a line where it is long."""
    if len(signature) <= 100:
        return [signature]
    head, _, rest = signature.partition("(")
    inner, _, tail = rest.rpartition(")")
    parts = re.split(r", (?![^\[(]*[\])])", inner)
    return [f"{head}(", *(f"    {part}," for part in parts), f"){tail}"]


def _document(thing: object) -> Iterator[str]:
    """A docstring as Markdown: its sections become lists."""
    text = inspect.getdoc(thing) or ""
    parts = _SECTION.split(text)
    yield _plain(parts[0].strip())
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        yield from ("", f"**{title}**", "")
        if title == "Returns":
            yield _plain(inspect.cleandoc(body))
            continue
        for item in re.split(r"\n(?=\S)", inspect.cleandoc(body)):
            name, _, about = item.partition(":")
            yield f"- {', '.join(f'`{one.strip()}`' for one in name.split(','))}: {_plain(' '.join(about.split()))}"


def _plain(text: str) -> str:
    return _ROLE.sub(lambda match: f"`{match[1]}`", text).replace("``", "`").strip()


if __name__ == "__main__":
    sys.exit(main())
