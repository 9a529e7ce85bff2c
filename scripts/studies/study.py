"""What studies share as programs: their options, and how they end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from platformdirs import user_cache_path

from checkout import AEB
from goldspan.errors import GoldspanError


def parser_of(doc: str | None) -> argparse.ArgumentParser:
    """A parser whose help is a study's docstring, line by line."""
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def add_action(parser: argparse.ArgumentParser, *, check: bool = False) -> None:
    """What becomes of the figures, ``options.action``: ``print``, ``write`` or, where a study can, ``check``."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--write", action="store_const", dest="action", const="write", help="put the figures into their documents"
    )
    if check:
        group.add_argument(
            "--check", action="store_const", dest="action", const="check", help="fail if the documents lack them"
        )
    parser.set_defaults(action="print")


def add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time [one a core]")


def add_corpora(parser: argparse.ArgumentParser, *, core: bool = True) -> None:
    """The two corpora of real pages, and the set to hold against them."""
    parser.add_argument("--aeb", type=Path, required=True, help="article-extraction-benchmark's folder")
    parser.add_argument("--wcxb", type=Path, required=True, help="WCXB's folder")
    if core:
        parser.add_argument("--core", default="core", help="another set to hold against them, such as a fresh draw")


def specs_of(options: argparse.Namespace) -> dict[str, str]:
    """The corpora of :func:`add_corpora` as the command line names them."""
    core = {"core": str(options.core)} if "core" in options else {}
    return core | {name: f"{name}:{getattr(options, name).resolve()}" for name in ("aeb", "wcxb")}


def add_runs(parser: argparse.ArgumentParser) -> None:
    """The folder of runs that studies share, and how many processes make them."""
    place = user_cache_path("goldspan") / "agreement"
    parser.add_argument("--runs", type=Path, default=place, help="where runs are kept, and not made twice")
    add_jobs(parser)


def add_pages(parser: argparse.ArgumentParser) -> None:
    """The corpus whose pages are timed: article-extraction-benchmark if it lies beside the checkout."""
    parser.add_argument("--corpus", default=f"aeb:{AEB}" if AEB.is_dir() else "core", metavar="SPEC")


def launch(main: Callable[[], int]) -> NoReturn:
    """Run a study; what its user did wrong is one line."""
    try:
        sys.exit(main())
    except GoldspanError as error:
        print(f"{Path(sys.argv[0]).stem}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
