"""Fixtures that several tests share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_corpora() -> Path:
    """The folder of real corpora beside a checkout; tests that need it are skipped where it is absent."""
    path = Path(__file__).resolve().parents[2] / "shared" / "corpora"
    if not path.is_dir():
        pytest.skip("real corpora are not in ../shared/corpora")
    return path
