"""What the lint sees of a sample: the words of its blocks, how much of each is linked, and what the head says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from goldspan.core.text import Mark, MarkedBlock, build_lines, build_marked, decode, tokenise
from goldspan.data.schema import load_labels
from goldspan.model import GoldBlock, Page, Sample

_LONGEST = 2_000  # characters of a string in the head; what is longer is the article itself, not a statement about it

_CHARACTERS = 2  # of a word in Chinese or Japanese; more in Thai, and in every script with spaces


@dataclass(frozen=True, slots=True)
class LintContext:
    """A sample, prepared once for every rule.

    Attributes:
        own: for each block the text that has the block's label: all of it but its spans.
        words: the tokens of that text.
        sizes: how many words that is; of scripts without spaces, where every character is a token, two make a word.
        linked: for each block the share of its characters that are inside links, 0 to 1.
        groups: for each block its label's group.
        gold_tokens: the numbers of the blocks that are the article's own text, copies left out.
        text: the words of the page, one line per block.
        head: the same for the title element, meta elements and JSON-LD, one line per statement.
        captured: when the page was fetched, if that is known.
    """

    sample: Sample
    blocks: tuple[GoldBlock, ...]
    own: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    sizes: tuple[int, ...]
    linked: tuple[float, ...]
    groups: tuple[str, ...]
    gold_tokens: tuple[int, ...]
    text: str
    head: str
    captured: str | None = None

    def states(self, value: str) -> bool:
        """Whether the page or its head says this: the words in a row, or else all of them in one line. In a row, an
        affix may be glued to them: Arabic writes "and" onto a name, Turkish its cases."""
        wanted = tokenise(value)
        row = " ".join(wanted)
        if row in self.text or row in self.head:
            return True
        lines = (line for part in (self.text, self.head) for line in part.split("\n"))
        return any(set(wanted) <= set(line.split()) for line in lines)


def lint_context(
    sample: Sample, found: Sequence[MarkedBlock] | None = None, captured: str | None = None
) -> LintContext:
    """Prepare a sample whose blocks are its page's stream.

    Args:
        found: the stream as :func:`read_linked` gives it, if it was read already.

    Raises:
        ValueError: the gold has no blocks, or others than the page.
    """
    found = read_linked(sample.page) if found is None else found
    blocks = sample.gold.blocks or ()
    if len(blocks) != len(found):
        raise ValueError(f"{sample.id} has {len(blocks)} labelled blocks for a stream of {len(found)}")
    own = tuple(_own(block) for block in blocks)
    words = tuple(tuple(tokenise(text)) for text in own)
    sizes = tuple(min(len(tokens), -(-sum(map(len, tokens)) // _CHARACTERS)) for tokens in words)
    text = "\n".join(
        " ".join(tokenise(block.text) if block.spans else line) for block, line in zip(blocks, words, strict=True)
    )
    head = "\n".join(" ".join(tokenise(statement)) for statement in _statements(sample.page))
    linked = tuple(_linked(marked) for marked in found)
    groups = tuple(load_labels().groups[block.label] for block in blocks)
    gold_tokens = tuple(n for n, block in enumerate(blocks) if groups[n] == "body" and block.duplicate_of is None)
    return LintContext(sample, blocks, own, words, sizes, linked, groups, gold_tokens, text, head, captured)


def read_linked(page: Page) -> list[MarkedBlock]:
    """The stream of a page in which links are marked."""
    html, _ = decode(page)
    if page.media == "html":
        return build_marked(html, "href")
    return [MarkedBlock(line, (Mark(0, len(line.text), {}),)) for line in build_lines(html)]


def _own(block: GoldBlock) -> str:
    at, parts = 0, []
    for span in block.spans:
        parts.append(block.text[at : span.start])
        at = span.end
    return " ".join([*parts, block.text[at:]]) if parts else block.text


def _linked(marked: MarkedBlock) -> float:
    inside = sum(mark.end - mark.start for mark in marked.marks if mark.attributes)
    return inside / len(marked.block.text)


def _statements(page: Page) -> Iterator[str]:
    """The strings by which a head describes its page."""
    from selectolax.lexbor import LexborHTMLParser

    if page.media != "html":
        return
    for node in LexborHTMLParser(decode(page)[0]).css('title, meta[content], script[type="application/ld+json"]'):
        if node.tag == "meta":
            yield node.attributes.get("content") or ""
        elif node.tag == "title":
            yield node.text()
        else:
            yield from (text for text in strings_in(_read_json(node.text())) if len(text) <= _LONGEST)


def _read_json(text: str) -> object:
    """What a JSON text says; the text itself if it is not JSON."""
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def strings_in(value: object) -> Iterator[str]:
    """The strings of nested lists and mappings, in no particular order, keys left out."""
    values = [value]
    while values:
        value = values.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)
