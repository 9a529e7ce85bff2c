"""Charts as SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from goldspan.data.files import write_atomically

PADDING = {"left": 20, "right": 40, "top": 5, "bottom": 5}  # fonts differ in width


def write_chart(path: Path, chart: Any) -> None:
    """Draw one of altair's charts into a file."""
    import vl_convert

    write_atomically(path, str(vl_convert.vegalite_to_svg(chart.to_json())).encode())
