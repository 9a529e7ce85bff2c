"""Publishing to the Hugging Face Hub: the data set as a dataset, the site as a static space.

The token comes from the environment (``HF_TOKEN``) or the library's own login; it is never asked for or stored.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from goldspan.data.corpora.samples import open_core, read_manifest
from goldspan.data.files import read_bytes
from goldspan.data.schema import data_path
from goldspan.errors import PublishError, UsageError
from goldspan.leaderboard.croissant import croissant

if TYPE_CHECKING:
    from huggingface_hub import HfApi

What = Literal["dataset", "leaderboard"]
DATA = "data/test-00000-of-00001.parquet"
_TARGET = re.compile(r"hf:(?P<repo>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)")
_SPACE_CARD = """---
title: Goldspan leaderboard
emoji: 📰
colorFrom: blue
colorTo: green
sdk: static
app_file: index.html
pinned: false
license: cc-by-4.0
---

Built by `goldspan leaderboard build`. Every figure is computed from predictions; `data/` holds them as files.
"""


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be sent, and where.

    Attributes:
        repo: ``organisation/name``.
        files: by path.
    """

    repo: str
    kind: Literal["dataset", "space"]
    files: Mapping[str, bytes]

    def lines(self) -> list[str]:
        """Exactly what would be sent."""
        sizes = [f"{len(data):>12,} bytes  {path}" for path, data in sorted(self.files.items())]
        total = sum(map(len, self.files.values()))
        return [f"to the {self.kind} {self.repo}, {len(self.files)} files, {total:,} bytes:", *sizes]


def repo_of(to: str) -> str:
    """``organisation/name`` from ``hf:organisation/name``.

    Raises:
        UsageError: it is not of that form.
    """
    found = _TARGET.fullmatch(to)
    if not found:
        raise UsageError(f"--to {to} names no place", "Write hf:ORGANISATION/NAME.")
    return found["repo"]


def dataset_publication(to: str) -> Publication:
    """The core set as Parquet with explicit features, its card, and its Croissant metadata."""
    from goldspan.data.exchange.parquet import write_parquet

    repo = repo_of(to)
    corpus = open_core()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "data.parquet")
        write_parquet(map(corpus.load, corpus.ids), path)
        data = path.read_bytes()
    version = str(read_manifest(data_path("annotations", "manifest.json"))["version"])
    metadata = croissant("goldspan-core", version, f"https://huggingface.co/datasets/{repo}", DATA, data)
    files = {
        DATA: data,
        "README.md": read_bytes(data_path("annotations", "README.md")),
        "croissant.json": (json.dumps(metadata, indent=1) + "\n").encode(),
    }
    licence = data_path("annotations", "LICENSE.md")
    return Publication(repo, "dataset", files | ({"LICENSE.md": read_bytes(licence)} if licence.is_file() else {}))


def leaderboard_publication(to: str, site: Path) -> Publication:
    """A site that was built, as a static space.

    Raises:
        UsageError: the folder holds no site.
    """
    if not (site / ".goldspan-site").is_file():
        raise UsageError(f"{site} holds no site", "Build it with 'goldspan leaderboard build --out DIR'.")
    files = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name != ".goldspan-site"
    }
    return Publication(repo_of(to), "space", files | {"README.md": _SPACE_CARD.encode()})


def publish(publication: Publication, message: str) -> str:
    """Send a publication in one commit, which also removes files that it does not contain.

    Returns:
        Where it is to be seen.

    Raises:
        PublishError: no token, no right, or no answer.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi, get_token
    from huggingface_hub.errors import HfHubHTTPError

    if not get_token():
        raise PublishError("there is no token for the Hub", "Set HF_TOKEN, or log in with 'hf auth login'.")
    api = HfApi(library_name="goldspan")
    try:
        sdk: dict[str, Any] = {"space_sdk": "static"} if publication.kind == "space" else {}
        api.create_repo(publication.repo, repo_type=publication.kind, exist_ok=True, **sdk)
        there = set(_files(api, publication)) - {".gitattributes"}
        operations: list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete] = [
            *(CommitOperationAdd(path, data) for path, data in sorted(publication.files.items())),
            *(CommitOperationDelete(path) for path in sorted(there - publication.files.keys())),
        ]
        done = api.create_commit(publication.repo, operations, commit_message=message, repo_type=publication.kind)
    except HfHubHTTPError as fault:
        status = fault.response.status_code if fault.response is not None else "no"
        raise PublishError(
            f"the Hub refused {publication.repo} ({status}: {str(fault.server_message or fault).splitlines()[0]})",
            "See that the token may write there.",
        ) from None
    except (OSError, ValueError, RuntimeError) as fault:
        raise PublishError(f"the Hub cannot be reached: {fault}", "Try again later.") from None
    except Exception as fault:
        # Which HTTP library it uses is the Hub library's own affair, and so are the names of its exceptions.
        if not type(fault).__module__.startswith(("http", "requests")):
            raise
        raise PublishError(f"the Hub cannot be reached: {fault}", "Try again later.") from None
    return str(done.commit_url)


def _files(api: HfApi, publication: Publication) -> list[str]:
    return list(api.list_repo_files(publication.repo, repo_type=publication.kind))
