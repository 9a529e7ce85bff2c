"""The site: static files that open from a folder, without network, server or tracker."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.corpora import Corpus
from benchmark.errors import UsageError
from benchmark.leaderboard.board import Board, gather, is_permissive, parse_units
from benchmark.leaderboard.downloads import downloads
from benchmark.leaderboard.entries import Entry, PageRow, read_overlay
from benchmark.leaderboard.overlay import LETTERS
from benchmark.leaderboard.verify import POLICY
from benchmark.model import Result
from benchmark.report import charts, figures, gallery
from benchmark.report.html import shade, worst_pages
from benchmark.report.overlay import LOOKS
from benchmark.report.tables import (
    Cell,
    Column,
    in_order,
    leak_grid,
    loss_grid,
    metadata_grid,
    score_columns,
    strata_grid,
)
from benchmark.report.web import asset, content_policy, template
from benchmark.schema import load_policy, policy_names
from benchmark.scoring import FEW, Pair
from benchmark.store.files import write_folder

_MARK = ".goldspan-site"
_HIDDEN = ("Empty", "Pages/s", "p95 ms", "Start ms", "Repeated", "Reordered")
OTHERS = "all others"
"""The stratum of all pages whose own has fewer than 10."""
_PAIR_PAGES = 15
_NOTHING = 0xFFFFFF  # stands for a page that takes no part
_UNITS = ((3, 0xFFFFFE), (2, 0xFFFE), (2, 0xFFFE))  # bytes and largest value of F1, precision and recall


def build_site(
    stores: Sequence[Path], corpus: Corpus, progress: Callable[[int], None] = lambda pages: None
) -> dict[str, bytes]:
    """The files of the site by path.

    Raises:
        UsageError: the store holds nothing for this corpus.
    """
    board = gather(stores, corpus)
    made = {
        "index.html": _overview(board),
        "strata.html": _strata(board),
        "profiles.html": _profiles(board),
        "pairs.html": _pairs(board),
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
    """Write the site, in the place of an older one.

    Raises:
        UsageError: the folder holds something that is no site of ours.
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


def _page(name: str, board: Board, script: str = "", depth: int = 0, **values: Any) -> bytes:
    style = asset("style.css") + asset("leaderboard/site.css")
    shared = {
        "style": style,
        "script": script,
        "policy": content_policy(style, script),
        "root": "../" * depth,
        "board": board,
        "protocol": board.result.protocol,
        "dash": figures.NONE,
        "figures": figures,
        "shade": shade,
    }
    return template(f"leaderboard/{name}.html.j2").render(**shared, **values).encode("utf-8", "replace")


def json_text(data: object) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


# The overview


def _overview(board: Board) -> bytes:
    columns = {policy: _columns(board, policy) for policy in board.results}
    titles = [column.title for column in columns[POLICY]]
    data = {
        "policies": list(board.results),
        "few": FEW,
        "titles": titles,
        "cells": {policy: _cells(found, titles) for policy, found in columns.items()},
        "ranks": {policy: _ranks(board, policy) for policy in board.results},
        **_page_data(board),
        "systems": [_facts(board, entry) for entry in board.ordered],
    }
    return _page(
        "index",
        board,
        asset("sort.js") + asset("leaderboard/mix.js") + asset("leaderboard/overview.js"),
        columns=columns[POLICY],
        data=json_text(data),
        policies=[load_policy(name) for name in board.results],
        scatters={policy: charts.scatter(_worth_drawing(result)) for policy, result in board.results.items()},
        width=charts.WIDTH,
        height=charts.HEIGHT,
        bar_width=charts.BAR_WIDTH,
        ranks=_ranks(board, POLICY),
        licences=sorted({entry.card.licence for entry in board.entries if entry.card.licence}),
        is_permissive=is_permissive,
        strata={by: _counted(board, by) for by in ("page_type", "language")},
        joined={by: _joined(board, by) for by in ("page_type", "language")},
        others=OTHERS,
        few=FEW,
    )


def _worth_drawing(result: Result) -> Result:
    """Without the systems that are far behind, which would press all others into a corner of the chart."""
    values = {one.system.key: one.scores[result.headline].value or 0.0 for one in result.systems}
    least = max(values.values()) / 2
    return replace(result, systems=tuple(one for one in result.systems if values[one.system.key] >= least))


def _columns(board: Board, policy: str) -> list[Column]:
    """The score columns under a policy, a cell for each system in the default policy's order."""
    result = board.results[policy]
    at = {one.system.key: number for number, one in enumerate(in_order(result))}
    found = [
        Column(column.title, column.group, column.about, tuple(column.cells[at[entry.key]] for entry in board.ordered))
        for column in score_columns(result)
        if column.title not in _HIDDEN
    ]
    units = [parse_units(entry) for entry in board.ordered]
    found.append(
        Column(
            "Parses",
            "cost",
            "mean time of a page, in units of what parsing it with lexbor takes on the same machine",
            tuple(Cell(figures.count(value), value) for value in units),
        )
    )
    found.append(
        Column(
            "Fresh",
            "accuracy",
            "body F1 on pages that were composed after the submission, and how far it lies from the published one",
            tuple(_fresh(entry, policy) for entry in board.ordered),
        )
    )
    return found


def _fresh(entry: Entry, policy: str) -> Cell:
    if entry.fresh is None or entry.fresh.score.value is None:
        return Cell("not verified")
    published = entry.results[POLICY].scores["body.f1"].value
    gap = "" if published is None else f" ({entry.fresh.score.value - published:+.3f})"
    return Cell(figures.share(entry.fresh.score.value) + gap, entry.fresh.score.value)


def _cells(columns: Sequence[Column], titles: Sequence[str]) -> list[list[list[Any]]]:
    """For each system and title the text, the value and the interval of its cell."""
    by_title = {column.title: column for column in columns}
    none = Cell(figures.NONE)
    number = len(columns[0].cells)
    rows = []
    for at in range(number):
        cells = [by_title[title].cells[at] if title in by_title else none for title in titles]
        rows.append(
            [[cell.text, cell.value, cell.low, cell.high][: 4 if cell.low is not None else 2] for cell in cells]
        )
    return rows


def _ranks(board: Board, policy: str) -> list[int | None]:
    ranks = {one.system.key: one.rank for one in board.results[policy].systems}
    return [ranks[entry.key] for entry in board.ordered]


def _facts(board: Board, entry: Entry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "ranked": entry.card.unranked(board.corpus.name) is None,
        "needs": {name: entry.card.needs.get(name) for name in ("gpu", "network", "javascript")},
        "licence": entry.card.licence,
        "permissive": is_permissive(entry.card.licence),
    }


def _page_data(board: Board) -> dict[str, Any]:
    """What the page computes mixes from: for each page its strata and clusters, for each system its scores."""
    strata = {}
    for by in ("page_type", "language"):
        names = list(_joined(board, by))
        strata[by] = {"names": names, "of": [names.index(name) for name in joined_strata(board, by)]}
    ways = len(board.clusters[0])
    clusters = []
    for way in range(ways):
        names = sorted({page[way] for page in board.clusters})
        clusters.append([names.index(page[way]) for page in board.clusters])
    scores = {
        policy: [pack_scores(entry, [sample.id for sample in board.samples], policy) for entry in board.ordered]
        for policy in board.results
    }
    return {"strata": strata, "clusters": clusters, "scores": scores}


def pack_scores(entry: Entry, ids: Sequence[str], policy: str) -> list[str]:
    """F1, precision and recall of the pages as fixed-point numbers in base64: 24, 16 and 16 bits a page, the largest
    number for a page that takes no part."""
    packed = []
    for figure, (size, most) in enumerate(_UNITS):
        out = bytearray()
        for name in ids:
            body = entry.pages[name].body[policy]
            out += (round(body[figure] * most) if body is not None else most + 1).to_bytes(size, "little")
        packed.append(base64.b64encode(bytes(out)).decode())
    return packed


def unpack_scores(packed: Sequence[str]) -> list[list[float | None]]:
    """What :func:`pack_scores` packed."""
    found = []
    for text, (size, most) in zip(packed, _UNITS, strict=True):
        data = base64.b64decode(text)
        values = [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size)]
        found.append([None if value > most else value / most for value in values])
    return found


def _counted(board: Board, by: str) -> dict[str, int]:
    """Pages by stratum, the largest first."""
    found: dict[str, int] = {}
    for sample in board.samples:
        name = board.stratum(by, sample)
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def joined_strata(board: Board, by: str) -> list[str]:
    """For each page its stratum; those with too few pages are one."""
    counts = _counted(board, by)
    return [name if counts[name] >= FEW else OTHERS for name in (board.stratum(by, sample) for sample in board.samples)]


def _joined(board: Board, by: str) -> dict[str, int]:
    found = {name: pages for name, pages in _counted(board, by).items() if pages >= FEW}
    others = len(board.samples) - sum(found.values())
    return found | ({OTHERS: others} if others else {})


# Tables of their own


def _strata(board: Board) -> bytes:
    grids = [
        (policy, [strata_grid(board.result_by(by, policy)) for by in ("page_type", "language", "family")])
        for policy in board.results
    ]
    return _page("strata", board, asset("sort.js") + asset("leaderboard/switch.js"), grids=grids, **_heads(board))


def _profiles(board: Board) -> bytes:
    grids = [
        (policy, [grid for grid in (leak_grid(result), loss_grid(result)) if grid])
        for policy, result in board.results.items()
    ]
    return _page(
        "profiles",
        board,
        asset("sort.js") + asset("leaderboard/switch.js"),
        grids=grids,
        metadata=metadata_grid(board.result),
        **_heads(board),
    )


def _heads(board: Board) -> dict[str, Any]:
    """Keys and names in the order of each policy's tables."""
    keys = {policy: [one.system.key for one in in_order(result)] for policy, result in board.results.items()}
    return {
        "keys": {policy: [figures.line(key) for key in found] for policy, found in keys.items()},
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
    return _page(
        "system",
        board,
        asset("sort.js"),
        depth=1,
        entry=entry,
        result=result,
        unranked=entry.card.unranked(board.corpus.name),
        score_cells=[(column, column.cells[at]) for column in columns],
        policies=[(policy, entry.results[policy].scores, _rank_of(board, policy, entry)) for policy in board.results],
        strengths=board.strengths(entry),
        worst=worst_pages(board.result, result, board.names),
        profiles=profiles,
        parse_units=parse_units(entry),
        versions=[other for other in board.history if other.card.name == entry.card.name],
        pairs=[
            (_pair_address(board, pair), pair, pair.second if pair.first == entry.key else pair.first) for pair in pairs
        ],
    )


def _rank_of(board: Board, policy: str, entry: Entry) -> int | None:
    return next(one.rank for one in board.results[policy].systems if one.system.key == entry.key)


def _pair_address(board: Board, pair: Pair) -> str:
    return f"pairs/{board.addresses[pair.first]}--{board.addresses[pair.second]}.html"


def _pairs(board: Board) -> bytes:
    found = {}
    for pair in board.pairs:
        gap = pair.difference
        address = _pair_address(board, pair)
        found[pair.first, pair.second] = (address, gap.value, gap.low, gap.high, pair.significant)
        found[pair.second, pair.first] = (address, -gap.value, -gap.high, -gap.low, pair.significant)
    return _page("pairs", board, pairs=found)


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
        for name in _counted(board, by):
            inside = [gap[0] for gap in gaps if board.stratum(by, gap[1]) == name]
            if len(inside) >= FEW:
                strata.append((by, name, len(inside), float(np.mean(inside))))
    return _page(
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
    return _page("samples", board, asset("sort.js"), rows=rows)


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
    return _page(
        "sample",
        board,
        asset("sort.js") + asset("leaderboard/overlay.js"),
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
    return _page(
        "about",
        board,
        policies=[load_policy(name) for name in policy_names()],
        errata="".join(map(_markdown, errata)),
    )


def _markdown(text: str) -> str:
    """Markdown as HTML; markup in it stays text."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).render(text))


__all__ = ["build_site", "json_text", "pack_scores", "replace_site", "unpack_scores"]
