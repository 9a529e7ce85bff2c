"""The checkout that a study belongs to. Importing this lets a study import the helpers of the tests, too."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANNOTATIONS = ROOT / "annotations"
FIGURES = ANNOTATIONS / "figures"
CARD = ANNOTATIONS / "README.md"
GUIDES = ROOT / "benchmark" / "goldspan"
"""Every package below it may have a ``README.md``: its guide."""
AEB = ROOT.parent / "shared" / "corpora" / "aeb"

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
