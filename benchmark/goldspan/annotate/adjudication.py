"""Adjudication: one gold from several label vectors. Labels on which all agree are taken over; a person
decides the rest.

No vector is lost: a gold that one annotator made is first stored as their vector.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from goldspan.annotate.agreement import disputes, read_votes
from goldspan.annotate.provenance import numbers, ranges
from goldspan.annotate.session import Session, open_session
from goldspan.data.files import read_json, write_atomically
from goldspan.data.gold import format_gold
from goldspan.data.label_files import read_vector, vector_of
from goldspan.errors import UsageError

_TAKEN = ("label", "role", "cell", "spans", "duplicate_of")


def open_adjudication(folder: Path, id: str, annotator: str | None) -> Session:
    """A session with the blocks of a page that its annotators label differently.

    Raises:
        UsageError: there is no such page, fewer than two people labelled it, or they agree throughout.
    """
    session = open_session(folder, [id], annotator, "adjudicate")
    place = session.folder / id
    votes = read_votes(place)
    if len(votes) < 2:
        raise UsageError(f"{id} was labelled by {len(votes)} people", "Adjudication needs two who finished.")
    differ = disputes(id, votes)
    gold = read_json(place / "gold.json")
    _keep_vector(place, gold)
    waiting = set(numbers(gold["provenance"].get("open", ())))
    decided = gold["provenance"].get("adjudicated_by") is not None
    for number, block in enumerate(gold["blocks"]):
        if number in waiting and not decided:
            _take(block, [vote.blocks[number] for vote in votes])
    if not decided:
        # From here on the page itself records what is still to be decided, so that the work can be resumed.
        gold["provenance"] |= {"open": ranges(differ), "adjudicated_by": annotator or "somebody"}
        gold["provenance"]["annotators"] = sorted(vote.annotator for vote in votes)
        gold["metadata"] = gold["metadata"] or _common([read_vector(path) for path in _vectors(place)])
        write_atomically(place / "gold.json", format_gold(gold))
    left = set(numbers(gold["provenance"].get("open", ())))
    shown = {number: said for number, said in differ.items() if number in left}
    if not shown:
        raise UsageError(f"all agree on {id}", "There is nothing to decide.")
    return Session(session.folder, (id,), annotator, "adjudicate", {id: shown})


def _vectors(place: Path) -> list[Path]:
    return sorted((place / "labels").glob("*.json"))


def _keep_vector(place: Path, gold: dict[str, Any]) -> None:
    """Store a gold that one annotator made as their vector, unless they have one."""
    work = gold["provenance"]
    names = work.get("annotators", [])
    if len(names) != 1 or work.get("open") or work.get("adjudicated_by"):
        return
    path = place / "labels" / f"{names[0]}.json"
    if not path.exists():
        vector = vector_of(gold, annotator=names[0], blind=False, metadata=gold["metadata"])
        write_atomically(path, format_gold(vector))


def _take(block: dict[str, Any], said: list[Any]) -> None:
    """Give a block the commonest label, as the first annotator who gave it did."""
    label = Counter(one["label"] for one in said).most_common(1)[0][0]
    chosen = next(one for one in said if one["label"] == label)
    rest = {name: block[name] for name in block if name not in _TAKEN}
    block.clear()
    block |= {name: chosen[name] for name in _TAKEN if name in chosen} | rest


def _common(vectors: list[dict[str, Any]]) -> dict[str, Any]:
    """The metadata on which all annotators who stated any agree."""
    stated = [vector["metadata"] for vector in vectors if vector.get("metadata")]
    return {
        name: value
        for name, value in (stated[0].items() if stated else ())
        if all(name in other and other[name] == value for other in stated)
    }
