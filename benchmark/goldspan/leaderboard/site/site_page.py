"""What every page of the site is made with: its template, style and content policy."""

from __future__ import annotations

import json
from typing import Any

from goldspan.leaderboard.site.board import Board
from goldspan.report import formatting
from goldspan.report.html_page import asset, content_policy, template


def render_page(name: str, board: Board, script: str = "", depth: int = 0, **values: Any) -> bytes:
    style = asset("style.css") + asset("leaderboard/site/site.css")
    shared = {
        "style": style,
        "script": script,
        "policy": content_policy(style, script),
        "root": "../" * depth,
        "board": board,
        "protocol": board.result.protocol,
        "figures": formatting,
    }
    return template(f"leaderboard/site/{name}.html.j2").render(**shared, **values).encode("utf-8", "replace")


def json_text(data: object) -> str:
    """JSON for use inside a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
