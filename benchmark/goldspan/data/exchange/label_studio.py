"""Label Studio's tasks: a sample is a flat text with a region a block, roles on the regions, copies as relations.

A finished gold is an annotation; one with blocks that nobody confirmed, and what a labeller drafted, are predictions.
Offsets are code points, as in Label Studio.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from goldspan.data.exchange.flat_text import Flat, FlatMark, flatten, packed, unflatten, unpacked
from goldspan.data.files import read_json, write_atomically
from goldspan.data.schema import load_labels
from goldspan.errors import CorpusError
from goldspan.model import Sample

_ANSWER = {"to_name": "text"}


def label_config() -> str:
    """The labelling interface that the tasks are made for."""
    labels = load_labels()
    label = "\n".join(f"    <Label value={quoteattr(name)}/>" for name in labels.groups)
    role = "\n".join(f"    <Choice value={quoteattr(name)}/>" for name in labels.roles)
    return f"""<View>
  <Labels name="label" toName="text">
{label}
  </Labels>
  <Choices name="role" toName="text" perRegion="true" choice="single-radio">
{role}
  </Choices>
  <Relations>
    <Relation value="copy"/>
  </Relations>
  <Text name="text" value="$text" granularity="word"/>
</View>
"""


def task_of(sample: Sample) -> dict[str, Any]:
    """A sample as a task."""
    flat = flatten(sample)
    work = sample.gold.provenance
    task: dict[str, Any] = {
        "data": {"id": sample.id, "text": flat.text, "gold": flat.rest, "page": packed(flat.page)},
        "annotations": [],
        "predictions": [],
    }
    now = list(_results(flat.text, flat.marks))
    by = str(work.get("prelabelled_by") or "goldspan")
    if work.get("open"):
        task["predictions"].append({"model_version": by, "result": now})
        return task
    task["annotations"].append({"result": now})
    drafted = [label for label, count in work.get("drafted", ()) for _ in range(count)]
    if drafted:
        blocks = [mark for mark in flat.marks if "s" not in mark.id]
        marks = [FlatMark(m.id, m.start, m.end, label) for m, label in zip(blocks, drafted, strict=False)]
        task["predictions"].append({"model_version": by, "result": list(_results(flat.text, marks))})
    return task


def _results(text: str, marks: Sequence[FlatMark]) -> Iterator[dict[str, Any]]:
    for mark in marks:
        value = {"start": mark.start, "end": mark.end, "text": text[mark.start : mark.end]}
        own = {"id": mark.id, **_ANSWER}
        yield {**own, "from_name": "label", "type": "labels", "value": {**value, "labels": [mark.label]}}
        if mark.role:
            yield {**own, "from_name": "role", "type": "choices", "value": {**value, "choices": [mark.role]}}
    for mark in marks:
        if mark.copy_of:
            link = {"from_id": mark.id, "to_id": mark.copy_of, "direction": "right", "labels": ["copy"]}
            yield {"type": "relation", **link}


def sample_of_task(task: object, where: str) -> Sample:
    """The sample of a task, as it was exported or as annotators left it.

    Raises:
        CorpusError: it is no task of ours, has several annotations, or its regions make no gold.
    """
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict) or "gold" not in task["data"]:
        raise CorpusError(f"{where} is no task that 'goldspan export' wrote", "Export from Label Studio as JSON.")
    data = task["data"]
    where = f"{where} ({data.get('id')})"
    done = [one for one in task.get("annotations", ()) if isinstance(one, dict) and not one.get("was_cancelled")]
    if len(done) > 1:
        raise CorpusError(f"{where} has {len(done)} annotations", "Keep the one that counts.")
    rest = dict(data["gold"])
    if done:
        rest["provenance"] = {name: v for name, v in rest.get("provenance", {}).items() if name != "open"}
    drafts = [one for one in task.get("predictions", ()) if isinstance(one, dict)]
    if not done and not drafts:
        raise CorpusError(f"{where} has no labels", "Export it with its annotations.")
    try:
        marks = tuple(_marks((done or drafts)[0]["result"]))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise CorpusError(f"{where} has a result that cannot be read", "Export from Label Studio as JSON.") from None
    return unflatten(Flat(str(data.get("text")), marks, rest, unpacked(data.get("page"), where)), where)


def _marks(results: Sequence[Mapping[str, Any]]) -> Iterator[FlatMark]:
    roles = {one["id"]: one["value"]["choices"][0] for one in results if one["type"] == "choices"}
    copies = {one["from_id"]: one["to_id"] for one in results if one["type"] == "relation"}
    for one in results:
        if one["type"] == "labels":
            value, id = one["value"], str(one["id"])
            start, end = int(value["start"]), int(value["end"])
            yield FlatMark(id, start, end, value["labels"][0], roles.get(id), copies.get(id))


def write_tasks(samples: Sequence[Sample], path: Path) -> int:
    """Write tasks, and the labelling interface beside them."""
    tasks = [task_of(sample) for sample in samples]
    raw = json.dumps(tasks, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
    write_atomically(path, raw + b"\n")
    write_atomically(path.with_suffix(".xml"), label_config().encode())
    return len(tasks)


def read_tasks(path: Path) -> Iterator[Sample]:
    """The samples of a file of tasks.

    Raises:
        CorpusError: it is none.
    """
    tasks = read_json(path)
    if not isinstance(tasks, list):
        raise CorpusError(f"{path} is no list of tasks", "Export from Label Studio as JSON.")
    for number, task in enumerate(tasks):
        yield sample_of_task(task, f"{path} task {number}")
