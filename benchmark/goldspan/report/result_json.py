"""A result as plain data for JSON: ``schemas/result.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from goldspan.model import Result, Row, Score, SystemResult
from goldspan.report.formatting import known

SCHEMA_VERSION = 1
_DIGITS = 6


def result_data(result: Result) -> dict[str, Any]:
    """The result as dictionaries, lists, texts, numbers and None; keys in a fixed order, figures to six digits, what is
    not defined as None."""
    return {
        "schema_version": SCHEMA_VERSION,
        "protocol": result.protocol,
        "headline": result.headline,
        "by": result.by,
        "systems": [_system(system) for system in result.systems],
        "left_out": dict(sorted(result.left_out.items())),
        "environment": dict(sorted(result.environment.items())),
    }


def result_json(result: Result) -> str:
    """The same as a JSON document that any UTF-8 file can hold."""
    text = json.dumps(result_data(result), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")


def _system(result: SystemResult) -> dict[str, Any]:
    system = result.system
    return {
        "system": system.name,
        "version": system.version,
        "options": dict(sorted(system.options.items())),
        "key": system.key,
        "takes": system.takes,
        "fields": list(system.fields),
        "tuned_on": list(system.tuned_on),
        "rank": None if result.rank is None else [result.rank.best, result.rank.worst],
        "scores": _scores(result.scores),
        "strata": _scores(result.strata),
        "failures": dict(sorted(result.failures.items())),
        "speed": {name: _rounded(value) for name, value in asdict(result.speed).items()},
        "warnings": list(result.warnings),
        "rows": [_row(row) for row in result.rows],
    }


def _scores(scores: Mapping[str, Score]) -> dict[str, Any]:
    return {
        name: {
            "value": _rounded(score.value),
            "low": _rounded(score.low),
            "high": _rounded(score.high),
            "n": score.n,
        }
        for name, score in sorted(scores.items())
    }


def _row(row: Row) -> dict[str, Any]:
    values = {
        metric: {name: _rounded(value) for name, value in sorted(found.items())} if found is not None else None
        for metric, found in sorted(row.values.items())
    }
    return {"id": row.id, "status": row.status, "values": values}


def _rounded(value: float | None) -> float | None:
    value = known(value)
    return None if value is None else float(f"{value:.{_DIGITS}g}")
