"""The same run on Ray: the same result, also when workers are killed and a node is lost."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.crawls import page, results, statuses, write_extractor, write_warc
from tests.helpers import GOLDSPAN, PYTHONPATH

PAGES = 24
WORDS = (*GOLDSPAN, "crawl", "./mine.py", "--input", "a.warc.gz", "--shard-mb", "0.0015", "--workers", "2")


def run(folder: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    given = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    given |= {"PYTHONPATH": PYTHONPATH, "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", **environment}
    return subprocess.Popen([*WORDS, *words], cwd=folder, env=given, text=True, stderr=subprocess.PIPE, stdout=-3)


def finish(process: subprocess.Popen[str]) -> None:
    _, said = process.communicate(timeout=180)
    assert process.returncode == 0, said


def test_killed_workers_cost_what_they_cost_locally(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    write_extractor(tmp_path)
    extras = {3: "ABORT", 7: "KILL ONCE", 12: "KILL ALWAYS"}
    write_warc(tmp_path / "a.warc.gz", [page(n, extras.get(n, "")) for n in range(PAGES)])
    for engine in ("local", "ray"):
        (tmp_path / "killed").unlink(missing_ok=True)
        finish(run(tmp_path, "--out", engine, "--engine", engine))
        assert (tmp_path / "killed").exists()
    rows = results(tmp_path / "ray")
    assert statuses(rows) == {str(n): "crash" if n in (3, 12) else "ok" for n in range(PAGES)}
    assert rows == results(tmp_path / "local")


def test_a_lost_node_loses_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two nodes on one machine stand for two hosts; one is killed while both are at work."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)
    write_extractor(tmp_path)
    write_warc(tmp_path / "a.warc.gz", [page(n, "SLOW") for n in range(2 * PAGES)])
    small = {"object_store_memory": 80 * 2**20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **small})
    try:
        nodes = [cluster.add_node(num_cpus=1, object_store_memory=80 * 2**20) for _ in range(2)]
        process = run(tmp_path, "--out", "out", "--engine", "ray", RAY_ADDRESS=cluster.address)
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("out/shards/*.journal"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        cluster.remove_node(nodes[1], allow_graceful=False)
        finish(process)
    finally:
        cluster.shutdown()
    assert statuses(results(tmp_path / "out")) == {str(n): "ok" for n in range(2 * PAGES)}
