"""Markup that is our own: what templates and the composer wrote is not escaped again."""

from __future__ import annotations

import json

from markupsafe import Markup


def safe(text: str) -> Markup:
    """Text that is markup."""
    return Markup(text)  # noqa: S704 — it comes from our own templates, articles and generators


def script_json(value: object, ascii_only: bool) -> Markup:
    """A value as JSON inside a script element."""
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    return safe(text.replace("</", "<\\/"))
