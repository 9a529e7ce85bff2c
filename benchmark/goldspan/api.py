"""The Python interface: what the command line does, as functions that return results.

Wherever an extractor is wanted, it may be

- a string, as on the command line: ``"trafilatura?fast=true"``, ``"./mine.py:extract"``, ``"cmd:node adapter.mjs"``. It
  runs in a process of its own, without network and under limits of time and memory;
- a function ``extract(html, url) -> str``, a class, or an object with ``extract(page)``. It runs in this process,
  without limits: name its file in a string to have it isolated;
- a run: what :func:`run` returned, or the path of a run file as a :class:`pathlib.Path`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console

from goldspan import model
from goldspan.core.scoring import Pair
from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.runs import SystemRun
from goldspan.data.schema import load_policy
from goldspan.errors import RunFileError, UsageError
from goldspan.evaluate.evaluation import FINISHED, Evaluation, evaluate, scoring_for
from goldspan.evaluate.explain_page import explain_page
from goldspan.evaluate.progress import Progress, silent
from goldspan.evaluate.resume import run_or_resume
from goldspan.evaluate.run_files import numbered_apart, read_predictions
from goldspan.evaluate.run_system import run_here, run_system
from goldspan.extractors.wrap import wrap
from goldspan.model import Limits
from goldspan.report import console as tables
from goldspan.report.explain import Explained, Kind, Line
from goldspan.report.explain_console import print_explained
from goldspan.report.html_page import template
from goldspan.report.result_json import result_data
from goldspan.report.tables import in_order, score_columns
from goldspan.sandbox.environment import environment

ExtractorLike: TypeAlias = str | Path | SystemRun | Callable[..., object] | object
CorpusLike: TypeAlias = str | Path | Corpus

_WIDTH = 160  # columns of a table that is turned into a string


def load_corpus(corpus: CorpusLike = "core") -> Corpus:
    """Open a corpus.

    Args:
        corpus: ``"core"``, ``"kind:PATH"`` (``"aeb:corpora/aeb"``), or the path of a folder of samples.

    Returns:
        The corpus. ``corpus.ids`` names its pages, ``corpus.load(id)`` reads one with its gold.

    Raises:
        GoldspanError: there is no such corpus, or its folder is not one of that kind.
    """
    if isinstance(corpus, Corpus):
        return corpus
    return open_corpus(f"folder:{corpus}" if isinstance(corpus, Path) else corpus)


def run(
    extractor: ExtractorLike,
    corpus: CorpusLike = "core",
    *,
    timeout: float = 30.0,
    memory: float = 2048.0,
    jobs: int = 1,
    save: Path | str | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Progress = silent,
) -> SystemRun:
    """Run one extractor over a corpus.

    Args:
        extractor: see the top of this page.
        corpus: see :func:`load_corpus`.
        timeout: seconds that a page may take.
        memory: megabytes of 2**20 bytes that the extractor's process may take.
        jobs: processes that work side by side.
        save: a run file to write, which ``goldspan rescore``, ``compare`` and ``explain`` read. For strings only.
        resume: go on with that file where it stopped.
        force: replace it.
        progress: opens a progress bar; none by default.

    Returns:
        The run: ``run.system``, and ``run.predictions`` by page id. A page that failed has a status and an error.

    Raises:
        GoldspanError: the extractor cannot be found or started, or the run file cannot be written.
    """
    (found,) = _runs([extractor], corpus, Limits(timeout, memory), jobs, save, resume, force, progress)
    return found


def score(
    extractor: ExtractorLike | Sequence[ExtractorLike],
    corpus: CorpusLike = "core",
    *,
    policy: str = "neutral",
    metrics: Sequence[str] | str | None = None,
    by: str | None = None,
    timeout: float = 30.0,
    memory: float = 2048.0,
    jobs: int = 1,
    save: Path | str | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Progress = silent,
) -> Result:
    """Run extractors over a corpus and score them.

    Args:
        extractor: one, or a list of them; see the top of this page.
        policy: what counts as content: a shipped policy's name, or the path of a JSON file.
        metrics: their names, the first one ranks; what the corpus has gold for if None.
        by: break the headline down by ``page_type``, ``language``, ``family``, ``site`` or ``origin``.
        corpus, timeout, memory, jobs, save, resume, force, progress: see :func:`run`.

    Returns:
        Every system's figures from 0 to 1 (tokens a page for leaks and losses), with 95 % intervals and ranks.

    Raises:
        GoldspanError: an extractor, the corpus, the policy or a metric is not to be had.
    """
    runs = _runs(_listed(extractor), corpus, Limits(timeout, memory), jobs, save, resume, force, progress)
    return _result(_evaluated(runs, corpus, policy, metrics, by, progress))


def compare(
    *extractors: ExtractorLike,
    corpus: CorpusLike = "core",
    policy: str = "neutral",
    metric: str | None = None,
    timeout: float = 30.0,
    memory: float = 2048.0,
    jobs: int = 1,
    progress: Progress = silent,
) -> Comparison:
    """Compare extractors page by page.

    Args:
        extractors: two or more; see the top of this page.
        metric: whose headline is compared; the corpus's first if None.
        corpus, policy, timeout, memory, jobs, progress: see :func:`score`.

    Returns:
        The paired difference of every pair, with its 95 % interval, and the result that they come from.

    Raises:
        GoldspanError: as :func:`score` does, or there are fewer than two systems.
    """
    runs = _runs(extractors, corpus, Limits(timeout, memory), jobs, None, False, False, progress)
    if len(runs) < 2:
        raise UsageError("there is only one system to compare", "Name a second one.")
    found = _evaluated(runs, corpus, policy, metric, None, progress)
    return Comparison(_result(found), tuple(found.pairs()))


def explain(
    extractor: ExtractorLike, page: str, corpus: CorpusLike = "core", *, policy: str = "neutral"
) -> Explanation:
    """Show one page of one system, word by word.

    Args:
        extractor: see the top of this page; run on that page alone, unless it is a run.
        page: the page's id.
        corpus, policy: see :func:`score`.

    Returns:
        The page's words and the output's, each with what became of it.

    Raises:
        GoldspanError: as :func:`score` does, the corpus has no such page, or its gold has no labelled blocks.
    """
    whole = load_corpus(corpus)
    whole.plain(page)
    alone = replace(whole, ids=(page,))
    (found,) = _runs([extractor], alone, Limits(), 1, None, False, False, silent)
    return Explanation(explain_page(whole, found, page, load_policy(policy)))


@dataclass(frozen=True)
class Result(model.Result):
    """What a score says: printed as a table, shown as one in a notebook."""

    def rows(self) -> list[dict[str, Any]]:
        """A row a system and page, for ``pandas.DataFrame``: ``system``, ``page``, ``status`` and every figure of the
        page as ``metric.figure``; a metric that does not apply to the page has none."""
        return [
            {"system": one.system.key, "page": row.id, "status": row.status}
            | {
                f"{name}.{figure}": value
                for name, found in row.values.items()
                for figure, value in (found or {}).items()
            }
            for one in self.systems
            for row in one.rows
        ]

    def table(self) -> list[dict[str, Any]]:
        """A row a system, the best first, for ``pandas.DataFrame``: ``system``, ``rank``, every figure, and the ends of
        its 95 % interval as ``figure.low`` and ``figure.high``."""
        return [
            {"system": one.system.key, "rank": None if one.rank is None else str(one.rank)}
            | {
                f"{name}{end}": value
                for name, found in one.scores.items()
                for end, value in (("", found.value), (".low", found.low), (".high", found.high))
            }
            for one in in_order(self)
        ]

    def to_dict(self) -> dict[str, Any]:
        """The same as ``goldspan score --json``: ``schemas/result.schema.json``."""
        return result_data(self)

    def __str__(self) -> str:
        return _printed(lambda console: tables.score_table(self, console))

    def _repr_html_(self) -> str:
        columns = score_columns(self)
        heads = ["#", "System", *(column.title for column in columns)]
        rows = [
            [one.rank, one.system.key, *(column.cells[number].text for column in columns)]
            for number, one in enumerate(in_order(self))
        ]
        return template("notebook.html.j2").render(heads=heads, rows=rows, note=self.protocol)


@dataclass(frozen=True)
class Comparison:
    """Paired differences between systems.

    Attributes:
        result: the figures that are compared.
        pairs: ``first``, ``second``, ``difference`` (``value``, ``low``, ``high``, ``p``) and whether it is
            ``significant`` after Holm's correction over all pairs; the better system first.
    """

    result: Result
    pairs: tuple[Pair, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A row a pair, for ``pandas.DataFrame``."""
        return [
            {"first": pair.first, "second": pair.second, "significant": pair.significant} | asdict(pair.difference)
            for pair in self.pairs
        ]

    def __str__(self) -> str:
        rows = [tables.Paired.of(pair) for pair in self.pairs]
        ranks = {one.system.key: one.rank for one in in_order(self.result)}
        protocol, headline = self.result.protocol, self.result.headline
        return _printed(lambda console: tables.compare_table(rows, ranks, headline, protocol, console))

    def _repr_html_(self) -> str:
        headline = self.result.headline
        heads = ["First", "Second", headline, "95 % interval", "p", "Significant"]
        rows = [
            [one.first, one.second, *one.texts(headline), "yes" if one.significant else "no"]
            for one in map(tables.Paired.of, self.pairs)
        ]
        return template("notebook.html.j2").render(heads=heads, rows=rows, note=self.result.protocol)


@dataclass(frozen=True)
class Explanation:
    """One page of one system, word by word.

    Attributes:
        explained: the lines of the page and of the output; each has bits of text with what became of them.
    """

    explained: Explained

    def words(self, kind: Kind) -> list[str]:
        """The runs of text of one kind: ``lost`` and ``kept`` on the page, ``leaked``, ``invented`` and ``repeated`` in
        the output."""
        items = self.explained.page if kind in ("kept", "lost") else self.explained.output
        lines = [line for item in items for line in ([item] if isinstance(item, Line) else item.lines)]
        return [bit.text for line in lines for bit in line.bits if bit.kind == kind]

    def __str__(self) -> str:
        return _printed(lambda console: print_explained(self.explained, console))


def _listed(extractor: ExtractorLike | Sequence[ExtractorLike]) -> Sequence[ExtractorLike]:
    return extractor if isinstance(extractor, list | tuple) else [extractor]


def _runs(
    extractors: Sequence[ExtractorLike],
    corpus: CorpusLike,
    limits: Limits,
    jobs: int,
    save: Path | str | None,
    resume: bool,
    force: bool,
    progress: Progress,
) -> list[SystemRun]:
    if not extractors:
        raise UsageError("there is no extractor to run", "Name one.")
    if jobs < 1:
        raise UsageError(f"jobs is {jobs!r}", "Give a number from 1 on.")
    opened = load_corpus(corpus)
    if save is None:
        return numbered_apart([found for one in extractors for found in _run(one, opened, limits, jobs, progress)])
    specs = [one for one in extractors if isinstance(one, str)]
    if len(specs) < len(extractors):
        raise UsageError(
            "only runs of strings are saved", "Name the extractor's file, for instance './mine.py:extract'."
        )
    made = run_or_resume(specs, opened, Path(save), limits, jobs, progress, resume=resume, force=force)
    return list(made.values())


def _run(extractor: ExtractorLike, corpus: Corpus, limits: Limits, jobs: int, progress: Progress) -> list[SystemRun]:
    if isinstance(extractor, SystemRun):
        return [extractor]
    if isinstance(extractor, Path):
        return _read(extractor, corpus)
    if isinstance(extractor, str):
        if extractor.startswith(FINISHED):
            return _read(Path(extractor.removeprefix(FINISHED)), corpus)
        return [run_system(extractor, corpus, limits, jobs, progress)]
    name = getattr(extractor, "__name__", type(extractor).__name__)
    return [run_here(wrap(extractor, name, "unknown", {}), corpus, progress)]


def _read(path: Path, corpus: Corpus) -> list[SystemRun]:
    """The runs of a file, if it was made on this corpus."""
    file = read_predictions(path)
    whole = corpus.spec and file.header and len(corpus) == file.header.pages
    if whole and file.header and file.header.digest != corpus.digest:
        raise RunFileError(
            f"{path} was made on {file.header.name}@{file.header.digest[:8]}, and this is "
            f"{corpus.name}@{corpus.digest[:8]}",
            "Run it again, or name the right corpus.",
        )
    return list(file.systems.values())


def _evaluated(
    runs: Sequence[SystemRun],
    corpus: CorpusLike,
    policy: str,
    metrics: Sequence[str] | str | None,
    by: str | None,
    progress: Progress,
) -> Evaluation:
    opened = load_corpus(corpus)
    # A reader of the caller's own may be nothing that other processes can be sent.
    named = bool(opened.spec)
    return evaluate(opened, runs, scoring_for(opened, policy, metrics, by), progress, parallel=named)


def _result(found: Evaluation) -> Result:
    made = found.result(environment())
    return Result(**{field.name: getattr(made, field.name) for field in fields(made)})


def _printed(write: Callable[[Console], None]) -> str:
    text = StringIO()
    write(Console(file=text, width=_WIDTH, markup=False, emoji=False, highlight=False, color_system=None))
    return text.getvalue().rstrip("\n")
