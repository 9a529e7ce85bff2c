"""A page worked out by hand, and what a system put out for it."""

from __future__ import annotations

from goldspan.core.align import align
from goldspan.core.policy import tokenise_gold
from goldspan.core.text import tokenise
from goldspan.data.schema import load_policy
from goldspan.model import (
    About,
    Extraction,
    Gold,
    GoldBlock,
    Page,
    Prediction,
    Sample,
    Span,
)
from goldspan.report.explain import Explained, Fold, Line, explain

BLOCKS = (
    GoldBlock("Home News Sport", "navigation"),
    GoldBlock("Jump to content", "navigation"),
    GoldBlock("Search the site", "search"),
    GoldBlock("Ferry crews agree to talk", "title", "h1"),
    GoldBlock("We got the keys on Friday. Share", "body", "p", spans=(Span(27, 32, "share"),)),
    GoldBlock("Nobody here enjoys watching milk go off", "body", "p"),
    GoldBlock("Sign up for our daily letter", "newsletter"),
    GoldBlock("Nobody here enjoys watching …", "body", duplicate_of=5),
    GoldBlock("By \x1b[31mA. Author", "byline"),
)
SAMPLE = Sample(
    Page("en-1", b"<html>", "https://a.example/"),
    Gold(About(language="en"), BLOCKS, (GoldBlock("Only in the data island", "body", "p", source="json-ld"),)),
)
OUTPUT = (
    "Ferry crews agree to talk\nWe got the keys on Friday. Share\nNobody here enjoys watching\n"
    "Sign up for our daily letter\nCompletely made up words \x1b[2J stand here\nWe got the keys on Friday."
)


def explained(sample: Sample = SAMPLE, text: str = OUTPUT, status: str = "ok") -> Explained:
    gold_tokens = tokenise_gold(sample.gold, load_policy("neutral"))
    prediction = Prediction("mine@1", sample.id, status, Extraction(text) if status == "ok" else None)  # type: ignore[arg-type]
    return explain(sample, prediction, gold_tokens, align(gold_tokens.target, tokenise(text)), text)


def words(line: Line | Fold) -> list[tuple[str, str]]:
    assert isinstance(line, Line)
    return [(bit.text, bit.kind) for bit in line.bits if bit.kind != "between"]
