"""The figures of a board as files: JSON, CSV, Parquet and a Markdown table."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from goldspan.leaderboard.card import card_to_data
from goldspan.leaderboard.entries import entry_data
from goldspan.leaderboard.site.board import Board, parse_units
from goldspan.leaderboard.verification import POLICY
from goldspan.report.markdown import score_markdown


def downloads(board: Board) -> dict[str, bytes]:
    """The files by name."""
    return {
        "results.json": json.dumps(_json(board), ensure_ascii=False, indent=1).encode("utf-8", "replace"),
        "results.csv": _csv(board).encode("utf-8", "replace"),
        "results.md": score_markdown(board.result).encode("utf-8", "replace"),
        "pages.parquet": _parquet(board),
    }


def _json(board: Board) -> dict[str, Any]:
    systems = []
    for entry in board.ordered:
        data = entry_data(entry)
        del data["pages"]
        found = {policy: standings.ranks.get(entry.key) for policy, standings in board.standings.items()}
        ranks = {policy: rank and [rank.best, rank.worst] for policy, rank in found.items()}
        systems.append(data | {"key": entry.key, "ranks": ranks, "unranked": entry.card.unranked(board.corpus.name)})
    return {"protocols": {policy: result.protocol for policy, result in board.results.items()}, "systems": systems}


def _csv(board: Board) -> str:
    names = sorted({name for entry in board.entries for name in entry.results[POLICY].scores})
    facts = ("kind", "licence", "homepage", "command")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["policy", "rank", "system", *facts, "verification", "body.f1.low", "body.f1.high", *names, "ms", "parse_units"]
    )
    for policy, standings in board.standings.items():
        for entry in board.ordered:
            scores, card = entry.results[policy].scores, card_to_data(entry.card)
            headline = scores["body.f1"]
            rank = standings.ranks.get(entry.key)
            place = rank and str(rank).replace("–", "-")
            row: list[Any] = [policy, place, entry.key, *(card[name] for name in facts), entry.tag]
            row += [headline.low, headline.high, *(scores[name].value if name in scores else None for name in names)]
            row += [entry.results[policy].speed.median_ms, parse_units(entry)]
            writer.writerow([_harmless(value) for value in row])
    return out.getvalue()


def _harmless(value: object) -> object:
    """A text, quoted if a spreadsheet would take it for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _parquet(board: Board) -> bytes:
    """A row for each system, page and policy."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            "system",
            "page",
            "policy",
            "page_type",
            "language",
            "family",
            "status",
            "f1",
            "precision",
            "recall",
        )
    } | {"ms": [], "peak_mb": []}
    for entry in board.ordered:
        for sample in board.samples:
            page, about = entry.pages[sample.id], sample.gold.about
            for policy, body in page.body.items():
                values: list[Any] = [
                    entry.key,
                    sample.id,
                    policy,
                    about.page_type,
                    about.language,
                    about.family,
                    page.status,
                ]
                values += [*(body or (None, None, None)), page.ms, page.peak_mb]
                for name, value in zip(columns, values, strict=True):
                    columns[name].append(value)
    numbers = ("f1", "precision", "recall", "ms", "peak_mb")
    schema = pa.schema([(name, pa.float64() if name in numbers else pa.string()) for name in columns])
    out = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), out, compression="zstd", use_dictionary=True)
    return out.getvalue()
