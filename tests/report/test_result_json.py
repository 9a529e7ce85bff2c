"""A result as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace

from jsonschema import Draft202012Validator

from goldspan.data.schema import data_path, validate
from goldspan.model import (
    Row,
    Score,
)
from goldspan.report.result_json import result_data, result_json
from tests.report.results import BIG, NAN, result_of, system_result


class TestData:
    def test_fits_its_schema(self) -> None:
        """The JSON of a result is what the schema says, NaN and all."""
        schema = json.loads(data_path("schemas", "result.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        odd = system_result("odd", NAN, None, rows=(Row("p", "crash", {"body": None, "metadata": {"title": NAN}}),))
        for result in (BIG, result_of(odd), result_of()):
            data = json.loads(result_json(result))
            assert list(Draft202012Validator(schema).iter_errors(data)) == []
            assert validate("result", data, "here") == []

    def test_schema_refuses_what_is_no_result(self) -> None:
        """A missing protocol, a NaN written as text, an unknown status."""
        good = result_data(BIG)
        assert validate("result", {name: value for name, value in good.items() if name != "protocol"}, "here") != []
        bad = json.loads(json.dumps(good))
        bad["systems"][0]["scores"]["body.f1"]["value"] = "NaN"
        assert validate("result", bad, "here") != []

    def test_no_nan_and_six_digits(self) -> None:
        """What is not defined is null; figures are rounded to six digits."""
        odd = system_result(
            "odd", 0.5, 1, scores={"body.f1": Score(1 / 3, NAN, math.inf, 3), "x.y": Score(12345.678901)}
        )
        scores = result_data(result_of(odd))["systems"][0]["scores"]
        assert scores["body.f1"] == {"value": 0.333333, "low": None, "high": None, "n": 3}
        assert scores["x.y"]["value"] == 12345.7
        assert "NaN" not in result_json(result_of(odd))

    def test_is_the_same_whatever_order_it_came_in(self) -> None:
        """Keys stand in a fixed order."""
        turned = replace(BIG.systems[0], scores=dict(reversed(list(BIG.systems[0].scores.items()))))
        assert result_json(result_of(BIG.systems[0])) == result_json(result_of(turned))

    def test_lone_surrogates_can_be_written(self) -> None:
        """Any UTF-8 file can hold it."""
        result_json(result_of(system_result("bad\ud800", 0.5, 1))).encode("utf-8")
