#!/usr/bin/env python3
"""How many key presses and clicks does a page take from drafts to correct gold?

Ten stand-off pages of 100 to 400 blocks (the first five of each corpus, by id) are added anew with draft labels. A
script then works like an annotator who makes no mistake and knows the target: from top to bottom it picks what mends
most for a press. Each press and click is made in a real browser, and what is saved must be the stand-off gold: labels,
roles, cells, spans and copies. Pointing and scrolling are no presses; a drag is a click. Metadata are not counted.

It needs ../shared/corpora and a Chromium.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkout import ANNOTATIONS, GUIDES
from documents import Report, settle
from goldspan.annotate.capture import Capture
from goldspan.annotate.new_sample import add_page
from goldspan.annotate.session import open_session
from goldspan.data.corpora import open_corpus
from goldspan.data.files import read_json
from goldspan.data.gold import block_to_json
from goldspan.data.schema import load_labels
from goldspan.model import Sample
from study import add_action, launch, parser_of
from tests.browser import chromium, open_page, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPORT = Report("press_count.md", "press-count", GUIDES / "annotate" / "README.md")
KINDS, EACH = ("aeb", "wcxb"), 5
SMALLEST, LARGEST = 100, 400
FAR = 150  # blocks that a range may reach over
PATIENCE = 20_000  # milliseconds
STATED = ("label", "role", "cell", "spans", "duplicate_of")
DIGITS = {"p": "0", **{f"h{n}": str(n) for n in range(1, 7)}, "li": "7", "quote": "8", "code": "9"}

Block = Mapping[str, Any]


@dataclass
class Hand:
    """Works the page, and counts."""

    page: Page
    counted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("labels", "roles", "copies", "spans"), 0))
    kind: str = "labels"

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.counted[self.kind] += 1

    def middle(self, number: int) -> tuple[float, float]:
        row = self.page.locator(f"#block-{number}")
        row.scroll_into_view_if_needed()
        box = row.bounding_box()
        assert box
        return box["x"] + 20, box["y"] + min(box["height"] / 2, 12)

    def point(self, number: int) -> None:
        """Rest the mouse on a block until it is the current one."""
        x, y = self.middle(number)
        self.page.mouse.move(x + 2, y)
        self.page.mouse.move(x, y)
        self.page.locator(f"#block-{number}.current").wait_for(timeout=PATIENCE)

    def click(self, number: int) -> None:
        self.page.mouse.click(*self.middle(number))
        self.counted[self.kind] += 1

    def drag(self, first: int, last: int) -> None:
        self.point(first)
        self.page.mouse.down()
        self.point(last)
        self.page.mouse.up()
        self.counted[self.kind] += 1

    def choose(self, numbers: Sequence[int]) -> None:
        if len(numbers) == 1:
            self.point(numbers[0])
        else:
            self.drag(numbers[0], numbers[-1])

    def button(self, selector: str) -> None:
        self.page.locator(selector).click()
        self.counted[self.kind] += 1


def label_key(label: str) -> str:
    source = (GUIDES / "annotate" / "web" / "keys.js").read_text(encoding="utf-8")
    found = source.partition(f'"{label}": "')[2] or source.partition(f'{label}: "')[2]
    return found[0]


def role_after(block: Block, label: str) -> str | None:
    """The role that the page gives a block with a new label."""
    groups, hint = load_labels().groups, block["hint"]["role"]
    if groups[label] == "body":
        return str(block["role"]) if groups[block["label"]] == "body" and block.get("role") else str(hint)
    return str(hint) if label == "title" and hint.startswith("h") else None


def selections(blocks: Sequence[Block], wanted: Sequence[str], at: int) -> Iterator[tuple[list[int], int, str]]:
    """What could be selected to mend the block at a place: the blocks, the presses it takes, and how."""
    yield [at], 0, "point"
    label, gain, best, end = wanted[at], 0, 0, at
    for number in range(at + 1, min(len(blocks), at + FAR)):
        if blocks[number]["label"] != wanted[number]:
            gain += wanted[number] == label
        else:
            gain -= wanted[number] != label
        if gain > best:
            best, end = gain, number
    if end > at:
        yield list(range(at, end + 1)), 1, "drag"
    same = [number for number, block in enumerate(blocks) if block["alike"] == blocks[at]["alike"]]
    if len(same) > 1:
        yield same, 1, "alike"


def work_labels(hand: Hand, blocks: list[dict[str, Any]], wanted: Sequence[str]) -> None:
    hand.kind = "labels"
    groups = load_labels().groups
    while True:
        at = next((n for n, block in enumerate(blocks) if block["label"] != wanted[n]), None)
        if at is None:
            return
        label = wanted[at]

        def worth(choice: tuple[list[int], int, str], label: str = label) -> float:
            mended = sum(bool(blocks[n]["label"] != wanted[n] == label) for n in choice[0])
            broken = sum(bool(blocks[n]["label"] == wanted[n] != label) for n in choice[0])
            return (mended - broken) / (choice[1] + 1)

        numbers, _, how = max(selections(blocks, wanted, at), key=worth)
        if how == "alike":
            hand.point(at)
            hand.press("a")
        else:
            hand.choose(numbers)
        hand.press(label_key(label))
        for number in numbers:
            block = blocks[number]
            block["role"] = role_after(block, label)
            if groups[label] != "body" and label != "title":
                block.pop("duplicate_of", None)
            block["label"] = label


def runs(numbers: Iterable[int], same: Any) -> list[list[int]]:
    """Numbers in a row for which the same is to be done."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1 and same(number) == same(found[-1][0]):
            found[-1].append(number)
        else:
            found.append([number])
    return found


def work_roles(hand: Hand, blocks: Sequence[Block], target: Sequence[Block]) -> None:
    hand.kind = "roles"
    wrong = [n for n, block in enumerate(blocks) if block.get("role") != target[n].get("role")]
    for run in runs(wrong, lambda n: target[n].get("role")):
        role = target[run[0]].get("role")
        if role in DIGITS:
            hand.choose(run)
            hand.press(DIGITS[role])
        elif role:
            hand.click(run[0]) if len(run) == 1 else hand.drag(run[0], run[-1])
            hand.button(f"#roles button:text-is('{role}')")
        else:  # a label that has no role takes it away
            key = label_key(target[run[0]]["label"])
            hand.choose(run)
            hand.press(label_key("other"))
            hand.press(key)


def work_copies(hand: Hand, blocks: Sequence[Block], target: Sequence[Block]) -> None:
    hand.kind = "copies"
    wrong = [n for n, block in enumerate(blocks) if block.get("duplicate_of") != target[n].get("duplicate_of")]
    # Originals first: a copy of a copy is none.
    wrong.sort(key=lambda n: (target[n].get("duplicate_of") is not None, n))
    for run in runs(wrong, lambda n: n - target[n]["duplicate_of"] if "duplicate_of" in target[n] else None):
        hand.choose(run)
        hand.press("=")
        original = target[run[0]].get("duplicate_of")
        if "duplicate_of" in blocks[run[0]] and original is not None:
            hand.choose(run)
            hand.press("=")
        if original is not None:
            hand.click(original)


PLACE = """([number, start, end]) => {
  const cell = document.querySelector(`#block-${number} .text`), points = [];
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    let at = 0;
    for (const point of node.data) { points.push([node, at, at += point.length]); }
  }
  const box = ([node, from, to]) => {
    const range = document.createRange();
    range.setStart(node, from); range.setEnd(node, to);
    return range.getBoundingClientRect();
  };
  const first = box(points[start]), last = box(points[end - 1]), limit = cell.getBoundingClientRect().bottom;
  if (last.bottom > limit + 1) return null;
  return [first.left + 0.5, (first.top + first.bottom) / 2, last.right - 0.5, (last.top + last.bottom) / 2];
}"""


def work_spans(hand: Hand, target: Sequence[Block]) -> None:
    hand.kind = "spans"
    for number, block in enumerate(target):
        for span in block.get("spans", ()):
            if not select_text(hand, number, span):
                select_words(hand, number, block["text"], span)
            else:
                hand.press(label_key(span["label"]))


def select_text(hand: Hand, number: int, span: Mapping[str, Any]) -> bool:
    """Select a span's text with the mouse; not possible where it is cut off, or runs from right to left."""
    hand.point(number)
    place = hand.page.evaluate(PLACE, [number, span["start"], span["end"]])
    if not place:
        return False
    hand.page.mouse.move(place[0], place[1])
    hand.page.mouse.down()
    hand.page.mouse.move(place[2] - 1, place[3])
    hand.page.mouse.move(place[2], place[3])
    hand.page.mouse.up()
    text = hand.page.evaluate("getSelection().toString().trim()")
    if text != hand.page.evaluate(TEXT, [number, span["start"], span["end"]]).strip():
        hand.page.evaluate("getSelection().removeAllRanges()")
        return False
    hand.counted["spans"] += 1
    return True


TEXT = """([number, start, end]) =>
  Array.from(document.querySelector(`#block-${number} .text`).textContent).slice(start, end).join("")"""


def select_words(hand: Hand, number: int, text: str, span: Mapping[str, Any]) -> None:
    """Open the block's words, and drag over those of a span."""
    hand.page.keyboard.press("Escape")
    hand.point(number)
    hand.press("x")
    words = hand.page.locator("#split [data-word]")
    at, picked = 0, []
    for place, word in enumerate(words.all_text_contents()):
        if at >= span["start"] and at + len(word) <= span["end"]:
            picked.append(place)
        at += len(word)
    words.nth(picked[-1]).scroll_into_view_if_needed()
    boxes = [words.nth(place).bounding_box() for place in (picked[0], picked[-1])]
    for step, box in enumerate(boxes):
        assert box
        hand.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if step == 0:
            hand.page.mouse.down()
    hand.page.mouse.up()
    hand.counted["spans"] += 1
    hand.press(label_key(span["label"]))
    hand.press("Escape")


def measure(browser: Browser, sample: Sample, folder: Path) -> tuple[int, dict[str, int], float]:
    """Bring a page from drafts to its gold.

    Returns:
        Its number of blocks, what it took by kind, and the share of the drafts' labels that were right.
    """
    page, about = sample.page, sample.gold.about
    capture = Capture(page.data, page.url, page.charset, page.media)
    add_page(capture, folder, id=sample.id, about=about, duplicates=True)
    target = [block_to_json(block) for block in sample.gold.blocks or ()]
    session = open_session(folder, [sample.id], "count")
    blocks = session.state(sample.id)["blocks"]
    wanted = [str(block["label"]) for block in target]
    right = sum(block["label"] == label for block, label in zip(blocks, wanted, strict=True)) / len(target)
    with serving(session) as served:
        tab = open_page(browser, served)
        hand = Hand(tab)
        work_labels(hand, blocks, wanted)
        work_roles(hand, blocks, target)
        work_copies(hand, blocks, target)
        work_spans(hand, target)
        hand.kind = "labels"
        hand.point(len(target) - 1)
        hand.press("Shift+Enter")
        data = read_json(folder / sample.id / "gold.json")
        for _ in range(100):  # the last press confirms all; what is saved then is the whole work
            if "open" not in data["provenance"]:
                break
            tab.wait_for_timeout(200)
            data = read_json(folder / sample.id / "gold.json")
        tab.close()
    saved = [{name: block.get(name) for name in STATED} for block in data["blocks"]]
    gold_tokens = [{name: block.get(name) for name in STATED} for block in target]
    for number, (one, other) in enumerate(zip(saved, gold_tokens, strict=True)):
        if one != other:
            raise SystemExit(f"{sample.id} block {number} is {one}, and should be {other}")
    if "open" in data["provenance"]:
        raise SystemExit(f"{sample.id} has unconfirmed blocks: {data['provenance']['open']}")
    return len(target), hand.counted, right


def chosen() -> Iterator[Sample]:
    corpus = open_corpus(f"standoff:{ANNOTATIONS / 'standoff'}")
    left = dict.fromkeys(KINDS, EACH)
    for id in corpus.ids:
        kind = id.partition("-")[0]
        sample = corpus.load(id) if left.get(kind) else None
        if sample and SMALLEST <= len(sample.gold.blocks or ()) <= LARGEST:
            left[kind] -= 1
            yield sample


def main() -> int:
    parser = parser_of(__doc__)
    add_action(parser)
    options = parser.parse_args()
    lines = ["| page | blocks | drafts right | labels | roles | copies | spans | all | blocks a press |"]
    lines += ["| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    shares, alone = [], []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for sample in chosen():
            blocks, counted, right = measure(browser, sample, Path(folder))
            whole = sum(counted.values())
            shares.append(whole / blocks)
            alone.append(counted["labels"] / blocks)
            parts = " | ".join(str(counted[kind]) for kind in ("labels", "roles", "copies", "spans"))
            name = sample.id if len(sample.id) < 16 else f"{sample.id[:12]}…"
            lines.append(f"| `{name}` | {blocks} | {right:.0%} | {parts} | {whole} | {blocks / whole:.1f} |")
            print(lines[-1], file=sys.stderr)
    headline = (
        f"{len(shares)} pages; at the median a press or click for every **{1 / statistics.median(shares):.1f}** "
        f"blocks, for every {1 / statistics.median(alone):.1f} without roles, copies and spans."
    )
    return settle(REPORT.parts(headline, "\n".join(lines)), options.action)


if __name__ == "__main__":
    launch(main)
