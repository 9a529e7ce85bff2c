"""The process that holds a Python extractor: ``python -m goldspan.sandbox.python_host PARENT REQUESTS REPLIES SPEC``.

It speaks the same protocol as any command (README.md beside this file), on the two descriptors that it is given, and
adds what only the process itself can measure: the time around the extractor's own call, and the peak memory during
it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

import orjson

from goldspan.model import System
from goldspan.sandbox.memory import peak_mb, reset_peak
from goldspan.sandbox.messages import page_end

LARGEST_TEXT = 64 * 2**20  # code points; a longer output is refused

WARM_UP = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A warm-up page</title></head><body>
<nav><a href="/">Home</a></nav><article><h1>A warm-up page</h1><p>This page is extracted once before the clock starts,
so that what a library loads or compiles at its first call is not charged to the first page of a corpus.</p>
<p>Its second paragraph is here because some extractors want more than one, and long enough to be taken for text by
those that count words or look for stop words in a paragraph.</p></article><footer>The foot of the page</footer></body>
</html>"""


def main(serve: Callable[[str, BinaryIO, BinaryIO], None] | None = None) -> None:
    """Put the guard around this process, then answer requests until they end.

    Args:
        serve: what answers them; :func:`serve_pages`, if None.
    """
    from goldspan.sandbox import isolation

    parent, into, out = (int(word) for word in sys.argv[1:4])
    in_force = isolation.apply(parent)
    sys.path[:0] = json.loads(os.environ.pop("GOLDSPAN_PATH", "[]"))
    # Children of the extractor must not hold the run's descriptors open.
    for descriptor in (into, out):
        os.set_inheritable(descriptor, False)
    with os.fdopen(into, "rb", buffering=1 << 20) as requests, os.fdopen(out, "wb") as replies:
        send(replies, {"guard": in_force})
        (serve or serve_pages)(sys.argv[4], requests, replies)


def serve_pages(spec: str, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests for a page's extraction."""
    started = time.perf_counter()
    try:
        extract, hello = _load(spec)
    except BaseException as error:  # whatever happens in other people's code is reported, not raised
        send(replies, {"goldspan": 1, "refused": told(error)})
        return
    send(replies, {"goldspan": 1, **hello, "start_ms": (time.perf_counter() - started) * 1000})
    for number, line in enumerate(requests):
        request = orjson.loads(line)
        reset_peak()
        answer = {"id": request["id"], **answered(extract, request), "peak_mb": peak_mb()}
        try:
            os.write(1, page_end(number))
        except OSError:  # the extractor may have closed it
            pass
        send(replies, answer)


def _load(spec: str) -> tuple[Callable[[dict[str, Any]], dict[str, Any]], dict[str, Any]]:
    from goldspan.extractors import PageInput, call, complete, describe, resolve, warm_up

    extractor = resolve(spec)
    system = describe(extractor)
    warm_up(extractor)

    def extract(request: dict[str, Any]) -> dict[str, Any]:
        data = base64.b64decode(request.get("base64", ""))
        page = PageInput(request.get("html", ""), data, request.get("url"))
        before = time.perf_counter()
        extraction = call(extractor, page)
        ms = (time.perf_counter() - before) * 1000
        extraction = complete(extractor, page, extraction)
        if len(extraction.text) > LARGEST_TEXT:
            raise ValueError(f"its output has {len(extraction.text)} characters, more than {LARGEST_TEXT}")
        return {"text": extraction.text, "format": extraction.format, **extraction.metadata(), "ms": ms}

    # Whether it can do this page does not matter: the run will show which pages it can do.
    encoded = base64.b64encode(WARM_UP.encode()).decode("ascii")
    answered(extract, {"html": WARM_UP, "base64": encoded, "url": "https://example.org/"})
    return extract, greeting(system)


def greeting(system: System) -> dict[str, Any]:
    """What a process says about its system before the first request."""
    return {
        "name": system.name,
        "version": system.version,
        "options": dict(system.options),
        "takes": system.takes,
        "fields": list(system.fields),
        "tuned_on": list(system.tuned_on),
    }


def answered(extract: Callable[[dict[str, Any]], dict[str, Any]], request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request, or what went wrong in its place."""
    try:
        return extract(request)
    except MemoryError as error:
        return {"error": told(error), "memory": True}
    except BaseException as error:  # SystemExit and KeyboardInterrupt are the extractor's, too
        return {"error": told(error)}
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):  # the extractor may have closed or replaced it
                pass


def told(error: BaseException) -> str:
    """An exception's type, the first line of what it says, and where it was raised."""
    from goldspan.errors import GoldspanError

    try:
        text = str(error)
    except Exception as fault:
        text = f"(its text cannot be made: {type(fault).__name__})"
    if isinstance(error, GoldspanError):
        return text
    frames = traceback.extract_tb(error.__traceback__)
    place = f" [{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}]" if frames else ""
    said = " ".join(text.split())[:500]
    return f"{type(error).__name__}: {said}{place}" if said else f"{type(error).__name__}{place}"


def send(replies: BinaryIO, message: dict[str, Any]) -> None:
    """Write a message, a line of JSON."""
    try:
        line = orjson.dumps(message)
    except TypeError:  # a surrogate that stands alone
        line = json.dumps(message).encode("ascii")
    replies.write(line + b"\n")
    replies.flush()


if __name__ == "__main__":
    main()
