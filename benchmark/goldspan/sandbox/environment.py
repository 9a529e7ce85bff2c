"""The machine and the libraries of a run, recorded with its scores; they are not part of the protocol."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from goldspan import __version__

_LIBRARIES = ("selectolax", "numpy", "rapidfuzz")


def environment() -> dict[str, str]:
    """Names and versions, as strings. No host name, user or path is in it."""
    return {
        "goldspan": __version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        **{name: version(name) for name in _LIBRARIES},
    }
