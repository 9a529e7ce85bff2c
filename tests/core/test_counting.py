"""What counts and how often: glued and split words, failures, pages without an article, names, and texts held against
themselves. Each case was once counted wrongly."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from goldspan.core.align import Target, align, in_units_of
from goldspan.core.metrics import find_metric, snippets_wcxb
from goldspan.core.metrics.base import Case
from goldspan.core.metrics.metadata import authors_score
from goldspan.core.policy import Policy, make_policy, tokenise_gold
from goldspan.core.scoring import case_of
from goldspan.core.text import tokenise
from goldspan.data.schema import load_labels, load_policy
from goldspan.model import FIELDS, About, Extraction, Gold, GoldBlock, Prediction, Snippets, Status, System
from tests import reference as plain

BODY = "A grey heron that left the mill pond two winters ago was seen again on Tuesday morning"
OTHER = "Nobody in the village had expected that the bird would ever forgive them for draining its water"
EVERYTHING = System("test", "1", fields=FIELDS)


def case(
    output: str | Extraction | None,
    gold: Gold,
    policy: str | Policy = "neutral",
    system: System = EVERYTHING,
    status: Status | None = "ok",
) -> Case:
    """What the metrics see; a status of None is a missing prediction."""
    extraction = Extraction(output) if isinstance(output, str) else output
    rules = load_policy(policy) if isinstance(policy, str) else policy
    prediction = Prediction(system.key, "page", status, extraction) if status else None
    tokens = tokenise_gold(gold, rules) if gold.blocks is not None else None
    return case_of(gold, prediction, system, rules, tokens)


def measured(metric: str, one: Case) -> dict[str, float]:
    values = find_metric(metric).measure(one)
    assert values is not None
    return dict(values)


def of_body(output: str, *blocks: GoldBlock) -> dict[str, float]:
    one = case(output, Gold(blocks=blocks))
    return measured("body", one) | measured("surplus", one) | {"lost": measured("loss", one)["tokens"]}


def body(*texts: str) -> tuple[GoldBlock, ...]:
    return tuple(GoldBlock(text, "body", "p") for text in texts)


class TestGluedWords:
    @pytest.mark.parametrize("words", [2, 3, 4, 5, 9, 17])
    def test_any_number_of_words_glued_together_are_found(self, words: int) -> None:
        parts = BODY.split()
        output = " ".join(["".join(parts[:words]), *parts[words:]])
        assert of_body(output, *body(BODY, OTHER.upper()))["lost"] == len(OTHER.split())
        assert of_body(output, *body(BODY))["f1"] == 1.0

    @pytest.mark.parametrize("words", [2, 3, 4, 7, 17])
    def test_a_word_split_into_any_number_of_pieces_is_found(self, words: int) -> None:
        parts = BODY.split()
        page = " ".join(["".join(parts[:words]), *parts[words:]])
        assert of_body(BODY, *body(page))["f1"] == 1.0

    def test_a_word_that_lost_its_hyphens(self) -> None:
        page = "They call it a state-of-the-art pump and it leaks"
        assert of_body(page.replace("-", ""), *body(page, OTHER))["lost"] == len(OTHER.split())

    def test_a_line_of_korean_without_its_spaces(self) -> None:
        line, other = (
            "왜가리가 오래된 물방앗간 연못으로 다시 돌아왔다고 마을 사람들이 말했다",
            "아무도 그 새가 돌아올 줄 몰랐다",
        )
        found = of_body(line.replace(" ", ""), *body(other, line))
        assert (found["precision"], found["lost"], found["invented"]) == (1.0, 6, 0)

    def test_a_whole_page_without_spaces(self) -> None:
        text = " ".join(f"{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}x" for i in range(3000))
        assert of_body(text.replace(" ", ""), *body(text))["f1"] == 1.0

    def test_words_that_stand_apart_earn_a_glued_one_nothing(self) -> None:
        """*together* is no *to*, *get*, *her*, whatever else stands side by side."""
        page = "they went to get bread and we get her letters on Monday"
        output = page.replace("to get", "together")
        found = of_body("together", *body(page))
        assert (found["f1"], found["invented"], found["lost"]) == (0.0, 1, len(page.split()))
        assert of_body(output, *body(page))["invented"] == 1
        assert in_units_of(Target(page.split(), [0] * 12, [0] * 12), ["together"])[0] == ["together"]

    def test_a_glued_word_whose_place_is_taken_is_one_invented_token(self) -> None:
        """The words stand side by side once, and a second glued one is not put together from other places."""
        page = "we went to get her from the pier"
        found = of_body(f"{page} together", *body(page, "to the pier", "we get eels", "her boat"))
        assert (found["invented"], found["lost"]) == (1, 8)

    def test_the_place_that_goes_on_decides_how_a_word_is_split(self) -> None:
        page = "an over all".split() + "a gap".split() + "new overal l".split()
        target = Target(page, [0] * len(page), [0] * len(page))
        assert in_units_of(target, "new overall".split())[0] == ["new", "overal", "l"]
        assert in_units_of(target, "an overall".split())[0] == ["an", "over", "all"]

    def test_a_word_that_the_page_has_elsewhere_is_split_where_the_text_goes_on(self) -> None:
        page = "she came in to eat . into the pond".split()
        target = Target(page, [0] * len(page), [0] * len(page))
        assert in_units_of(target, "she came into eat".split())[0] == "she came in to eat".split()
        assert in_units_of(target, "she came into the pond".split())[0] == "she came into the pond".split()
        assert in_units_of(target, "in to the pond".split())[0] == "in to the pond".split()

    def test_text_around_a_split_word_stays_where_it_is(self) -> None:
        page = "an xray at ray of light".split()
        target = Target(page, [0] * len(page), [0] * len(page))
        assert in_units_of(target, "x ray of light".split())[0] == "x ray of light".split()
        assert in_units_of(target, "an x ray of".split())[0] == "an xray of".split()
        assert in_units_of(target, "x ray at".split())[0] == "xray at".split()

    @pytest.mark.parametrize(
        ("page", "output"),
        [
            (["na"] * 20_000, ["na" * 300 + "x"] * 300),
            (["w" * n for n in range(1, 65)] * 50, ["w" * n for n in range(65, 3000)]),
            (["w" * 250] * 10, ["w"] * 50_000),
            (["a", "b"] * 20_000, ["ab" * 20_000, "ba" * 20_000, "ab" * 19_999 + "x"]),
        ],
        ids=["the same word", "words of every length", "letters", "a page in one word"],
    )
    def test_texts_made_to_take_long_do_not(self, page: Sequence[str], output: Sequence[str]) -> None:
        """Looking for glued words takes time in proportion to the texts: these would else take minutes."""
        started = time.process_time()
        align(Target(page, [0] * len(page), [0] * len(page)), output)
        assert time.process_time() - started < 8

    def test_links_glued_together_do_not_cost_one_token(self) -> None:
        """200 links of 18 letters: 3,600 code points that stand nowhere are 360 tokens; of up to 30, a word is one."""
        links = "".join(chr(97 + i % 26) * 18 for i in range(200))
        found = of_body(f"{BODY} {links}", *body(BODY))
        assert found["invented"] == 360
        assert found["precision"] == pytest.approx(len(BODY.split()) / (len(BODY.split()) + 360))
        assert [of_body("x" * n, *body(BODY))["invented"] for n in (1, 30, 31, 39, 40)] == [1, 1, 3, 3, 4]


class TestTokens:
    @pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ", "‘", "ʻ"])
    def test_a_ukrainian_word_is_one_token_however_its_apostrophe_is_written(self, apostrophe: str) -> None:
        line = "Пʼять комп'ютерів і сім’я"
        assert tokenise(line.translate(dict.fromkeys(map(ord, "'’ʼ"), apostrophe))) == [
            "пять",
            "компютерів",
            "і",
            "сімя",
        ]
        assert of_body(line.translate(dict.fromkeys(map(ord, "'’ʼ"), apostrophe)), *body(line))["f1"] == 1.0

    @pytest.mark.parametrize("mark", ["1", "¹", "[1]", "12", "٣", "२"])
    def test_a_dropped_footnote_mark_costs_the_mark_alone(self, mark: str) -> None:
        """``word<sup>1</sup>`` is *word1* in the stream; an output without the mark has invented nothing."""
        page = BODY.replace("pond", f"pond{mark}")
        found = of_body(BODY, *body(page))
        assert (found["invented"], found["lost"]) == (0, 1)
        found = of_body(page, *body(BODY))
        assert (found["invented"], found["lost"]) == (1, 0)

    @pytest.mark.parametrize("word", ["covid19", "h2o", "mp3", "b2b", "тест5", "第2章"])
    def test_letters_and_numbers_of_one_word_are_found_together(self, word: str) -> None:
        page = BODY.replace("pond", word)
        assert of_body(page, *body(page))["f1"] == 1.0


class TestAbstention:
    LISTING = Gold(
        About("en", "listing"),
        (GoldBlock("Island news", "title"), GoldBlock("Home News", "navigation"), GoldBlock(BODY, "related")),
    )

    @pytest.mark.parametrize("policy", ["neutral", "full", "strict", "discussion"])
    @pytest.mark.parametrize("page_type", ["listing", "error", "news", None])
    def test_a_page_without_an_article_takes_no_part_under_any_policy(self, policy: str, page_type: str | None) -> None:
        """Even where the policy wants titles; an answer with nothing abstains there."""
        gold = replace(self.LISTING, about=About("en", page_type))
        for metric in ("body", "leak", "loss", "surplus"):
            assert find_metric(metric).measure(case("", gold, policy)) is None
        assert measured("abstention", case("", gold, policy)) == {"share": 1.0, "tokens": 0.0}
        assert measured("abstention", case(BODY, gold, policy)) == {"share": 0.0, "tokens": float(len(BODY.split()))}

    def test_its_title_is_neutral_there(self) -> None:
        assert measured("abstention", case("Island news", self.LISTING, "full")) == {"share": 1.0, "tokens": 0.0}

    def test_comments_alone_are_no_article(self) -> None:
        gold = Gold(About("en", "listing"), (GoldBlock(BODY, "comments"),))
        assert find_metric("body").measure(case(BODY, gold, "discussion")) is None

    def test_a_policy_with_rules_for_the_page_type_has_its_way(self) -> None:
        data = {"name": "mine", "version": 1, "groups": {"body": "content", "furniture": "neutral", "noise": "noise"}}
        rules = make_policy({**data, "page_types": {"listing": {"labels": {"related": "content"}}}}, load_labels())
        assert measured("body", case(BODY, self.LISTING, rules))["f1"] == 1.0

    def test_a_page_whose_article_is_in_its_data_alone_has_none(self) -> None:
        gold = replace(self.LISTING, extra=(GoldBlock(OTHER, "body", "p", source="json-ld"),))
        assert find_metric("body").measure(case("", gold, "full")) is None

    @pytest.mark.parametrize("status", ["error", "timeout", "crash", "memory", None])
    def test_only_an_answer_abstains(self, status: Status | None) -> None:
        assert measured("abstention", case(None, self.LISTING, status=status)) == {"share": 0.0, "tokens": 0.0}

    @pytest.mark.parametrize("status", ["ok", "empty"])
    def test_an_empty_answer_abstains(self, status: Status) -> None:
        assert measured("abstention", case("", self.LISTING, status=status)) == {"share": 1.0, "tokens": 0.0}


class TestPullQuotes:
    QUOTE = " ".join(BODY.split()[:9])

    def page(self, label: str, text: str = "") -> tuple[GoldBlock, ...]:
        return (*body(BODY), GoldBlock(text or self.QUOTE, label, duplicate_of=0), *body(OTHER))

    def test_a_verbatim_pull_quote_is_neutral(self) -> None:
        found = of_body(f"{BODY}\n{self.QUOTE}\n{OTHER}", *self.page("pullquote"))
        assert (found["f1"], found["repeated"], found["invented"]) == (1.0, 0, 0)
        assert of_body(f"{BODY}\n{OTHER}", *self.page("pullquote"))["f1"] == 1.0

    def test_its_words_earn_the_body_where_they_stand_alone(self) -> None:
        found = of_body(self.QUOTE, *self.page("pullquote"))
        assert found["precision"] == 1.0
        assert found["lost"] == len(f"{BODY} {OTHER}".split()) - 9

    def test_put_out_three_times_it_is_repeated_once(self) -> None:
        found = of_body(f"{BODY}\n{self.QUOTE}\n{OTHER}\n{self.QUOTE}", *self.page("pullquote"))
        assert found["repeated"] == 9

    @pytest.mark.parametrize("label", ["body", "other"])
    def test_a_copy_that_is_not_neutral_is_repeated(self, label: str) -> None:
        found = of_body(f"{BODY}\n{self.QUOTE}\n{OTHER}", *self.page(label))
        assert found["repeated"] == 9

    def test_where_furniture_is_noise_a_quote_is_repeated_too(self) -> None:
        one = case(f"{BODY}\n{self.QUOTE}\n{OTHER}", Gold(blocks=self.page("pullquote")), "strict")
        assert measured("surplus", one)["repeated"] == 9


SPACES = "foo\u00a0bar\u200bbaz qux"


class TestATextAgainstItself:
    @pytest.mark.parametrize(
        "text", [SPACES, "a\ufeffb c d e f", "x\u00a0\u00a0y z z z", f"{BODY}\u200b\n\u00a0{OTHER}"]
    )
    def test_is_perfect_in_every_metric(self, text: str) -> None:
        gold = Gold(
            blocks=(GoldBlock(text, "body", "p"),),
            reference=text,
            snippets=Snippets((text, text[:6]), ()),
            metadata={"title": text, "authors": [text], "description": text, "publisher": text},
        )
        one = case(Extraction(text, title=text, authors=(text,), description=text, publisher=text), gold)
        for metric in ("body", "shingle", "words", "rouge-lsum"):
            assert measured(metric, one)["f1"] == 1.0, metric
        assert measured("edit", one)["similarity"] == 1.0
        assert measured("wcxb-snippets", one)["with"] == 1.0
        assert measured("snippets", one)["tp"] == 2
        assert measured("metadata", one)["title"] == measured("metadata", one)["authors"] == 1.0

    @pytest.mark.parametrize(
        "text", ["heron\u00a0pond", "heron pond", "heron\npond", "HERON\u200bpond", "heron\ufeff pond", "heron\x00pond"]
    )
    def test_wcxb_snippets_take_white_space_as_it_is(self, text: str) -> None:
        """The plain definition, on the output as the system gave it."""
        snippets = Snippets(("Heron pond", "heron\u00a0Pond", "pond"), ("heron\npond",))
        values = snippets_wcxb.METRIC.measure(case(text, Gold(snippets=snippets)))
        assert values == {
            "with": plain.wcxb_rate(snippets.wanted, text),
            "without": plain.wcxb_rate(snippets.unwanted, text),
        }


def similarity(gold: str, text: str) -> dict[str, float]:
    return measured("edit", case(text, Gold(reference=gold)))


class TestEditOfLongTexts:
    @pytest.mark.parametrize("part", ["first", "second"])
    def test_half_of_a_long_text_is_half_of_it(self, part: str) -> None:
        """100,000 characters: either half lacks 50,000 of them, and no text is cut."""
        gold = "".join(f"{number:05d}" for number in range(20_000))
        text = gold[:50_000] if part == "first" else gold[50_000:]
        assert similarity(gold, text) == {"similarity": 0.5, "bound": 0.0}

    @pytest.mark.parametrize("part", ["first", "second"])
    def test_half_of_a_very_long_text_is_half_of_it(self, part: str) -> None:
        """Of 1,000,000 characters in lines that differ, the matching lines alone give the exact distance, and it is
        said to be a bound."""
        gold = "".join(f"{number:09d}\n" for number in range(100_000))
        text = gold[:500_000] if part == "first" else gold[500_000:]
        assert similarity(gold, text) == {"similarity": pytest.approx(0.5, abs=1e-4), "bound": 1.0}

    def test_what_differs_behind_a_long_beginning_counts(self) -> None:
        """One line without a sentence's end: the common beginning and end are matched, the middle is compared."""
        gold, text = "a" * 200_000 + "b" * 9 + "c" * 50_000, "a" * 200_000 + "x" * 9 + "c" * 50_000
        values = similarity(gold, text)
        assert values == {"similarity": pytest.approx(1 - 9 / 250_009), "bound": 1.0}
        assert similarity(gold, gold)["similarity"] == 1.0
        assert similarity("a" * 200_000, "b" * 200_000)["similarity"] == 0.0


class TestMetadata:
    @pytest.mark.parametrize(
        ("gold", "given", "score"),
        [
            (["Jane Doe"], ["By Jane Doe"], 1.0),
            (["Jane Doe"], ["BY JANE DOE"], 1.0),
            (["Jane Doe"], ["Written by: Jane Doe"], 1.0),
            (["Max Roe"], ["Von Max Roe"], 1.0),
            (["Ana Díaz", "Luis Gil"], ["Por Ana Díaz y Luis Gil"], 1.0),
            (["Jane Doe", "Max Roe"], ["Jane Doe and Max Roe"], 1.0),
            (["Jane Doe", "Max Roe", "Ann Poe"], ["By Jane Doe, Max Roe & Ann Poe"], 1.0),
            (["Jane Doe", "Max Roe"], ["Jane Doe; Max Roe"], 1.0),
            (["By Jane Doe and Max Roe"], ["Max Roe", "Jane Doe"], 1.0),
            (["张三", "李四"], ["张三、李四"], 1.0),
            (["Jane Doe", "Max Roe"], ["Jane Doe and Ann Poe"], 0.5),
            (["Jane Doe"], ["Doe, Jane"], 1.0),
            (["Lars von Trier"], ["Von Trier, Lars"], 1.0),
            (["Ursula von der Leyen"], ["Von der Leyen, Ursula"], 1.0),
            (["Charles de Gaulle", "Max Roe"], ["Charles de Gaulle, Max Roe"], 1.0),
            (["News and Weather"], ["News and Weather"], 1.0),
            (["Salt and Light Team"], ["Salt and Light Team"], 1.0),
            (["By Jane"], ["By Jane"], 1.0),
            (["Jane Doe"], ["Max Roe"], 0.0),
            (["Jane Doe"], ["Jane Doe and her heron"], 0.0),
        ],
    )
    def test_names_in_bylines(self, gold: list[str], given: list[str], score: float) -> None:
        assert authors_score(gold, given) == pytest.approx(score)

    @pytest.mark.parametrize("absent", [[], None, ""])
    def test_checked_and_absent(self, absent: object) -> None:
        """Nothing given is right, something is invented; a page that failed was not answered."""
        gold = Gold(metadata={"authors": absent})
        assert measured("metadata", case(Extraction("x"), gold))["authors"] == 1.0
        assert measured("metadata", case(Extraction("x", authors=("Jane Doe",)), gold))["authors"] == 0.0
        assert measured("metadata", case(None, gold, status="crash"))["authors"] == 0.0
        assert measured("metadata", case(None, gold, status=None))["authors"] == 0.0

    GOLD = Gold(metadata={"title": "Heron returns", "authors": ["Jane Doe"], "published": "2024-05-06"})
    OUTPUT = Extraction("x", title="Heron returns", authors=("Max Roe",), published="2024-05-06")

    def figures(self, *fields: str) -> dict[str, float]:
        values = measured("metadata", case(self.OUTPUT, self.GOLD, system=System("test", "1", fields=fields)))
        columns = {name: np.array([value]) for name, value in values.items()}
        return {name: float(value[0]) for name, value in find_metric("metadata").pool(columns, np.ones((1, 1))).items()}

    def test_a_system_does_not_rise_by_giving_up_a_field(self) -> None:
        """Title and date are right, authors wrong: 2/3. Without authors the mean of what is supported is 1, and 2/3 of
        what the gold states; without the date, 1/3."""
        found = self.figures("title", "authors", "published")
        assert found == pytest.approx(
            {"mean": 2 / 3, "supported": 2 / 3, "title": 1, "authors": 0, "published": 1, "fields": 3}
        )
        found = self.figures("title", "published", "language")
        assert found == pytest.approx({"mean": 2 / 3, "supported": 1, "title": 1, "published": 1, "fields": 2})
        assert self.figures("title")["mean"] == pytest.approx(1 / 3)
        assert self.figures("language")["mean"] == 0.0

    def test_a_system_without_metadata_takes_no_part(self) -> None:
        assert find_metric("metadata").measure(case("x", self.GOLD, system=System("test", "1"))) is None
