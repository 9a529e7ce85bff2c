"""Publishing: exactly what is listed is sent, over real HTTP, to a local stand-in for the Hub."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldspan.errors import UsageError
from goldspan.leaderboard.hub import DATA, dataset_publication, leaderboard_publication, repo_of
from tests.helpers import GOLDSPAN, PYTHONPATH
from tests.hub import Hub, serve

pytest.importorskip("huggingface_hub", reason="the extra 'publish' is not installed")
pytest.importorskip("datasets", reason="the extra 'dataset' is not installed")


@pytest.fixture
def hub() -> Iterator[Hub]:
    found, server = serve()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in (("index.html", "<p>Hello"), ("data/results.csv", "a,b"), (".goldspan-site", "")):
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(text)
    return tmp_path / "site"


def publish(hub: Hub, *words: str | Path, cwd: Path, token: str | None = "hf_right", code: int = 0) -> str:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))},
        "PYTHONPATH": PYTHONPATH, "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(cwd / "hf"),
        "HF_HUB_DISABLE_PROGRESS_BARS": "1", "NO_COLOR": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
    } | ({"HF_TOKEN": token} if token else {})  # fmt: skip
    done = subprocess.run(
        [*GOLDSPAN, "publish", *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_a_dry_run_lists_what_would_be_sent_and_sends_nothing(hub: Hub, site: Path, tmp_path: Path) -> None:
    said = publish(hub, "leaderboard", "--site", site, "--to", "hf:org/board", "--dry-run", cwd=tmp_path, token=None)
    assert "to the space org/board, 3 files" in said
    assert "8 bytes  index.html" in said
    assert hub.repos == {}


def test_a_site_becomes_a_static_space(hub: Hub, site: Path, tmp_path: Path) -> None:
    words = ("leaderboard", "--site", site, "--to", "hf:org/board")
    publish(hub, *words, cwd=tmp_path)
    assert hub.repos["space/org/board"]["sdk"] == "static"
    files = hub.files["space/org/board"]
    assert sorted(files) == [".gitattributes", "README.md", "data/results.csv", "index.html"]
    assert files["index.html"] == b"<p>Hello"
    (site / "data/results.csv").unlink()
    (site / "new.html").write_text("new")
    said = publish(hub, *words, "--message", "second", cwd=tmp_path)
    assert "3 files sent" in said
    assert sorted(hub.files["space/org/board"]) == [".gitattributes", "README.md", "index.html", "new.html"]
    assert hub.commits[-1]["summary"] == "second"
    assert hub.tokens == {"hf_right"}


def test_the_data_set_is_sent_as_it_was_listed(hub: Hub, tmp_path: Path) -> None:
    listed = publish(hub, "dataset", "--to", "hf:org/core", "--dry-run", cwd=tmp_path)
    publish(hub, "dataset", "--to", "hf:org/core", cwd=tmp_path)
    files = hub.files["dataset/org/core"]
    assert {".gitattributes", DATA, "README.md", "croissant.json"} <= set(files)
    for path, data in files.items():
        if path != ".gitattributes":
            assert f"{len(data):,} bytes  {path}" in listed
    (tmp_path / "core.parquet").write_bytes(files[DATA])
    import pyarrow.parquet as pq

    table = pq.read_table(tmp_path / "core.parquet")
    assert table.num_rows > 40
    assert table.schema.field("stream_sha256").type == "string"


def test_croissant_is_valid_offline(tmp_path: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    files = dataset_publication("hf:org/core").files
    found = mlcroissant.Dataset(jsonld=json.loads(files["croissant.json"]))
    assert list(found.metadata.issues.errors) == []
    assert list(found.metadata.issues.warnings) == []
    assert {field.id for field in found.metadata.record_sets[0].fields} >= {"samples/id", "samples/blocks"}


def test_a_missing_or_wrong_token_is_one_line(hub: Hub, site: Path, tmp_path: Path) -> None:
    words = ("leaderboard", "--site", site, "--to", "hf:org/board")
    assert "Set HF_TOKEN" in publish(hub, *words, cwd=tmp_path, token=None, code=2)
    said = publish(hub, *words, cwd=tmp_path, token="hf_wrong", code=2)
    assert "refused org/board (401" in said
    assert "hf_wrong" not in said


def test_a_hub_that_does_not_answer_is_one_line(hub: Hub, site: Path, tmp_path: Path) -> None:
    gone = Hub(url="http://127.0.0.1:9")
    said = publish(gone, "leaderboard", "--site", site, "--to", "hf:org/board", cwd=tmp_path, code=2)
    assert "cannot be reached" in said


@pytest.mark.parametrize("to", ["org/name", "hf:name", "hf:org/name/more", "hf:../name", "hf:org/na me", "gh:org/name"])
def test_a_place_that_is_none_is_refused(to: str) -> None:
    with pytest.raises(UsageError, match="names no place"):
        repo_of(to)


def test_a_folder_that_is_no_site_is_not_sent(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no site"):
        leaderboard_publication("hf:org/name", tmp_path)
