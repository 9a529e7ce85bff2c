"""The one use case: runs are measured on their corpus, and pooled into a result.

The command line, the Python interface, the verification of submissions and the studies all go through here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from goldspan.core.metrics import DEFAULT, Metric, find_metric
from goldspan.core.policy import Policy
from goldspan.core.protocol import corpus_identity
from goldspan.core.scoring import Measured, Pair, compare, headline_of, summarise
from goldspan.data.corpora import Corpus
from goldspan.data.runs import SystemRun
from goldspan.data.schema import load_policy
from goldspan.errors import RunFileError, UsageError
from goldspan.evaluate.parallel import measure, speed_of, with_observed_fields
from goldspan.evaluate.progress import Progress, silent
from goldspan.evaluate.resume import run_or_resume
from goldspan.evaluate.run_files import new_run_file, read_predictions
from goldspan.model import Limits, Result, Speed, System

BY = ("page_type", "language", "family", "site", "origin")
"""What a result can be broken down by."""
FINISHED = "predictions:"
"""What the spec of finished predictions begins with."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """What is computed of a run.

    Attributes:
        metrics: their names; the first that applies to the corpus ranks.
        by: an attribute of About to break the headline down by.
    """

    policy: Policy
    metrics: tuple[str, ...]
    by: str | None = None

    @property
    def found_metrics(self) -> list[Metric]:
        return [find_metric(name) for name in self.metrics]


def scoring_for(
    corpus: Corpus,
    policy: str = "neutral",
    metrics: Sequence[str] | str | None = None,
    by: str | None = None,
) -> Scoring:
    """What is computed on a corpus.

    Args:
        policy: a shipped policy's name, or the path of a JSON file.
        metrics: names, as a list or divided by commas; what the corpus has gold for if None.

    Raises:
        UsageError: there is no such policy or metric.
    """
    if by not in (None, *BY):
        raise UsageError(f"a result cannot be broken down by {by!r}", f"Take {', '.join(BY)}.")
    names = metrics.split(",") if isinstance(metrics, str) else metrics
    found = tuple(find_metric(name.strip()).name for name in names if name.strip()) if names else metrics_for(corpus)
    return Scoring(load_policy(policy), found, by)


def metrics_for(corpus: Corpus) -> tuple[str, ...]:
    """The metrics that a corpus has gold for, judged by its first page."""
    gold = corpus.load(corpus.ids[0]).gold
    if gold.blocks is not None or gold.coverage is not None:
        return tuple(DEFAULT)
    return ("snippets", "metadata") if gold.snippets is not None else ("words", "shingle", "metadata")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Systems measured on a corpus, page by page: all that a result or a comparison needs.

    Attributes:
        measured: the pages in the corpus's order, each with a row a system, in the order of ``systems``.
        speeds, warnings: by the system's key.
        limits: of the runs, as protocols print them.
    """

    corpus: Corpus
    scoring: Scoring
    systems: Sequence[System]
    measured: Sequence[Measured]
    speeds: Mapping[str, Speed] = field(default_factory=dict)
    warnings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    limits: str = ""

    def result(self, environment: Mapping[str, str] | None = None) -> Result:
        """Every system's figures, with intervals and ranks.

        Args:
            environment: the machine and the libraries of the run, recorded beside them.

        Raises:
            UsageError: none of the metrics applies to the corpus.
        """
        scoring = self.scoring
        return summarise(
            corpus_identity(self.corpus.name, self.corpus.digest),
            self.measured,
            self.systems,
            scoring.policy,
            scoring.found_metrics,
            by=scoring.by,
            limits=self.limits,
            speeds=self.speeds,
            warnings=self.warnings,
            environment=environment,
        )

    def pairs(self) -> list[Pair]:
        """The paired differences of all systems in the headline, the better system first.

        Raises:
            UsageError: none of the metrics applies to the corpus.
        """
        headline = headline_of(self.scoring.found_metrics, self.measured)
        return compare(self.measured, self.systems, headline)


def run_systems(
    specs: Sequence[str],
    corpus: Corpus,
    limits: Limits,
    jobs: int = 1,
    progress: Progress = silent,
    *,
    save: Path | None = None,
    resume: bool = False,
    force: bool = False,
) -> list[SystemRun]:
    """Run the systems that are not finished predictions, into a run file; read those that are.

    Args:
        save: the run file that is written; a new one in the user's cache if None.

    Returns:
        The runs, those that were made now first.

    Raises:
        GoldspanError: as :func:`goldspan.evaluate.resume.run_or_resume` does, or predictions cannot be read.
    """
    finished = {
        key: run
        for spec in specs
        if spec.startswith(FINISHED)
        for key, run in read_predictions(Path(spec.removeprefix(FINISHED))).systems.items()
    }
    live = [spec for spec in specs if not spec.startswith(FINISHED)]
    if not live:
        return list(finished.values())
    path = save or new_run_file(live)
    made = run_or_resume(live, corpus, path, limits, jobs, progress, resume=resume, force=force)
    return list((made | finished).values())


def evaluate(
    corpus: Corpus, runs: Sequence[SystemRun], scoring: Scoring, progress: Progress = silent, *, parallel: bool = True
) -> Evaluation:
    """Measure runs on their corpus.

    Args:
        parallel: whether other processes may help, which needs a corpus that can be sent to them.

    Raises:
        RunFileError: a prediction is for a page that the corpus does not have, or for other bytes of it, or the runs
            had different limits.
    """
    limits = _one_limit(runs)
    known = set(corpus.ids)
    for run in runs:
        _refuse_strangers(run, known, corpus.name)
    systems = [with_observed_fields(run.system, run.predictions) for run in runs]
    with progress("scoring", len(corpus)) as advance:
        measured = measure(
            corpus,
            systems,
            [run.predictions for run in runs],
            scoring.policy,
            scoring.metrics,
            advance,
            parallel=parallel,
        )
    warnings = {}
    for run in runs:
        missing = len(corpus) - len(run.predictions)
        if missing:
            warnings[run.system.key] = [
                f"{missing} of {len(corpus)} pages have no prediction and score as empty outputs"
            ]
    speeds = {run.system.key: speed_of(run) for run in runs}
    return Evaluation(corpus, scoring, systems, measured, speeds, warnings, limits)


def _refuse_strangers(run: SystemRun, known: Set[str], name: str) -> None:
    strangers = [page for page in run.predictions if page not in known]
    if strangers:
        raise RunFileError(
            f"{run.system.key} has predictions for {len(strangers)} pages that {name} does not have, "
            f"first '{strangers[0]}'",
            "Is it the right corpus? Name it with --corpus, or take those pages out.",
        )


def _one_limit(runs: Sequence[SystemRun]) -> str:
    """The limits that all runs had, as protocols print them."""
    limits = {run.limits: run.system.key for run in runs}
    if len(limits) > 1:
        said = ", ".join(f"{key} under {stated or 'the defaults'}" for stated, key in limits.items())
        raise RunFileError(f"the systems were run under different limits: {said}", "Run them under the same.")
    return next(iter(limits), "")
