"""Run files on the way in: of ours or of other programs, and the corpus that each was made on."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from goldspan.data.corpora import Corpus, open_corpus
from goldspan.data.files import read_bytes
from goldspan.data.runs import RunFile, SystemRun, read_foreign, read_run
from goldspan.errors import GoldspanError, RunFileError, UsageError

_FIRST = 4096  # bytes in which a run file of ours says what it is


def read_predictions(path: Path) -> RunFile:
    """A run file of ours, or finished predictions of another program.

    Raises:
        RunFileError: it is neither.
    """
    first = read_bytes(path, RunFileError)[:_FIRST].split(b"\n")[0]
    found = read_run(path) if b'"run_version"' in first else read_foreign(path)
    if not any(run.predictions for run in found.systems.values()):
        raise RunFileError(f"{path} holds no predictions", "Run the system, or name another file.")
    return found


def corpus_of(run: RunFile, given: str | None, amended: bool = False) -> Corpus:
    """The corpus that a run file belongs to: the one it names, or where the user says it is now.

    Args:
        amended: its gold may be another than it was. (That the pages are the same is checked with the predictions.)

    Raises:
        RunFileError: it is another one than it was.
    """
    spec = given or (run.header.corpus if run.header else "core")
    try:
        corpus = open_corpus(spec)
    except GoldspanError as error:
        if given:
            raise
        raise RunFileError(
            f"the corpus of {run.path} cannot be opened: {error}", "Say where it is with --corpus."
        ) from None
    if run.header and run.header.digest != corpus.digest and not (amended and run.header.pages == len(corpus)):
        raise RunFileError(
            f"{run.path} was made on {run.header.name}@{run.header.digest[:8]} with {run.header.pages} pages, "
            f"and this is {corpus.name}@{corpus.digest[:8]} with {len(corpus)}",
            "Run again, or name the right corpus with --corpus. Where gold was amended: goldspan rescore --amended.",
        )
    return corpus


def corpus_of_all(files: Sequence[RunFile], given: str | None) -> Corpus:
    """The one corpus that several run files belong to.

    Raises:
        RunFileError: they belong to different ones.
    """
    leader = next((file for file in files if file.header), files[0])
    corpus = corpus_of(leader, given)
    for file in files:
        if file is not leader and file.header and leader.header:
            corpus_of(file, given or leader.header.corpus)
    return corpus


def only_system(file: RunFile, system: str | None) -> SystemRun:
    """The one system of a run file that is meant.

    Args:
        system: its name or key; None where the file holds one alone.

    Raises:
        UsageError: the file holds none of that name, or several.
    """
    found = [run for key, run in file.systems.items() if system in (None, key, run.system.name)]
    if len(found) == 1:
        return found[0]
    held = ", ".join(file.systems) or "no system"
    raise UsageError(f"{file.path} holds {held}", "Name one of them with --system.")


def numbered_apart(runs: Sequence[SystemRun]) -> list[SystemRun]:
    """The runs, each further one of the same system with its number at the system's name."""
    seen: dict[str, int] = {}
    found = []
    for run in runs:
        key = run.system.key
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            run = replace(run, system=replace(run.system, name=f"{run.system.name} ({seen[key]})"))
        found.append(run)
    return found


def check_whole(run: SystemRun, corpus: Corpus, where: str) -> None:
    """A run has a prediction for every page: what is missing would count as lost, or as nothing to lose.

    Raises:
        RunFileError: it has not.
    """
    missing = [page for page in corpus.ids if page not in run.predictions]
    if missing:
        raise RunFileError(
            f"{where} lacks {len(missing)} of the {len(corpus)} pages of {corpus.name}, first '{missing[0]}'",
            "Resume the run, or make it anew.",
        )


def named_apart(files: Sequence[RunFile]) -> list[SystemRun]:
    """The runs of all files, with the file's name at the system's where two files hold the same system."""
    runs = [(file.path, run) for file in files for run in file.systems.values()]
    keys = [run.system.key for _, run in runs]
    return [
        run
        if keys.count(run.system.key) == 1
        else replace(run, system=replace(run.system, name=f"{run.system.name} ({path.stem})"))
        for path, run in runs
    ]


def new_run_file(specs: Sequence[str]) -> Path:
    """A path for a new run file in the user's cache folder."""
    import platformdirs

    label = re.sub(r"[^A-Za-z0-9]+", "-", specs[0])[:40].strip("-") or "run"
    folder = Path(platformdirs.user_cache_dir("goldspan")) / "runs"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"{stamp}-{label}.jsonl"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{stamp}-{label}-{number}.jsonl"
    return path
