"""Hand-worked cases of what counts as kept: each states its arithmetic. W(n) stands for a text of n different words."""

from __future__ import annotations

import random

import pytest

from goldspan.core.metrics import find_metric
from goldspan.core.metrics.base import Case
from goldspan.core.policy import tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.data.schema import load_policy
from goldspan.model import Extraction, Gold, GoldBlock, Prediction, Span, System

SYSTEM = System("test", "1")
FIRST = "The heron came back to the old mill pond on Tuesday after two long winters away from home"
SECOND = "Nobody in the village had expected that the bird would ever forgive them for draining its water"
THIRD = "A warden of the river trust says that eels, frogs and sticklebacks are returning as well this spring"
AD = "Buy two copper kettles today and get a third one free with your order"
TITLE = "Heron returns to the pond"
WORDS = len((FIRST + " " + SECOND + " " + THIRD).replace(",", "").split())


def block(text: str, label: str = "body", **more: object) -> GoldBlock:
    return GoldBlock(text, label, "p" if label == "body" else None, **more)  # type: ignore[arg-type]


PAGE = (
    block("Home News Sport Weather", "navigation"),
    block(TITLE, "title"),
    block(FIRST),
    block(AD, "advertisement"),
    block(SECOND),
    block(THIRD),
)


def case(output: str | Extraction | None, blocks: tuple[GoldBlock, ...] = PAGE, **gold: object) -> Case:
    extraction = Extraction(output) if isinstance(output, str) else output
    prediction = Prediction("test@1", "page", "ok" if extraction else "error", extraction)
    sample = Gold(blocks=blocks, **gold)  # type: ignore[arg-type]
    policy = load_policy("neutral")
    return case_of(sample, prediction, SYSTEM, policy, tokenise_gold(sample, policy))


def values(
    metric: str, output: str | Extraction | None, blocks: tuple[GoldBlock, ...] = PAGE, **gold: object
) -> dict[str, float]:
    found = find_metric(metric).measure(case(output, blocks, **gold))
    assert found is not None
    return dict(found)


def test_the_body_alone_is_perfect() -> None:
    assert values("body", f"{FIRST}\n{SECOND}\n{THIRD}") == {"f1": 1.0, "precision": 1.0, "recall": 1.0}


@pytest.mark.parametrize("which", ["first", "second"])
def test_body_twice_on_the_page_either_copy_earns_it(which: str) -> None:
    """A mobile and a desktop copy: the text is owed once, so either copy is all of it."""
    copy = GoldBlock(FIRST, "body", "p", duplicate_of=0)
    blocks = (block(FIRST), block(AD, "advertisement"), copy)
    assert values("body", FIRST, blocks)["f1"] == 1.0
    assert values("body", FIRST if which == "first" else FIRST.upper(), blocks)["f1"] == 1.0


def test_the_body_put_out_twice_is_repeated() -> None:
    """kept = n, output = 2n: recall 1, precision 1/2, F1 2n / 3n."""
    body = f"{FIRST}\n{SECOND}\n{THIRD}"
    found = values("body", f"{body}\n{body}")
    assert found == pytest.approx({"recall": 1.0, "precision": 0.5, "f1": 2 / 3})
    assert values("surplus", f"{body}\n{body}")["repeated"] == WORDS


def test_a_copy_on_the_page_does_not_excuse_a_second_output() -> None:
    blocks = (block(FIRST), GoldBlock(FIRST, "body", "p", duplicate_of=0))
    assert values("body", f"{FIRST}\n{FIRST}", blocks)["precision"] == 0.5


def test_a_title_repeated_in_the_body_belongs_to_the_body_first() -> None:
    """The sentence stands as title (neutral) and in the body (content): one output earns the body's, a second one the
    neutral one, which does not count."""
    blocks = (block(TITLE, "title"), block(FIRST), block(TITLE), block(SECOND))
    assert values("body", f"{FIRST}\n{TITLE}\n{SECOND}", blocks)["f1"] == 1.0
    assert values("body", f"{TITLE}\n{FIRST}\n{TITLE}\n{SECOND}", blocks)["f1"] == 1.0


def test_a_sentence_in_body_and_teaser_is_the_bodys() -> None:
    """Priority comes before the order of the page: the teaser stands first, the body gets it."""
    blocks = (block(FIRST, "related"), block(FIRST), block(SECOND))
    assert values("leak", f"{FIRST}\n{SECOND}", blocks)["tokens"] == 0
    assert values("leak", f"{FIRST}\n{FIRST}\n{SECOND}", blocks)["related"] == len(FIRST.split())


def test_markdown_with_many_links_counts_its_words_only() -> None:
    linked = " ".join(f"[{word}](https://mill.example/{number}?a=b)" for number, word in enumerate(FIRST.split()))
    text = f"## {TITLE}\n\n{linked}\n\n1. {SECOND}\n2. {THIRD}\n\n![a heron in the reeds](heron.jpg)"
    assert values("body", Extraction(text, "markdown")) == {"f1": 1.0, "precision": 1.0, "recall": 1.0}
    assert values("body", Extraction(text, "text"))["precision"] < 0.6


def test_html_output_is_rendered_with_its_blocks_apart() -> None:
    html = f"<div><p>{FIRST}</p><p>{SECOND}</p><ul><li>{THIRD}</li></ul></div>"
    assert values("body", Extraction(html, "html"))["f1"] == 1.0


def test_only_neutral_text_keeps_nothing() -> None:
    """kept = 0 and output = 0: all three are 0, and nothing leaked."""
    assert values("body", TITLE) == {"f1": 0.0, "precision": 0.0, "recall": 0.0}
    assert values("leak", TITLE)["tokens"] == 0


def test_neutral_text_beside_the_body_changes_nothing_and_its_repetition_does() -> None:
    body = f"{FIRST}\n{SECOND}\n{THIRD}"
    assert values("body", f"{TITLE}\n{body}")["f1"] == 1.0
    again = values("body", f"{TITLE}\n{body}\n{TITLE}")
    assert again["precision"] == pytest.approx(WORDS / (WORDS + len(TITLE.split())))


def test_only_the_longest_paragraph() -> None:
    """precision 1, recall = its words / all words."""
    longest = max((FIRST, SECOND, THIRD), key=lambda text: len(text.split()))
    found = values("body", longest)
    assert found["precision"] == 1.0
    assert found["recall"] == pytest.approx(len(longest.split()) / WORDS)


def test_half_the_body() -> None:
    """The first half of the words: precision 1, recall 1/2 (up to an odd word)."""
    words = f"{FIRST} {SECOND} {THIRD}".replace(",", "").split()
    half = words[: len(words) // 2]
    found = values("body", " ".join(half))
    assert found["precision"] == 1.0
    assert found["recall"] == pytest.approx(len(half) / len(words))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("foreign", [True, False], ids=["by words of nowhere", "by other words of the page"])
def test_every_third_word_replaced(seed: int, foreign: bool) -> None:
    """The truth is two thirds; alignment comes within .05 of it."""
    chance = random.Random(seed)
    syllables = "ba de ki lo mu na pe ri so tu va we".split()
    vocabulary = ["".join(chance.choices(syllables, k=3)) for _ in range(180)]
    body = chance.choices(vocabulary, k=600)
    blocks = tuple(block(" ".join(body[at : at + 40])) for at in range(0, 600, 40)) + (block(AD, "advertisement"),)
    output = [
        word if number % 3 != 2 else (f"zz{number}" if foreign else chance.choice(vocabulary))
        for number, word in enumerate(body)
    ]
    assert values("body", " ".join(output), blocks)["recall"] == pytest.approx(2 / 3, abs=0.05)


SCRIPTS = {
    "Chinese": (
        "苍鹭在两个漫长的冬天之后回到了旧磨坊的池塘。",
        "村里没有人想到它会原谅他们。",
        "今天买两把铜壶送一把。",
    ),
    "Thai": (
        "นกกระสากลับมายังบ่อเก่าของโรงสีหลังจากผ่านไปสองฤดูหนาว",
        "ไม่มีใครในหมู่บ้านคาดคิดว่ามันจะให้อภัย",
        "ซื้อกาน้ำทองแดงสองใบวันนี้แถมหนึ่งใบ",
    ),
    "Hindi": (
        "बगुला दो लंबी सर्दियों के बाद पुरानी चक्की के तालाब पर लौट आया",
        "गाँव में किसी ने नहीं सोचा था कि वह उन्हें माफ़ करेगा",
        "आज दो ताँबे की केतलियाँ खरीदें और एक मुफ़्त पाएँ",
    ),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_of_asia(script: str) -> None:
    """Words are found whole or by character, marks on their letters; the advert leaks and is told apart."""
    one, two, advert = SCRIPTS[script]
    blocks = (block(one), block(advert, "advertisement"), block(two))
    assert values("body", f"{one}\n{two}", blocks)["f1"] == 1.0
    assert values("body", one, blocks)["precision"] == 1.0
    assert 0.4 < values("body", one, blocks)["recall"] < 0.7
    assert values("leak", f"{one}{advert}{two}", blocks)["advertisement"] > 5
    assert values("body", f"{one}{advert}{two}", blocks)["recall"] == 1.0


def test_words_glued_at_inline_tags_are_the_words_they_are() -> None:
    """An output that lost the spaces of two inline tags holds all words; so does one that split a word."""
    glued = FIRST.replace("old mill", "oldmill").replace("two long winters", "twolongwinters")
    assert values("body", f"{glued}\n{SECOND}\n{THIRD}")["f1"] == 1.0
    split = THIRD.replace("sticklebacks", "stickle backs")
    assert values("body", f"{FIRST}\n{SECOND}\n{split}")["f1"] == 1.0


def test_gold_without_content_is_abstention() -> None:
    """Body does not apply; an empty output abstains, another does not."""
    listing = (block("Home News Sport", "navigation"), block(FIRST, "related"), block(SECOND, "related"))
    assert find_metric("body").measure(case("", listing)) is None
    assert values("abstention", "", listing) == {"share": 1.0, "tokens": 0.0}
    assert values("abstention", FIRST, listing) == {"share": 0.0, "tokens": float(len(FIRST.split()))}
    assert find_metric("abstention").measure(case("")) is None


def test_extra_text_is_neither_owed_nor_a_leak() -> None:
    """Text that the page carries only in a script: found or not, the score is the same."""
    extra = (GoldBlock(THIRD, "body", "p", source="json-ld"),)
    blocks = PAGE[:5]
    assert values("body", f"{FIRST}\n{SECOND}", blocks, extra=extra)["f1"] == 1.0
    assert values("body", f"{FIRST}\n{SECOND}\n{THIRD}", blocks, extra=extra)["f1"] == 1.0
    assert values("surplus", f"{FIRST}\n{SECOND}\n{THIRD}", blocks, extra=extra)["invented"] == 0
    assert values("body", f"{FIRST}\n{SECOND}\n{THIRD}", blocks)["precision"] < 1


@pytest.mark.parametrize("output", ["", " \n ", None], ids=["empty", "blank", "failed"])
def test_an_empty_output_scores_0(output: str | None) -> None:
    assert values("body", output) == {"f1": 0.0, "precision": 0.0, "recall": 0.0}
    assert values("loss", output)["p"] == WORDS


def test_shuffled_paragraphs_keep_all_and_lose_their_order() -> None:
    """Runs of a, b and c words in reverse: ab + bc + ca pairs are inverted; tau = 1 − 4·(ab + bc + ca) / n(n − 1)."""
    a, b, c = (len(text.replace(",", "").split()) for text in (FIRST, SECOND, THIRD))
    tau = 1 - 4 * (a * b + b * c + c * a) / (WORDS * (WORDS - 1))
    found = values("body", f"{THIRD}\n{SECOND}\n{FIRST}")
    assert found["f1"] == 1.0
    assert values("order", f"{THIRD}\n{SECOND}\n{FIRST}")["tau"] == pytest.approx(tau)
    assert values("order", f"{FIRST}\n{SECOND}\n{THIRD}")["tau"] == 1.0


def test_a_label_inside_a_block_counts_by_itself() -> None:
    """ "Share" at the end of a paragraph is a leak of one word and not the body's."""
    text = f"{FIRST} Share"
    blocks = (GoldBlock(text, "body", "p", spans=(Span(len(FIRST) + 1, len(text), "share"),)), block(SECOND))
    assert values("leak", f"{text}\n{SECOND}", blocks)["share"] == 1
    assert values("body", f"{FIRST}\n{SECOND}", blocks)["f1"] == 1.0


def test_loss_is_told_by_role() -> None:
    blocks = (block(FIRST), GoldBlock("Kettle", "body", "cell", cell=(0, 0, 0)), GoldBlock("Two pounds", "body", "li"))
    assert values("loss", FIRST, blocks) == {"tokens": 3.0, "cell": 1.0, "li": 2.0}


def test_an_invented_sentence_costs_precision_and_is_counted() -> None:
    invented = "Zygomorphic xylophones quarrel"
    found = values("body", f"{FIRST}\n{SECOND}\n{THIRD}\n{invented}")
    assert found["precision"] == pytest.approx(WORDS / (WORDS + 3))
    assert values("surplus", f"{FIRST}\n{invented}")["invented"] == 3


@pytest.mark.parametrize(
    "date", ["2024-05-06T10:20+99:99", "2024-05-06 10:20 UTC-25", "0001-01-01T00:00:00+14:00", "9999"]
)
def test_an_impossible_date_is_wrong_and_no_fault(date: str) -> None:
    """What an extractor puts out as a date may be anything; it is compared, never raised."""
    from goldspan.core.metrics.metadata import date_score

    assert date_score("2024-05-06T10:20+00:00", date) == 0.0
    assert 0.0 <= date_score(date, "2024-05-06T10:20+00:00") <= 1.0
