"""The process that holds a Python extractor while it is measured: ``python -m goldspan.speed.probe PARENT REQUESTS
REPLIES SPEC``. It speaks the protocol of every host, and answers with times in place of texts.

A request is a page and a number of parses; the page is parsed that many times, extracted once, and parsed as many times
again, in this process, so that whatever slows the machine slows both.
"""

from __future__ import annotations

import base64
import time
from typing import Any, BinaryIO

import orjson

from goldspan.sandbox import python_host
from goldspan.sandbox.memory import peak_mb, reset_peak


def serve(spec: str, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until they end."""
    from goldspan.extractors import PageInput, call, describe, resolve, warm_up
    from goldspan.speed.unit import clocks, parse_means, parse_times

    started = time.perf_counter()
    try:
        extractor = resolve(spec)
        warm_up(extractor)
        load_ms = (time.perf_counter() - started) * 1000
        hello = python_host.greeting(describe(extractor))
    except BaseException as error:  # whatever happens in other people's code is reported, not raised
        python_host.send(replies, {"goldspan": 1, "refused": python_host.told(error)})
        return
    python_host.send(replies, {"goldspan": 1, **hello, "load_ms": load_ms})

    def visit(request: dict[str, Any]) -> dict[str, Any]:
        html, times = request["html"], request["parses"]
        data = base64.b64decode(request.get("base64", ""))
        page = PageInput(html if extractor.takes == "html" else "", data, request["url"])
        parses = parse_times(html, times)
        reset_peak()
        wall, cpu = clocks()
        call(extractor, page)
        after_wall, after_cpu = clocks()
        peak = peak_mb()
        parses += parse_times(html, times)
        return {
            "ms": (after_wall - wall) / 1e6,
            "cpu_ms": (after_cpu - cpu) / 1e6,
            "peak_mb": peak,
            **parse_means(parses),
        }

    for line in requests:
        request = orjson.loads(line)
        python_host.send(replies, {"id": request["id"], **python_host.answered(visit, request)})


if __name__ == "__main__":
    python_host.main(serve)
