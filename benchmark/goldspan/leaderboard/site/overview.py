"""The overview: the table, the chart, and the scores of each page from which the page itself computes mixes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from goldspan.core.variance import FEWEST_CLUSTERS, FEWEST_PAGES
from goldspan.data.schema import load_policy
from goldspan.leaderboard.entries import Entry
from goldspan.leaderboard.site.board import HEADLINE, Board, is_permissive, parse_units
from goldspan.leaderboard.site.site_page import json_text, render_page
from goldspan.leaderboard.verification import POLICY
from goldspan.model import RankRange, Result
from goldspan.report import formatting
from goldspan.report.html import ScoreTable
from goldspan.report.html_page import asset
from goldspan.report.score_charts import Bar, Bars, interval_bars, scatter
from goldspan.report.tables import RANKS, Cell, Column, in_order, score_columns

_HIDDEN = ("Empty", "Pages/s", "p95 ms", "Start ms", "Invented", "Repeated")
OTHERS = "all others"
"""The stratum of all pages whose own has fewer than :data:`goldspan.core.variance.FEWEST_PAGES`."""
UNITS = ((3, 0xFFFFFE), (2, 0xFFFE), (2, 0xFFFE))
"""Bytes and largest value of F1, precision and recall, as they are packed."""


def overview(board: Board) -> bytes:
    columns = {policy: _columns(board, policy) for policy in board.results}
    titles = [column.title for column in columns[POLICY]]
    data = {
        "policies": list(board.results),
        "few": FEWEST_PAGES,
        "fewestClusters": FEWEST_CLUSTERS,
        "titles": titles,
        "cells": {policy: _cells(found, titles) for policy, found in columns.items()},
        "ranks": {
            policy: [rank and (rank.best, rank.worst) for rank in _ranks(board, policy)] for policy in board.results
        },
        **_page_data(board),
        "systems": [_facts(board, entry) for entry in board.ordered],
    }
    return render_page(
        "index",
        board,
        asset("sort.js") + asset("leaderboard/site/mix.js") + asset("leaderboard/site/overview.js"),
        scores=ScoreTable(
            tuple(columns[POLICY]),
            tuple(entry.key for entry in board.ordered),
            tuple(_ranks(board, POLICY)),
            _bars(board),
        ),
        links=[f"systems/{board.addresses[entry.key]}.html" for entry in board.ordered],
        unranked=[entry.card.unranked(board.corpus.name) or "too few pages" for entry in board.ordered],
        data=json_text(data),
        policies=[load_policy(name) for name in board.results],
        scatters={policy: scatter(_worth_drawing(result)) for policy, result in board.results.items()},
        licences=sorted({entry.card.licence for entry in board.entries if entry.card.licence}),
        strata={by: board.counted(by) for by in ("page_type", "language")},
        joined={by: _joined(board, by) for by in ("page_type", "language")},
        others=OTHERS,
        enough={by: board.enough(by) for by in ("page_type", "language")},
        few=FEWEST_PAGES,
        fewest_clusters=FEWEST_CLUSTERS,
        about_ranks=RANKS,
    )


def _worth_drawing(result: Result) -> Result:
    """Leaves out the systems that are far behind, which would press all others into a corner of the chart."""
    values = {one.system.key: one.scores[result.headline].value or 0.0 for one in result.systems}
    least = max(values.values()) / 2
    return replace(result, systems=tuple(one for one in result.systems if values[one.system.key] >= least))


def _bars(board: Board) -> Bars:
    """On the whole scale, since the page moves the bars; each system has one, if only at 0."""
    bars = interval_bars(board.result, (0.0, 1.0)).bars
    return Bars(tuple(bar or Bar(0.0, 0.0, 0.0) for bar in bars), "0", "1")


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
            tuple(Cell(formatting.count(value), value) for value in units),
        )
    )
    found.append(
        Column(
            "Published / fresh",
            "accuracy",
            "body F1 as published, and on pages that were composed after the submission; sorted by the difference",
            tuple(_fresh(entry) for entry in board.ordered),
        )
    )
    return found


def _fresh(entry: Entry) -> Cell:
    if entry.fresh is None or entry.fresh.score.value is None:
        return Cell("not verified fresh")
    published, fresh = entry.results[POLICY].scores[HEADLINE].value, entry.fresh.score.value
    return Cell(
        f"{formatting.share(published)} / {formatting.share(fresh)}", None if published is None else published - fresh
    )


def _cells(columns: Sequence[Column], titles: Sequence[str]) -> list[list[list[Any]]]:
    """For each system and title the text, the value and the interval of its cell."""
    by_title = {column.title: column for column in columns}
    none = Cell(formatting.NONE)
    number = len(columns[0].cells)
    rows = []
    for at in range(number):
        cells = [by_title[title].cells[at] if title in by_title else none for title in titles]
        rows.append(
            [[cell.text, cell.value, cell.low, cell.high][: 4 if cell.low is not None else 2] for cell in cells]
        )
    return rows


def _ranks(board: Board, policy: str) -> list[RankRange | None]:
    ranks = board.standings[policy].ranks
    return [ranks.get(entry.key) for entry in board.ordered]


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
    clusters = [codes.tolist() for codes in board.clusters.ways]
    scores = {
        policy: [pack_scores(entry, [sample.id for sample in board.samples], policy) for entry in board.ordered]
        for policy in board.results
    }
    return {"strata": strata, "clusters": clusters, "scores": scores}


def pack_scores(entry: Entry, ids: Sequence[str], policy: str) -> list[str]:
    """F1, precision and recall of the pages as fixed-point numbers in base64: 24, 16 and 16 bits a page, the largest
    number for a page that takes no part."""
    packed = []
    for figure, (size, most) in enumerate(UNITS):
        out = bytearray()
        for name in ids:
            body = entry.pages[name].body[policy]
            out += (round(body[figure] * most) if body is not None else most + 1).to_bytes(size, "little")
        packed.append(base64.b64encode(bytes(out)).decode())
    return packed


def joined_strata(board: Board, by: str) -> list[str]:
    """For each page its stratum; those with too few pages are one."""
    counts = board.counted(by)
    names = [board.stratum(by, sample) for sample in board.samples]
    return [name if counts[name] >= FEWEST_PAGES else OTHERS for name in names]


def _joined(board: Board, by: str) -> dict[str, int]:
    found = {name: pages for name, pages in board.counted(by).items() if pages >= FEWEST_PAGES}
    others = len(board.samples) - sum(found.values())
    return found | ({OTHERS: others} if others else {})
