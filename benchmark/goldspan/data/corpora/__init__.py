"""The corpora that can be named: one reader a kind. To add one: a file in this folder with ``open_corpus(path)``, and a
line here; or an entry point of the group ``goldspan.corpora`` in another package, whose value is such a function."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from goldspan.data.corpora.base import Corpus
from goldspan.errors import UsageError

GROUP = "goldspan.corpora"


class Kind(NamedTuple):
    """A kind of corpus.

    Attributes:
        target: ``module:function``; the function takes the folder, or nothing, and returns a Corpus.
        about: one line for ``goldspan list corpora``.
        takes_path: whether it is named as ``kind:PATH``.
    """

    target: str
    about: str
    takes_path: bool = True


CORPORA: Mapping[str, Kind] = MappingProxyType(
    {
        "core": Kind("goldspan.data.corpora.samples:open_core", "the authored set that comes with Goldspan", False),
        "folder": Kind(
            "goldspan.data.corpora.samples:open_folder", "a folder of samples, each a page.html and a gold.json"
        ),
        "aeb": Kind(
            "goldspan.data.corpora.aeb:open_corpus",
            "article-extraction-benchmark (Zyte): 181 articles with gold text",
        ),
        "wcxb": Kind(
            "goldspan.data.corpora.wcxb:open_corpus",
            "WCXB: pages of seven types with gold text, snippets and metadata",
        ),
        "trafilatura": Kind(
            "goldspan.data.corpora.trafilatura:open_corpus",
            "Trafilatura's evaluation: multilingual pages with snippets and metadata",
        ),
        "readability": Kind(
            "goldspan.data.corpora.readability:open_corpus",
            "Readability.js's test pages with the article that its tests expect",
        ),
        "fundus": Kind(
            "goldspan.data.corpora.fundus:open_corpus",
            "Fundus's test pages: news of many countries with gold text, title, authors and date",
        ),
        "standoff": Kind(
            "goldspan.data.corpora.standoff:open_corpus",
            "labels of real pages without their text, for whoever has the corpora",
        ),
    }
)


def _plugins() -> dict[str, EntryPoint]:
    """Kinds of other installed packages; a name of this table wins over theirs."""
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return {point.name: point for point in reversed(points) if point.name not in CORPORA}


def kinds() -> dict[str, Kind]:
    """Every kind that can be named: this table, then those of other packages by name."""
    return {
        **CORPORA,
        **{name: Kind(point.value, "from another package") for name, point in sorted(_plugins().items())},
    }


def open_corpus(spec: str) -> Corpus:
    """The corpus that a user names: ``core``, ``kind:PATH``, or the bare path of a folder of samples.

    Raises:
        UsageError: there is no such kind, or it lacks its path.
        CorpusError: the folder is not a corpus of that kind; one line says what is wrong with it.
    """
    known = kinds()
    kind, colon, path = spec.partition(":")
    if kind in known and not known[kind].takes_path:
        if colon:
            raise UsageError(f"the corpus '{kind}' takes no path", f"Write '{kind}'.")
        corpus: Corpus = _function(kind)()
        return replace(corpus, spec=kind)
    if kind in known and (colon or not Path(spec).is_dir()):
        if not path:
            raise UsageError(f"the corpus '{kind}' needs its folder", f"Write '{kind}:PATH'.")
    elif spec and Path(spec).expanduser().is_dir():
        kind, path = "folder", spec
    else:
        close = difflib.get_close_matches(kind, known, 1)
        what = f"there is no kind of corpus '{kind}'" if colon else f"'{spec}' is neither a corpus nor a folder"
        hint = f"Did you mean '{close[0]}'? " if close else ""
        names = ", ".join(f"{name}:PATH" if entry.takes_path else name for name, entry in known.items())
        raise UsageError(what, f"{hint}Known are {names}, and the path of a folder of samples.")
    folder = Path(path).expanduser().resolve()  # the caller may go elsewhere
    corpus = _function(kind)(folder)
    if not isinstance(corpus, Corpus):
        raise UsageError(
            f"the reader of '{kind}' returned no Corpus", "Its entry point must name a function that does."
        )
    return replace(corpus, spec=str(folder) if kind == "folder" else f"{kind}:{folder}")


def _function(kind: str) -> Callable[..., Corpus]:
    if kind in CORPORA:
        module, _, name = CORPORA[kind].target.partition(":")
        function: Callable[..., Corpus] = getattr(import_module(module), name)
        return function
    try:
        loaded: Callable[..., Corpus] = _plugins()[kind].load()
    except (ImportError, AttributeError) as fault:
        raise UsageError(f"the corpus '{kind}' of another package cannot be imported: {fault}", "Mend it.") from None
    return loaded


__all__ = ["CORPORA", "GROUP", "Corpus", "Kind", "kinds", "open_corpus"]
