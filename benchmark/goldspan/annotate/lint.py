"""Mistakes that a well-formed file can contain in its labels and statements: one function per rule.

Every rule takes a :class:`~goldspan.annotate.lint_context.LintContext` and yields incidents. Nearly all are warnings:
the label may be right after all. The thresholds were set so that pages whose labels are known to be exact pass.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, combinations, groupby, pairwise
from typing import TYPE_CHECKING

from goldspan.annotate.lint_context import LintContext
from goldspan.annotate.lint_phrases import load_phrases
from goldspan.core.text import tokenise
from goldspan.data.schema import Incident

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

Rule = Callable[[LintContext], Iterator[Incident]]
Span = tuple[datetime, datetime]

MOST = 5  # incidents of one rule on a page, and one more that counts the rest; a page can be wrong throughout
ISLAND_WORDS = 15  # a paragraph that stands alone is nearly always longer
ISLAND_GAP = 12  # blocks of noise; the boxes that sites put between two paragraphs have ten at most
LINKED = 0.8  # share of a block's characters; prose with many links stays under a half
LINKED_ROW = 5  # blocks one after the other; articles have short lists of links, menus have long ones
TEASER_WORDS = 6  # a shorter linked paragraph is an address, a name or a file
PROSE_WORDS = 40  # of one block with sentences in it; slogans and notes of boilerplate are shorter
LONG_WORDS = 100  # of one block with or without full stops, which Thai and others do not write
PROSE_ROW = 3  # blocks one after the other; a note of boilerplate is one paragraph or two
LINE_WORDS = 12  # of a block with a full stop that counts in such a row
OTHER_WORDS = 80  # "other" holds notes of some lines: a citation, an address, whom to ring
PROSE_SENTENCES = 2  # ends of sentences; lists of links have none
HOLE_WORDS = 20  # of a block amid the body; what players and buttons say is shorter
COPY_WORDS = 12  # of body text; what authors say twice, refrains and table rows, is mostly shorter
SAME_WORDS = 4  # fewer can be equal by chance: a teaser that says "Culture", two captions that name one person
READ = 1_000  # characters of the body that the detector reads
LETTERS = 150  # of body text; on less the detector errs now and then
SURE = 0.9  # the detector's confidence; where it errs on texts of this length it is hardly ever half sure
TIME_ZONES = timedelta(hours=14)  # clocks on earth are at most so far ahead of or behind UTC

# What may hold whole paragraphs: texts of the law, of other people, of sellers, of other stories.
_PROSE = frozenset(
    "legal cookie-consent comments other-article advertisement sponsored related newsletter paywall app-promo".split()
)
_TERSE = frozenset("title kicker byline dateline source credit toc tags".split())
_OWED_BY_SOME = frozenset("title deck summary caption".split())
_TEASERS = frozenset("related other-article sponsored advertisement newsletter app-promo".split())
_HEADING = re.compile(r"h[1-6]")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]?(?=\s|$)|[。！？؟۔।։።]")
# Languages that a text of some hundred words doesn't tell apart for sure, or that the detector takes for one another.
_NEAR = ("bs hr sr", "id ms", "da nb nn no", "ar ary arz", "zh yue wuu")
_DATES = ("published", "modified")


def lint(page: LintContext) -> Iterator[Incident]:
    """All that the rules find on a page. If a rule finds too much, its last incident says how much more there is."""
    for rule in RULES:
        found = list(rule(page))
        yield from found[:MOST]
        if len(found) > MOST:
            more = len(found) - MOST - 1
            yield replace(found[MOST], what=found[MOST].what + (f"; {more} more like this" if more else ""))


# Words in the wrong place


def islands(page: LintContext) -> Iterator[Incident]:
    """A line of body text far from the rest, amid noise. Entries of threads are short and scattered by nature."""
    noise_before = list(accumulate(int(group == "noise") for group in page.groups))
    body = [number for number in page.gold_tokens if page.blocks[number].label == "body"]
    runs = [list(run) for _, run in groupby(body, key=noise_before.__getitem__)]
    places = [noise_before[run[0]] for run in runs]
    gaps = [after - before for before, after in pairwise(places)]
    for run, *beside in zip(runs, [math.inf, *gaps], [*gaps, math.inf], strict=False):
        words = sum(page.sizes[number] for number in run)
        if words < ISLAND_WORDS and ISLAND_GAP <= min(beside) < math.inf:
            what = f"{words} words of body text stand alone, {min(beside)} blocks of noise away from the rest"
            yield _warning(page, run[0], what, "Label it for what it is, unless the article really goes on there.")


def linked_rows(page: LintContext) -> Iterator[Incident]:
    """Body blocks in a row that are all links, as in a menu; headings are often links."""
    kept = [number for number in page.gold_tokens if _rank(page, number) == 0]
    for is_link, row in groupby(kept, key=lambda number: page.linked[number] >= LINKED):
        numbers = list(row)
        if is_link and len(numbers) >= LINKED_ROW:
            what = f"{len(numbers)} body blocks in a row, from this one on, are links and little else"
            yield _warning(page, numbers[0], what, "Menus are navigation, teasers are related, contents are toc.")


def linked_paragraphs(page: LintContext) -> Iterator[Incident]:
    """A paragraph of the body that is one link: usually a teaser of another story."""
    for number in page.gold_tokens:
        is_link = page.linked[number] >= LINKED and page.blocks[number].role == "p" and "://" not in page.own[number]
        if is_link and page.sizes[number] >= TEASER_WORDS:
            what = f"a body paragraph that is a link: '{_start(page, number)}'"
            yield _warning(page, number, what, "A pointer to another story is related.")


def phrases(page: LintContext) -> Iterator[Incident]:
    """What sites say to get consent, sign-ups and shares, labelled as body."""
    known = load_phrases(page.sample.gold.about.language)
    for number in page.gold_tokens:
        role = page.blocks[number].role
        if role in ("cell", "code", "math", "footnote") or _rank(page, number) > 0:
            continue
        label = known.label(page.own[number], page.words[number])
        if label:
            what = f"'{_start(page, number)}' is labelled {page.blocks[number].label} and reads like {label}"
            yield _warning(page, number, what, f"Label it {label}, unless the article says it.")


def teasers(page: LintContext) -> Iterator[Incident]:
    """Body text that is also a teaser or the like on the same page."""
    elsewhere: dict[tuple[str, ...], int] = {}
    for number, block in enumerate(page.blocks):
        if block.label in _TEASERS:
            elsewhere.setdefault(page.words[number], number)
    for number in page.gold_tokens:
        twin = elsewhere.get(page.words[number])
        if twin is not None and page.sizes[number] >= SAME_WORDS:
            what = f"'{_start(page, number)}' is body here and {page.blocks[twin].label} in block {twin}"
            yield _warning(page, number, what, "One text has one label, unless the article quotes it.")


def copies(page: LintContext) -> Iterator[Incident]:
    """The same text owed twice under some policy: of the body, or one headline, deck, summary or caption."""
    first: dict[tuple[str, tuple[str, ...]], int] = {}
    for number, block in enumerate(page.blocks):
        is_body = page.groups[number] == "body" and block.role not in ("cell", "code")
        if block.duplicate_of is not None or not (is_body or block.label in _OWED_BY_SOME):
            continue
        original = first.setdefault((block.label, page.words[number]), number)
        if original != number and page.sizes[number] >= (COPY_WORDS if is_body else SAME_WORDS):
            what = f"'{_start(page, number)}' repeats block {original}"
            yield _warning(page, number, what, f"Give it duplicate_of {original}, unless the article says it twice.")


def prose(page: LintContext) -> Iterator[Incident]:
    """Whole sentences in labels that hold words and lines: menus, footers, bylines."""
    for number, block in enumerate(page.blocks):
        least = OTHER_WORDS if block.label == "other" else PROSE_WORDS
        if not _is_terse(page, number) or page.sizes[number] < least or page.linked[number] >= LINKED:
            continue
        is_long = page.sizes[number] >= LONG_WORDS
        if is_long or len(_SENTENCE_END.findall(page.own[number])) >= PROSE_SENTENCES:
            what = f"{page.sizes[number]} words of prose labelled {block.label}: '{_start(page, number)}'"
            yield _warning(page, number, what, "Label it body, or take a label that holds sentences.")


def prose_rows(page: LintContext) -> Iterator[Incident]:
    """Lines of prose in a row under such a label: an article of short paragraphs."""

    def kind(number: int) -> str | None:
        is_line = page.sizes[number] >= LINE_WORDS and bool(_SENTENCE_END.search(page.own[number]))
        return page.blocks[number].label if is_line and _is_terse(page, number) else None

    for label, row in groupby(range(len(page.blocks)), key=kind):
        numbers = list(row)
        if label and len(numbers) >= PROSE_ROW:
            what = f"{len(numbers)} blocks of prose in a row, from this one on, are labelled {label}"
            yield _warning(page, numbers[0], what, "Label them body, or take a label that holds sentences.")


def holes(page: LintContext) -> Iterator[Incident]:
    """A paragraph left out between two of the body, under a label that doesn't belong there."""
    for number in range(1, len(page.blocks) - 1):
        before, block, after = page.blocks[number - 1 : number + 2]
        inside = before.label == after.label == "body" and page.groups[number] == "noise"
        is_text = page.sizes[number] >= HOLE_WORDS and page.linked[number] < LINKED
        if inside and is_text and _is_terse(page, number):
            what = f"a paragraph labelled {block.label} between two of the body: '{_start(page, number)}'"
            yield _warning(page, number, what, "Label it body, or for the box that it belongs to.")


def bare_headings(page: LintContext) -> Iterator[Incident]:
    """A heading of the body with nothing under it. A picture is something, and so is what a wall hides."""
    for place, number in enumerate(page.gold_tokens):
        if page.blocks[number].label != "body" or _rank(page, number) == 0:
            continue
        after = page.gold_tokens[place + 1] if place + 1 < len(page.gold_tokens) else None
        if after is not None and not 0 < _rank(page, after) <= _rank(page, number):
            continue
        between = {block.label for block in page.blocks[number + 1 : after]}
        cut = after is None and (page.sample.gold.extra or "paywall" in between)
        if not cut and not between & {"caption", "credit", "embed", "pullquote"}:
            what = f"the heading '{_start(page, number)}' has nothing under it"
            yield _warning(page, number, what, "Label it with the box that it heads, or label the text below it.")


# What is stated


def headline(page: LintContext) -> Iterator[Incident]:
    """The title in the metadata is on the page, but nothing is labelled as title."""
    title = page.sample.gold.metadata.get("title")
    wanted = tuple(tokenise(title)) if title else ()
    if not wanted or not page.gold_tokens or 2 * len(_title_words(page) & set(wanted)) >= len(set(wanted)):
        return
    number = next((number for number, words in enumerate(page.words) if words == wanted), None)
    if number is not None:
        what = f"metadata.title stands here, labelled {page.blocks[number].label}, and no block is labelled title"
        yield _warning(page, number, what, "Label the headline title.")


def statements(page: LintContext) -> Iterator[Incident]:
    """Metadata that neither the page nor its head states."""
    metadata = page.sample.gold.metadata
    stated = [(name, metadata.get(name)) for name in ("title", "publisher", "description")]
    stated += [("authors", name) for name in metadata.get("authors") or ()]
    for name, value in stated:
        if value and not page.states(value):
            what = f"metadata.{name} is '{value[:60]}', which neither the page nor its head says"
            yield _warning(page, None, what, "Write it as the page states it, or null.")


def dates(page: LintContext) -> Iterator[Incident]:
    """Dates that do not exist, or are out of order: first published, then modified, then captured."""
    spans: dict[str, Span] = {}
    stated = {name: page.sample.gold.metadata.get(name) for name in _DATES} | {"captured": page.captured}
    for name, value in stated.items():
        if not value:
            continue
        try:
            spans[name] = _span(value)
        except (ValueError, OverflowError):
            yield Incident("error", page.sample.id, None, f"{name} is '{value}', which is not a date", "Correct it.")
    for one, other in combinations(spans, 2):
        if _follows(spans[one], spans[other]):
            what = f"{one} ({stated[one]}) is later than {other} ({stated[other]})"
            yield _warning(page, None, what, "Look both up on the page.")


def language(page: LintContext) -> Iterator[Incident]:
    """A text in another language than ``about.language``."""
    stated = (page.sample.gold.about.language or "").partition("-")[0]
    numbers = [number for number in page.gold_tokens if page.blocks[number].role not in ("code", "math")]
    text = " ".join(page.own[number] for number in numbers)[:READ]
    if not stated or sum(map(str.isalpha, text)) < LETTERS:
        return
    detector = _detector()
    found, confidence = detector.classify(text)
    near = any({stated, found} <= set(group.split()) for group in _NEAR)
    if found not in (stated, "zxx") and not near and confidence >= SURE and stated in detector.nb_classes:
        what = f"about.language is {stated}, and the text reads like {found}"
        yield _warning(page, None, what, "State the language of the article's text.")


def encoding(page: LintContext) -> Iterator[Incident]:
    """Text that was decoded wrongly: replacement characters, or the bytes of UTF-8 read as something else."""
    from ftfy.badness import is_bad

    def is_odd(text: str) -> bool:
        return "\ufffd" in text or is_bad(text)

    if not is_odd("\n".join(block.text for block in page.blocks)):
        return
    odd = [number for number, block in enumerate(page.blocks) if is_odd(block.text)]
    if odd:
        what = f"the text looks wrongly decoded: '{_start(page, odd[0])}'"
        what += f", and {len(odd) - 1} more blocks" if len(odd) > 1 else ""
        yield _warning(page, odd[0], what, "Check page.encoding against the page's charset.")


def _warning(page: LintContext, block: int | None, what: str, do: str) -> Incident:
    return Incident("warning", page.sample.id, block, what, do)


def _start(page: LintContext, number: int) -> str:
    """The beginning of a block's text, for a message of one line."""
    text = " ".join(page.own[number].split())
    return text if len(text) <= 48 else f"{text[:47]}…"


def _is_terse(page: LintContext, number: int) -> bool:
    """Whether a block has a label that holds no paragraphs, and is not a copy of one."""
    block = page.blocks[number]
    is_noise = page.groups[number] == "noise" and block.label not in _PROSE
    return (is_noise or block.label in _TERSE) and block.duplicate_of is None


def _rank(page: LintContext, number: int) -> int:
    """The rank of a heading, 1 for ``h1``; 0 for anything else."""
    role = page.blocks[number].role or ""
    return int(role[1]) if _HEADING.fullmatch(role) else 0


def _title_words(page: LintContext) -> set[str]:
    """The words that are labelled title, as blocks or as spans."""
    words: set[str] = set()
    for block, own in zip(page.blocks, page.words, strict=True):
        if block.label == "title":
            words.update(own)
        for span in block.spans:
            if span.label == "title":
                words.update(tokenise(block.text[span.start : span.end]))
    return words


def _span(value: str) -> Span:
    """The first and the last moment that a date may mean, by its precision.

    Raises:
        ValueError, OverflowError: there is no such date.
    """
    whole = value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value
    start = datetime.fromisoformat(whole)
    days = {4: 366, 7: 31, 10: 1}.get(len(value))
    return start, start + timedelta(days, microseconds=-1) if days else start


def _follows(one: Span, other: Span) -> bool:
    """Whether one date is later than the other for sure, wherever on earth a date without an offset was written."""
    slack = timedelta(0) if (one[0].tzinfo is None) == (other[0].tzinfo is None) else TIME_ZONES
    return one[0].replace(tzinfo=one[0].tzinfo or UTC) > other[1].replace(tzinfo=other[1].tzinfo or UTC) + slack


@cache
def _detector() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


RULES: tuple[Rule, ...] = (
    islands, linked_rows, linked_paragraphs, phrases, teasers, copies, prose, prose_rows, holes,
    bare_headings,
    headline, statements, dates, language, encoding,
)  # fmt: skip
