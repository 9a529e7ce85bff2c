"""Systems run over corpora, in a folder where studies share their runs, and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bootstrap import Array, weights_of
from goldspan.cli.progress_bar import progress
from goldspan.core.scoring import Measured, clusters_of
from goldspan.core.stats import SEED
from goldspan.data.corpora import Corpus
from goldspan.data.schema import load_policy
from goldspan.evaluate.parallel import measure
from goldspan.evaluate.resume import run_in_folder
from goldspan.extractors.registry import REGISTERED
from goldspan.model import System

MODES = ("trafilatura?fast=true", "trafilatura?favor_precision=true", "trafilatura?favor_recall=true")
SYSTEMS = (*REGISTERED, *MODES)
BASELINES = {name for name, entry in REGISTERED.items() if entry.about.startswith("baseline")}


@dataclass(frozen=True)
class KeptRuns:
    """Systems measured on the pages of a corpus to which every metric applies."""

    corpus: Corpus
    systems: tuple[System, ...]
    pages: tuple[Measured, ...]

    @property
    def names(self) -> list[str]:
        return [short_name(system.key) for system in self.systems]

    def profiles(self, metric: str) -> list[list[Mapping[str, float]]]:
        """What a metric says of each page and system."""
        found = [[row.values[metric] for row in page.rows] for page in self.pages]
        return [[values for values in page if values is not None] for page in found]

    def f1(self, metric: str) -> Array:
        """The F1 of each system and page, shape ``(systems, pages)``."""
        found = [[values["f1"] for values in page] for page in self.profiles(metric)]
        return np.array(found, dtype=np.float64).reshape(len(self.pages), len(self.systems)).T

    def weights(self, seed: int = SEED) -> Array:
        """The bootstrap's weights of the pages: composed ones by family and article, others by site."""
        clusters = clusters_of([page.about for page in self.pages], [page.id for page in self.pages])
        return weights_of(clusters, seed=seed)


def short_name(key: str) -> str:
    """``trafilatura@2.1?fast=true`` → ``trafilatura?fast=true``."""
    name, _, rest = key.partition("@")
    return name + (f"?{rest.partition('?')[2]}" if "?" in rest else "")


def measure_runs(
    spec: str,
    systems: Sequence[str],
    folder: Path,
    jobs: int,
    metrics: Sequence[str],
    *,
    page_type: str | None = None,
    tuned: bool = False,
) -> KeptRuns:
    """Run systems over a corpus, where the folder does not hold their runs yet, and measure them.

    Args:
        page_type: only pages of this type.
        tuned: with systems that are tuned on the core set.

    Raises:
        GoldspanError: the corpus cannot be opened, a system cannot be started, or a run is one of something else.
    """
    corpus, runs = run_in_folder(systems, spec, folder, jobs, progress, page_type=page_type)
    runs = [one for one in runs if tuned or "core" not in one.system.tuned_on]
    given = [one.system for one in runs]
    measured = measure(corpus, given, [one.predictions for one in runs], load_policy("neutral"), metrics)
    kept = (page for page in measured if all(row.values[name] is not None for row in page.rows for name in metrics))
    return KeptRuns(corpus, tuple(given), tuple(kept))
