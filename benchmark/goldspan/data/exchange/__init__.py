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

from benchmark.errors import CorpusError
from benchmark.model import Sample
from benchmark.store.brat import read_brat, write_brat
from benchmark.store.files import decode_json, read_bytes, write_atomically
from benchmark.store.flat import checked, packed, unpacked
from benchmark.store.gold import sample_to_json
from benchmark.store.label_studio import read_tasks, write_tasks
from benchmark.store.parquet import read_parquet, write_parquet

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
