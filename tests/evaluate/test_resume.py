"""A run that is killed goes on from what was finished, and ends with the same scores."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.helpers import PYTHONPATH, make_corpus

SLOW = """
import re, time
def extract(html: str, url: str | None) -> str:
    time.sleep(0.02)
    return "\\n".join(re.findall(r"<p>(.*?)</p>", html))
"""
KILLS = 20


def command(*words: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "from goldspan.cli import main; main()",
        "score",
        "./slow.py",
        "--corpus",
        "samples",
        *words,
    ]


def scores(path: Path) -> bytes:
    """What does not depend on the clock."""
    data = json.loads(path.read_text(encoding="utf-8"))
    for system in data["systems"]:
        del system["speed"]
    return json.dumps(data, sort_keys=True).encode()


def test_killed_twenty_times_and_resumed_it_scores_the_same(tmp_path: Path) -> None:
    """kill -9 at random moments, --resume after each: the result equals that of a run nobody touched."""
    make_corpus(tmp_path / "samples", 60)
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    place = {"cwd": tmp_path, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    whole = subprocess.run(command("--save", "whole.jsonl", "--json", "whole.json"), check=False, **place)  # type: ignore[call-overload]
    assert whole.returncode == 0, whole.stderr
    chance = random.Random(20)
    for _ in range(KILLS):
        process = subprocess.Popen(command("--save", "torn.jsonl", "--resume"), start_new_session=True, **place)  # type: ignore[call-overload]
        time.sleep(chance.uniform(0.1, 1.2))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    last = subprocess.run(command("--save", "torn.jsonl", "--resume", "--json", "torn.json"), check=False, **place)  # type: ignore[call-overload]
    assert last.returncode == 0, last.stderr
    assert scores(tmp_path / "torn.json") == scores(tmp_path / "whole.json")


def test_ctrl_c_ends_at_once_and_says_how_to_go_on(tmp_path: Path) -> None:
    """An interrupt during a page that never ends stops the run within seconds, with what was finished kept."""
    make_corpus(tmp_path / "samples", 3)
    (tmp_path / "slow.py").write_text(
        "import time\ndef extract(html, url):\n"
        "    if 'Tuesday the 4th' in html:\n        time.sleep(600)\n    return 'x'\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    process = subprocess.Popen(
        command("--save", "run.jsonl", "--timeout", "500"),
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    path = tmp_path / "run.jsonl"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not (path.exists() and b'"prediction"' in path.read_bytes()):
        time.sleep(0.05)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - started < 10
    assert process.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
