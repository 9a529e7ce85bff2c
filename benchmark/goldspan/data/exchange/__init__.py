"""Labelled samples in the formats of other tools, and back without loss.

``jsonl``
    a line a sample: ``{"gold": …, "page": …}``, the gold as in ``gold.json`` and the page's bytes in base64
``label-studio``, ``brat``, ``parquet``
    see ``label_studio.py``, ``brat.py``, ``parquet.py``
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from goldspan.data.exchange.brat import read_brat, write_brat
from goldspan.data.exchange.flat_text import checked, packed, unpacked
from goldspan.data.exchange.label_studio import read_tasks, write_tasks
from goldspan.data.exchange.parquet import read_parquet, write_parquet
from goldspan.data.files import decode_json, read_bytes, write_atomically
from goldspan.data.gold import sample_to_json
from goldspan.errors import CorpusError
from goldspan.model import Sample

FORMATS = ("label-studio", "brat", "jsonl", "parquet")


def write_exchange(format: str, samples: Sequence[Sample], out: Path) -> int:
    """Write samples in one of :data:`FORMATS`.

    Args:
        out: a new file or, for brat, a new folder.

    Returns:
        How many there are.

    Raises:
        CorpusError: a sample has no labelled blocks.
    """
    for sample in samples:
        if sample.gold.blocks is None:
            raise CorpusError(f"{sample.id} has no labelled blocks", "Only labelled samples can be exported.")
    writers = {"label-studio": write_tasks, "brat": write_brat, "jsonl": _write_lines, "parquet": write_parquet}
    return writers[format](samples, out)


def read_exchange(format: str, path: Path) -> Iterator[Sample]:
    """The samples of what :func:`write_exchange` wrote, with what another tool changed in them.

    Raises:
        CorpusError: it cannot be read, or what it holds is no gold.
    """
    readers = {"label-studio": read_tasks, "brat": read_brat, "jsonl": _read_lines, "parquet": read_parquet}
    return readers[format](path)


def _write_lines(samples: Sequence[Sample], path: Path) -> int:
    lines = []
    for sample in samples:
        gold = sample_to_json(sample, "page.html" if sample.page.media == "html" else "page.txt")
        lines.append(json.dumps({"gold": gold, "page": packed(sample.page.data)}, ensure_ascii=False) + "\n")
    write_atomically(path, "".join(lines).encode("utf-8", "surrogatepass"))
    return len(lines)


def _read_lines(path: Path) -> Iterator[Sample]:
    for number, line in enumerate(read_bytes(path).split(b"\n"), start=1):
        if line.strip():
            where = f"{path} line {number}"
            data = decode_json(line, where)
            if not isinstance(data, dict) or "gold" not in data or "page" not in data:
                raise CorpusError(f"{where} has no 'gold' and 'page'", "Write it with 'goldspan export --to jsonl'.")
            yield checked(data["gold"], unpacked(data["page"], where), where)
