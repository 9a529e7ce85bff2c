"""Goldspan: an evaluation benchmark and dataset toolkit for web-article extraction.

The public face, each name loaded when it is first used::

    import goldspan

    result = goldspan.score("trafilatura")
    print(result)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from goldspan.api import Comparison, Explanation, Result, compare, explain, load_corpus, run, score
    from goldspan.data.corpora import Corpus
    from goldspan.data.runs import SystemRun
    from goldspan.errors import GoldspanError
    from goldspan.evaluate.progress import Progress
    from goldspan.extractors.base import PageInput
    from goldspan.model import Extraction

_HOMES = {
    "score": "api", "run": "api", "compare": "api", "explain": "api", "load_corpus": "api",
    "Result": "api", "Comparison": "api", "Explanation": "api",
    "Corpus": "data.corpora", "Extraction": "model", "GoldspanError": "errors",
    "SystemRun": "data.runs", "PageInput": "extractors.base", "Progress": "evaluate.progress",
}  # fmt: skip

__all__ = [
    "Comparison",
    "Corpus",
    "Explanation",
    "Extraction",
    "GoldspanError",
    "PageInput",
    "Progress",
    "Result",
    "SystemRun",
    "__version__",
    "compare",
    "explain",
    "load_corpus",
    "run",
    "score",
]


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'goldspan' has no attribute '{name}'")
        return getattr(import_module(f"goldspan.{_HOMES[name]}"), name)

    def __dir__() -> list[str]:
        return sorted(__all__)
