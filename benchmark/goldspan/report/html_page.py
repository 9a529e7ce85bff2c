"""What every page of ours is made with: the templates beside this file, escaped throughout, and a content policy that
allows a page its own style and script and nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from goldspan.report import formatting

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@cache
def asset(name: str) -> str:
    """A file of ``templates/`` beside this file, or of another package's: ``speed/speed.html.j2``."""
    package, _, file = name.rpartition("/")
    return (
        files(f"goldspan.{package.replace('/', '.') or 'report'}")
        .joinpath("templates", file)
        .read_text(encoding="utf-8")
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(asset), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {"line": formatting.line, "parts": formatting.key_parts}
    environment.globals["dash"] = formatting.NONE
    return environment


def template(name: str) -> Template:
    """A template of ``templates/``."""
    return _environment().get_template(name)


def content_policy(style: str, script: str, more: str = "") -> str:
    """The Content-Security-Policy of a page with this inline style and script.

    Args:
        more: further directives, such as ``frame-src 'self'``.
    """
    parts = ["default-src 'none'", f"style-src {_hash(style)}", f"script-src {_hash(script)}", more]
    return "; ".join([*filter(None, parts), "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
