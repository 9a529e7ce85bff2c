"""The draft labeller: plain arrays, the same answer each time, and never a fault for any page."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.annotate.drafts import draft_labels
from goldspan.core.text import build_blocks, build_stream
from goldspan.data.corpora import open_corpus
from goldspan.data.schema import load_labels
from goldspan.errors import ExtractorError
from goldspan.extractors.draft import GoldspanDraft
from goldspan.extractors.draft.features import features
from goldspan.extractors.draft.labeller import WEIGHTS, best_way, label_page, load, save
from goldspan.model import Page
from tests.helpers import ARTICLE, LABELS


def test_the_file_is_small_and_needs_no_pickle() -> None:
    assert WEIGHTS.stat().st_size < 2_000_000
    with np.load(WEIGHTS, allow_pickle=False) as data:
        assert all(data[name].dtype != object for name in data.files)
    assert load().version.startswith("1+core.")
    assert set(load().labels) <= set(load_labels().groups)


def test_it_is_written_and_read_without_change(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        save(load(), tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    blocks = build_blocks(ARTICLE)
    assert load(tmp_path / "one.npz").label(features(ARTICLE, blocks)) == label_page(ARTICLE, blocks)


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"no archive")
    with pytest.raises(ExtractorError, match=r"scripts/studies/train_draft\.py"):
        load(tmp_path / "x.npz")


def test_pages_that_it_was_trained_on_are_mostly_right() -> None:
    core = open_corpus("core")
    right = total = 0
    for id in core.ids[::60]:
        sample = core.load(id)
        draft = draft_labels(sample.page, build_stream(sample.page))
        assert draft is not None
        pairs = zip(draft.labels, sample.gold.blocks or (), strict=True)
        right += sum(one.label == other.label for one, other in pairs)
        total += len(draft.labels)
    assert right > 0.85 * total
    assert GoldspanDraft().tuned_on == ("core",)


def test_the_best_way_is_the_best_of_all() -> None:
    random = np.random.default_rng(1)
    evidence, order = random.normal(size=(5, 3)), random.normal(size=(3, 3))

    def worth(way: tuple[int, ...]) -> float:
        steps = sum(order[a, b] for a, b in pairwise(way))
        return float(sum(evidence[n, label] for n, label in enumerate(way)) + steps)

    every = [tuple(int(x) for x in np.unravel_index(n, (3,) * 5)) for n in range(3**5)]
    assert tuple(best_way(evidence, order)) == max(every, key=worth)


PARTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div class='related NavBar x-1'>",
        "</div>",
        "<a href='/tag/x?y#z'>",
        "<a href='http://['>",
        "</a>",
    ]
    + [
        "<table><tr><td>",
        "</table>",
        "<br><br>",
        "<h1>",
        "<svg>",
        "<template>",
        "text ",
        "Ünï 東京 🜚 ",
        "\ufffd\x00",
        "<li>",
    ]
)


@given(st.lists(PARTS, max_size=30).map("".join))
@settings(max_examples=60, deadline=None)
def test_every_page_has_a_label_for_every_block(html: str) -> None:
    page = Page("x", html.encode(), "https://x.example/")
    blocks = build_stream(page)
    draft = draft_labels(page, blocks)
    assert draft is not None
    assert [label.text for label in draft.labels] == [block.text for block in blocks]
    for number, label in enumerate(draft.labels):
        assert label.duplicate_of is None or label.duplicate_of < number


def test_a_plain_text_has_no_drafts() -> None:
    page = Page("x", b"One\nTwo", media="text")
    assert draft_labels(page, build_stream(page)) is None


def test_a_page_can_be_seen_as_if_it_had_less() -> None:
    blocks = build_blocks(ARTICLE)
    kept = [label not in ("navigation", "advertisement") for label in LABELS]
    less = features(ARTICLE, blocks, kept)
    assert len(less.numbers) == len(less.words) == sum(kept)
    assert {len(row) for row in less.numbers} == {len(row) for row in features(ARTICLE, blocks).numbers}
