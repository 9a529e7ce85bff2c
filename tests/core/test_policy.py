"""What labels count as: every shipped policy, the precedence of rules, and the gold token by token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from goldspan.core.policy import KINDS, Kind, Piece, Policy, make_policy, pieces, tokenise_gold
from goldspan.data.schema import load_labels, load_policy, policy_names
from goldspan.errors import UsageError
from goldspan.model import About, Gold, GoldBlock, Span

LABELS = load_labels()
FURNITURE = set(
    "title kicker deck summary byline dateline source caption credit pullquote embed toc author-bio tags "
    "correction".split()
)
CONTENT = {
    "neutral": {"body", "post"},
    "strict": {"body", "post"},
    "discussion": {"body", "post", "comments"},
    "full": {"body", "post", "title", "deck", "summary", "caption"},
}


def test_the_shipped_policies_are_those_worked_out_here() -> None:
    assert set(policy_names()) == set(CONTENT)


@pytest.mark.parametrize("label", LABELS.groups)
@pytest.mark.parametrize("name", CONTENT)
def test_every_label_under_every_shipped_policy(name: str, label: str) -> None:
    """The labels named above are content; the other furniture is neutral, under ``strict`` noise; the rest is noise."""
    neutral = label in FURNITURE and name != "strict"
    expected = "content" if label in CONTENT[name] else "neutral" if neutral else "noise"
    for role in (None, "p", "h2", "cell"):
        for page_type in (None, *LABELS.page_types):
            assert load_policy(name).kind(label, role, page_type) == expected


def policy(**more: Any) -> Policy:
    """A policy with the usual groups."""
    groups = {"body": "content", "furniture": "neutral", "noise": "noise"}
    return make_policy({"name": "made", "version": 1, "groups": groups, **more}, LABELS)


RULES = policy(
    labels={"post": "neutral", "post/code": "noise", "title": "content", "related/li": "content"},
    page_types={
        "qa": {"groups": {"noise": "neutral"}, "labels": {"post/quote": "content", "share": "content"}},
        "recipe": {"labels": {"post": "noise", "post/li": "content"}},
    },
)


@pytest.mark.parametrize(
    ("label", "role", "page_type", "kind"),
    [
        # The group where nothing else is said.
        ("body", "p", None, "content"),
        ("deck", None, None, "neutral"),
        ("legal", None, None, "noise"),
        # The label before the group.
        ("post", "p", None, "neutral"),
        ("post", None, None, "neutral"),
        ("title", "h1", None, "content"),
        # The label with its role before the label and before the group.
        ("post", "code", None, "noise"),
        ("related", "li", None, "content"),
        ("related", "p", None, "noise"),
        # A page type's rules before the general ones, however special these are.
        ("post", "quote", "qa", "content"),
        ("share", None, "qa", "content"),
        ("legal", None, "qa", "neutral"),
        ("related", "li", "qa", "neutral"),
        ("post", "code", "recipe", "noise"),
        ("post", "p", "recipe", "noise"),
        ("post", "li", "recipe", "content"),
        # The general rules where the page type has none for it.
        ("post", "code", "qa", "noise"),
        ("post", "p", "qa", "neutral"),
        ("title", None, "qa", "content"),
        ("body", "li", "recipe", "content"),
        ("legal", None, "recipe", "noise"),
        # Another page type has no part in it.
        ("share", None, "news", "noise"),
        ("post", "li", "news", "neutral"),
    ],
)
def test_the_most_special_rule_wins(label: str, role: str | None, page_type: str | None, kind: Kind) -> None:
    assert RULES.kind(label, role, page_type) == kind


def test_a_label_without_a_rule_is_refused() -> None:
    bare = make_policy({"name": "bare", "version": 1, "labels": {"title": "content"}}, LABELS)
    assert bare.kind("title") == "content"
    with pytest.raises(UsageError) as caught:
        bare.kind("deck")
    assert str(caught.value) == "policy 'bare' has no rule for the label 'deck'. Add one for it or 'furniture'."


@pytest.mark.parametrize("subject", ["headline", "body/paragraph", "headline/p"])
@pytest.mark.parametrize("part", ["labels", "page type"])
def test_a_rule_for_what_is_no_label_is_refused(subject: str, part: str) -> None:
    rules = {"labels": {subject: "content"}}
    with pytest.raises(UsageError) as caught:
        policy(**(rules if part == "labels" else {"page_types": {"qa": rules}}))
    assert str(caught.value) == (
        f"policy 'made' has a rule for '{subject}', which is no label. schemas/labels.json lists the labels and roles."
    )


def test_identity_and_description() -> None:
    shipped = replace(policy(), is_shipped=True)
    assert shipped.identity == "made"
    assert replace(shipped, version=2).identity == "made/2"
    assert policy().identity == f"made@{policy().digest[:8]}"
    assert policy(version=2).digest == policy().digest
    assert policy(labels={"title": "content"}).digest != policy().digest
    assert policy().description == ""
    assert policy(description="Mine.").description == "Mine."
    assert KINDS == ("content", "neutral", "noise")


# pieces


def test_a_block_is_cut_at_its_spans() -> None:
    """The spans come in any order; what is blank between them is dropped; the block's own role stays with its label."""
    spans = (Span(10, 15, "share"), Span(4, 9, "body"), Span(0, 3, "credit", duplicate_of=7))
    block = GoldBlock("Ada wrote Share this.", "body", "p", spans=spans, duplicate_of=3)
    assert pieces(block, 5) == [
        Piece(5, "Ada", "credit", None, 7),
        Piece(5, "wrote", "body", "p", 3),
        Piece(5, "Share", "share", None, 3),
        Piece(5, " this.", "body", "p", 3),
    ]


def test_a_block_without_spans_is_one_piece_and_a_blank_one_none() -> None:
    assert pieces(GoldBlock("Ada", "body", "p"), 0) == [Piece(0, "Ada", "body", "p", None)]
    assert pieces(GoldBlock(" \n", "body"), 0) == []


# the gold token by token

NEUTRAL_POLICY = load_policy("neutral")


def test_the_gold_token_by_token() -> None:
    """Lanes: 0 content, 1 neutral, 2 noise, 3 extra; the extra blocks are numbered behind the others."""
    blocks = (
        GoldBlock("Heron returns", "title"),
        GoldBlock(" It came back. Share ", "body", "p", spans=(Span(15, 20, "share"),)),
        GoldBlock("Buy kettles", "advertisement"),
        GoldBlock("Nobody cared", "post"),
    )
    gold = Gold(blocks=blocks, extra=(GoldBlock("Eels too", "body", "p"),))
    found = tokenise_gold(gold, NEUTRAL_POLICY)
    assert found.target.tokens == tuple("heron returns it came back share buy kettles nobody cared eels too".split())
    assert found.target.lane_of == (1, 1, 0, 0, 0, 2, 2, 2, 0, 0, 3, 3)
    assert found.target.block_of == (0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4)
    assert found.labels == (
        *["title"] * 2, *["body"] * 3, "share", *["advertisement"] * 2, *["post"] * 2, *["body"] * 2,
    )  # fmt: skip
    assert found.roles == ("", "", "p", "p", "p", "", "", "", "", "", "p", "p")
    assert found.content == 5
    assert found.content_text == "It came back.\nNobody cared"
    assert found.lanes.tolist() == list(found.target.lane_of)
    names, codes = found.label_codes
    assert names == ("title", "body", "share", "advertisement", "post")
    assert codes.tolist() == [0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 1, 1]
    names, codes = found.role_codes
    assert (names, codes.tolist()) == (("", "p"), [0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1])


def test_pieces_of_content_in_one_block_are_one_line() -> None:
    spans = (Span(4, 9, "share"),)
    found = tokenise_gold(Gold(blocks=(GoldBlock("One Share two", "body", "p", spans=spans),)), NEUTRAL_POLICY)
    assert found.content_text == "One two"


def test_of_a_copy_only_what_its_original_lacks_is_there_and_neutral() -> None:
    """The original holds "the" twice; of the copy's three, the last is spare, and so is "end". The copy of a share
    button stays neutral too."""
    blocks = (
        GoldBlock("the pond and the mill", "body", "p"),
        GoldBlock("The the pond the end", "body", "quote", duplicate_of=0),
        GoldBlock("pond view", "share", duplicate_of=0),
        GoldBlock("after", "body", "p"),
    )
    found = tokenise_gold(Gold(blocks=blocks), NEUTRAL_POLICY)
    assert found.target.tokens == tuple("the pond and the mill the end view after".split())
    assert found.target.lane_of == (0, 0, 0, 0, 0, 1, 1, 1, 0)
    assert found.target.block_of == (0, 0, 0, 0, 0, 1, 1, 2, 3)
    assert found.content == 6
    assert found.content_text == "the pond and the mill\nafter"


def test_what_follows_a_copied_span_in_its_block_is_owed() -> None:
    block = GoldBlock("the pond is full", "body", "p", spans=(Span(0, 8, "body", duplicate_of=0),))
    found = tokenise_gold(Gold(blocks=(GoldBlock("the pond", "body", "p"), block)), NEUTRAL_POLICY)
    assert found.target.tokens == ("the", "pond", "is", "full")
    assert found.content_text == "the pond\nis full"


def test_the_page_type_of_the_gold_counts() -> None:
    made = policy(page_types={"qa": {"labels": {"post": "noise"}}})
    blocks = (GoldBlock("One two", "post"),)
    assert tokenise_gold(Gold(About(page_type="qa"), blocks), made).content == 0
    assert tokenise_gold(Gold(About(page_type="forum"), blocks), made).content == 2


def test_a_gold_without_blocks_is_refused() -> None:
    with pytest.raises(ValueError, match="a gold without blocks cannot be owed token by token"):
        tokenise_gold(Gold(reference="x"), NEUTRAL_POLICY)


def test_a_rule_for_the_label_body_is_none_for_the_group_of_that_name() -> None:
    """The group holds posts as well."""
    made = policy(labels={"body": "noise"})
    assert (made.kind("body"), made.kind("post")) == ("noise", "content")
