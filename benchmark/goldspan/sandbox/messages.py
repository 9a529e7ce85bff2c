"""What passes between the run and an extractor's process: its command line, requests, greetings."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Sequence
from typing import Any

import orjson

from goldspan.model import FIELDS, System


def python_command(spec: str, module: str = "goldspan.sandbox.python_host") -> list[str]:
    """The command of the process for a Python extractor.

    Args:
        module: what runs in it.
    """
    return [sys.executable, "-m", module, spec]


def any_command(words: Sequence[str]) -> list[str]:
    """The command of the process for an extractor in any language."""
    return [sys.executable, "-m", "goldspan.sandbox.command_host", *words]


def encode_request(number: int, page: dict[str, Any]) -> bytes:
    """A request line. ``page`` holds ``html`` or ``data`` (bytes), and ``url``."""
    request: dict[str, Any] = {"id": str(number), "url": page.get("url")}
    if "data" in page:
        request["base64"] = base64.b64encode(page["data"]).decode("ascii")
    else:
        request["html"] = page["html"]
    try:
        return orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a surrogate that stands alone
        return json.dumps(request, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def page_end(number: int) -> bytes:
    """Separates the prints of a page from those of the next, which may start before they are read."""
    return b"\0%d\0" % number


def system_of(hello: dict[str, Any]) -> System:
    """The system that a process says it holds.

    Raises:
        TypeError, ValueError, AttributeError, KeyError: its greeting does not fit the protocol.
    """
    takes = hello.get("takes", "html")
    if takes not in ("html", "bytes"):
        raise ValueError(f"takes must be html or bytes, not {takes!r}")
    return System(
        name=str(hello["name"]),
        version=str(hello["version"]),
        options={str(name): str(value) for name, value in dict(hello.get("options", {})).items()},
        takes=takes,
        fields=tuple(str(name) for name in hello.get("fields", FIELDS)),
        tuned_on=tuple(str(name) for name in hello.get("tuned_on", ())),
    )
