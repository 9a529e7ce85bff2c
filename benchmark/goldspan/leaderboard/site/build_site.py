"""The site: static files that open from a folder, without network, server or tracker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from math import log1p
from pathlib import Path
from typing import Any

import numpy as np

from goldspan.core.variance import FEWEST_CLUSTERS, FEWEST_PAGES
from goldspan.data.corpora import Corpus
from goldspan.data.files import write_folder
from goldspan.data.schema import load_policy, policy_names
from goldspan.errors import UsageError
from goldspan.leaderboard.entries import Entry, PageRow, read_overlay
from goldspan.leaderboard.page_overlay import LETTERS
from goldspan.leaderboard.site.board import Board, Pair, gather, parse_units
from goldspan.leaderboard.site.downloads import downloads
from goldspan.leaderboard.site.overview import overview
from goldspan.leaderboard.site.site_page import json_text, render_page
from goldspan.leaderboard.verification import POLICY
from goldspan.report import formatting, gallery
from goldspan.report.explain_console import LOOKS
from goldspan.report.html import worst_pages
from goldspan.report.html_page import asset
from goldspan.report.tables import Cell, Grid, in_order, leak_grid, loss_grid, metadata_grid, score_columns, strata_grid

_MARK = ".goldspan-site"
_PAIR_PAGES = 15


def build_site(
    stores: Sequence[Path], corpus: Corpus, progress: Callable[[int], None] = lambda pages: None
) -> dict[str, bytes]:
    """The files of the site by path.

    Raises:
        UsageError: the store holds nothing for this corpus.
    """
    board = gather(stores, corpus)
    made = {
        "index.html": overview(board),
        "strata.html": _strata(board),
        "profiles.html": _profiles(board),
        "pairs.html": pairs_page(board),
        "samples.html": _samples(board),
        "about.html": _about(board, stores),
    }
    for entry in board.entries:
        made[f"systems/{board.addresses[entry.key]}.html"] = _system(board, entry)
    for pair in board.pairs:
        made[_pair_address(board, pair)] = _pair(board, pair)
    laid = {entry.key: read_overlay(entry, *stores) for entry in board.ordered}
    for number, sample in enumerate(board.samples):
        made[f"samples/{sample.id}.html"] = _sample(board, number, laid)
        progress(1)
    return made | {f"data/{name}": data for name, data in downloads(board).items()}


def replace_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the site, replacing an older one.

    Raises:
        UsageError: the folder holds something else.
    """
    files = {**files, _MARK: b""}
    if not folder.exists() or not any(folder.iterdir()):
        write_folder(folder, files)
        return
    if not (folder / _MARK).is_file():
        raise UsageError(f"{folder} is there already and holds no site", "Choose another place, or remove it first.")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as place:
        write_folder(Path(place) / "new", files)
        folder.rename(Path(place) / "old")
        (Path(place) / "new").rename(folder)
        shutil.rmtree(Path(place) / "old")


# Tables of their own


def _strata(board: Board) -> bytes:
    grids = [
        (policy, [strata_grid(board.result_by(by, policy)) for by in ("page_type", "language", "family")])
        for policy in board.results
    ]
    script = asset("sort.js") + asset("leaderboard/site/switch.js")
    return render_page("strata", board, script, grids=grids, steep=_steep, **_heads(board))


def _steep(grid: Grid, cell: Cell) -> int:
    """How dark a score is, from 0 to 8; by the square, so that good ones can be told apart."""
    return 0 if not cell.value else max(1, round(8 * (cell.value / grid.most) ** 2))


def _gentle(grid: Grid, cell: Cell) -> int:
    """How dark a number of words is, from 0 to 8; by the logarithm, since baselines leak a hundred times as many."""
    return 0 if not cell.value else max(1, round(8 * log1p(cell.value) / log1p(grid.most)))


def _profiles(board: Board) -> bytes:
    grids = [
        (policy, [grid for grid in (leak_grid(result), loss_grid(result)) if grid])
        for policy, result in board.results.items()
    ]
    return render_page(
        "profiles",
        board,
        asset("sort.js") + asset("leaderboard/site/switch.js"),
        grids=grids,
        gentle=_gentle,
        metadata=metadata_grid(board.result),
        **_heads(board),
    )


def _heads(board: Board) -> dict[str, Any]:
    """Keys and names in the order of each policy's tables."""
    keys = {policy: [one.system.key for one in in_order(result)] for policy, result in board.results.items()}
    return {
        "keys": {policy: [formatting.line(key) for key in found] for policy, found in keys.items()},
        "names_of": {policy: [board.names[key] for key in found] for policy, found in keys.items()},
        "default": POLICY,
    }


# Systems and pairs


def _system(board: Board, entry: Entry) -> bytes:
    result = next(one for one in board.result.systems if one.system.key == entry.key)
    profiles = []
    for title, metric in (("Leaked, by label", "leak"), ("Lost, by role", "loss")):
        scores = {
            name.removeprefix(f"{metric}."): score
            for name, score in result.scores.items()
            if name.startswith(f"{metric}.") and not name.endswith((".tokens", ".pages"))
        }
        found = sorted(scores.items(), key=lambda item: (-(item[1].value or 0.0), item[0]))
        most = max((score.value or 0.0 for _, score in found), default=0.0) or 1.0
        profiles.append(
            (
                title,
                [
                    (name, score, 100 * (score.value or 0.0) / most, result.scores.get(f"{metric}.{name}.pages"))
                    for name, score in found
                    if score.value
                ],
            )
        )
    pairs = [pair for pair in board.pairs if entry.key in (pair.first, pair.second)]
    columns = score_columns(board.result)
    at = [one.system.key for one in in_order(board.result)].index(entry.key)
    return render_page(
        "system",
        board,
        asset("sort.js"),
        depth=1,
        entry=entry,
        result=result,
        ranked=len(board.standings[POLICY].ranks),
        unranked=entry.card.unranked(board.corpus.name),
        score_cells=[(column, column.cells[at]) for column in columns],
        policies=[
            (policy, entry.results[policy].scores, board.standings[policy].ranks.get(entry.key))
            for policy in board.results
        ],
        strengths=board.strengths(entry),
        worst=worst_pages(board.result, result, board.names),
        profiles=profiles,
        parse_units=parse_units(entry),
        versions=[other for other in board.history if other.card.name == entry.card.name],
        pairs=[
            (_pair_address(board, pair), pair, pair.second if pair.first == entry.key else pair.first) for pair in pairs
        ],
    )


def _pair_address(board: Board, pair: Pair) -> str:
    return f"pairs/{board.addresses[pair.first]}--{board.addresses[pair.second]}.html"


def pairs_page(board: Board) -> bytes:
    """The matrix of all pairs."""
    found = {}
    for pair in board.pairs:
        address = _pair_address(board, pair)
        found[pair.first, pair.second] = (address, pair.difference, pair.interval, pair.significant)
        turned = pair.interval and (-pair.interval[1], -pair.interval[0])
        found[pair.second, pair.first] = (address, -pair.difference, turned, pair.significant)
    return render_page("pairs", board, pairs=found)


def _pair(board: Board, pair: Pair) -> bytes:
    first, second = board.by_key[pair.first], board.by_key[pair.second]
    gaps = []
    for sample in board.samples:
        a, b = (entry.pages[sample.id].body[POLICY] for entry in (first, second))
        if a is not None and b is not None:
            gaps.append((a[0] - b[0], sample, a[0], b[0]))
    gaps.sort(key=lambda item: (-item[0], item[1].id))
    wins = sum(gap[0] > 0 for gap in gaps)
    losses = sum(gap[0] < 0 for gap in gaps)
    strata = []
    for by in ("page_type", "language"):
        for name in board.enough(by):
            inside = [gap[0] for gap in gaps if board.stratum(by, gap[1]) == name]
            if inside:
                strata.append((by, name, len(inside), float(np.mean(inside))))
    return render_page(
        "pair",
        board,
        asset("sort.js"),
        depth=1,
        pair=pair,
        first=first,
        second=second,
        wins=wins,
        losses=losses,
        ties=len(gaps) - wins - losses,
        best=[gap for gap in gaps[:_PAIR_PAGES] if gap[0] > 0],
        worst=[gap for gap in reversed(gaps[-_PAIR_PAGES:]) if gap[0] < 0],
        strata=strata,
    )


# Samples


def _samples(board: Board) -> bytes:
    rows = []
    for sample in board.samples:
        bodies = [entry.pages[sample.id].body[POLICY] for entry in board.entries]
        known = [body[0] for body in bodies if body is not None]
        rows.append((sample, float(np.mean(known)) if known else None, max(known, default=None)))
    return render_page("samples", board, asset("sort.js"), rows=rows)


def _sample(board: Board, number: int, laid: Mapping[str, Mapping[str, Any]]) -> bytes:
    sample = board.samples[number]
    blocks = sample.gold.blocks or ()
    systems: list[tuple[Entry, PageRow]] = []
    overlays = []
    for entry in board.ordered:
        page = entry.pages[sample.id]
        systems.append((entry, page))
        overlays.append(
            {
                "name": board.names[entry.key],
                "at": board.addresses[entry.key],
                **(laid[entry.key].get(sample.id) or {}),
            }
        )
    return render_page(
        "sample",
        board,
        asset("sort.js") + asset("leaderboard/site/overlay.js"),
        depth=1,
        sample=sample,
        blocks=[(block, gallery.pieces(block)) for block in (*blocks, *sample.gold.extra)],
        systems=systems,
        data=json_text(overlays),
        looks={LETTERS[kind]: (kind, look.about) for kind, look in LOOKS.items() if look.about},
        looks_data=json_text({LETTERS[kind]: kind for kind in LOOKS}),
        default=POLICY,
        previous=board.samples[number - 1].id if number else None,
        following=board.samples[number + 1].id if number + 1 < len(board.samples) else None,
    )


# About


def _about(board: Board, stores: Sequence[Path]) -> bytes:
    errata = [path.read_text(encoding="utf-8") for store in stores if (path := store / "errata.md").is_file()]
    return render_page(
        "about",
        board,
        policies=[load_policy(name) for name in policy_names()],
        few=FEWEST_PAGES,
        fewest_clusters=FEWEST_CLUSTERS,
        errata="".join(map(_markdown, errata)),
    )


def _markdown(text: str) -> str:
    """Markdown as HTML; markup in it stays text."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).render(text))
