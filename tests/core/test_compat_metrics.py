"""Other benchmarks' metrics: hand-worked pairs and plain references."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.core.metrics import edit, rouge, shingle, snippets_trafilatura, snippets_wcxb, words
from goldspan.core.metrics.base import Case, Metric
from goldspan.core.text import clean
from goldspan.model import Gold, Snippets
from tests import reference as plain


def case(text: str, reference: str | None = None, snippets: Snippets | None = None) -> Case:
    return Case(Gold(reference=reference, snippets=snippets), text, None, (), None, None, reference)


def measured(metric: Metric, gold: str, text: str) -> Mapping[str, float]:
    values = metric.measure(case(text, gold))
    assert values is not None
    return values


def pooled(
    metric: Metric, rows: Sequence[Mapping[str, float]], weights: list[list[float]] | None = None
) -> dict[str, list[float]]:
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    figures = metric.pool(columns, np.array(weights or [[1.0] * len(rows)]))
    return {name: values.tolist() for name, values in figures.items()}


# Texts with the traps: marks, ligatures, soft hyphens, NUL, curly quotes, scripts without spaces, lone surrogates.
ALPHABET = (
    "aab bc\n .,_'-0\0\u00e9\u0130\u00df\u00ad\u00a0\u2019\u2014\u203f\u2028\ufb01\u0301"
    "\u0939\u093f\u4e2d\u3002\U0001f600\u00b2\u216b\ud800"
)
TEXT = st.text(ALPHABET, max_size=60) | st.text(max_size=30)
WORDY = st.lists(st.sampled_from(["a", "b", "c", "A", "d\u00e9", "\n", "\u4e2d"]), max_size=25).map(" ".join)
ANY = TEXT | WORDY
EXAMPLES = settings(max_examples=100, deadline=None)


class TestShingle:
    @pytest.mark.parametrize(
        ("gold", "text", "counts"),
        [
            # gold: abcd bcde; output: abcd bcdX. One shared, one surplus on each side.
            ("a b c d e", "a b c d X", (1, 1, 1, False)),
            # gold: abca bcab cabc (abc repeated: a b c a b c) against a b c a: one shared, two missing.
            ("a b c a b c", "a b c a", (1, 0, 2, False)),
            # A multiset: aaaa three times (six a's) against twice (five): two shared, one missing.
            ("a a a a a a", "a a a a a", (2, 0, 1, False)),
            # Up to three tokens are one shingle of all of them: equal or not.
            ("a b", "a, b!", (1, 0, 0, True)),
            ("a b", "a b c", (0, 1, 1, False)),
            ("a b c", "a b c d", (0, 1, 1, False)),
            # Case is kept, the underscore is part of a word, an apostrophe is not: a_b | don t | x against don T.
            ("don't a_b x", "don'T a_b x", (0, 1, 1, False)),
            ("", "", (0, 0, 0, True)),
            ("", "a", (0, 1, 0, False)),
            ("a b c d e", " \n", (0, 0, 2, False)),
        ],
    )
    def test_hand_worked_counts(self, gold: str, text: str, counts: tuple[int, int, int, bool]) -> None:
        """The counts of small texts, worked out above each."""
        assert counts == shingle.count_overlaps(gold, [text])[0] == plain.shingle_counts(gold, text)

    def test_page_values(self) -> None:
        """Counts are divided by their sum: 2, 1, 1 of 4; P = .5 / (.5 + .25), R the same."""
        # gold: abcd bcde cdef; output: abcd bcde cdeX
        values = measured(shingle.METRIC, "a b c d e f", "a b c d e X")
        assert (values["tp"], values["fp"], values["fn"]) == (0.5, 0.25, 0.25)
        assert values["precision"] == values["recall"] == values["f1"] == pytest.approx(2 / 3)

    def test_a_page_with_nothing_on_one_side(self) -> None:
        """What has no shingles has neither precision nor recall to speak of: 0."""
        for gold, text in (("", "a b"), ("a b", "")):
            values = measured(shingle.METRIC, gold, text)
            assert (values["precision"], values["recall"], values["f1"], values["accuracy"]) == (0, 0, 0, 0)
        nothing = measured(shingle.METRIC, "", "")
        assert (nothing["tp"], nothing["fp"], nothing["fn"]) == (0, 0, 0)
        assert (nothing["precision"], nothing["recall"], nothing["f1"], nothing["accuracy"]) == (1, 1, 1, 1)

    def test_the_corpus_f1_is_that_of_the_means_and_an_empty_output_escapes_the_precision(self) -> None:
        """Pages: exact (P 1, R 1), empty output (no P, R 0), half (P .5, R .5): P = .75, R = .5, F1 = .6."""
        rows = [measured(shingle.METRIC, "a b c d e", text) for text in ("a b c d e", "", "a b c d X")]
        figures = pooled(shingle.METRIC, rows)
        assert figures["precision"] == [0.75]
        assert figures["recall"] == [0.5]
        assert figures["f1"] == [pytest.approx(0.6)]
        assert figures["accuracy"] == [pytest.approx(1 / 3)]

    def test_undefined_means(self) -> None:
        """Only empty outputs: no precision, and F1 0. Empty outputs for empty golds: neither is defined."""
        missed, nothing = (measured(shingle.METRIC, gold, "") for gold in ("a", ""))
        figures = pooled(shingle.METRIC, [missed, nothing], [[1, 0], [0, 1]])
        assert np.isnan(figures["precision"]).tolist() == [True, True]
        assert np.isnan(figures["recall"]).tolist() == [False, True]
        assert figures["f1"][0] == 0
        assert np.isnan(figures["f1"][1])

    @EXAMPLES
    @given(ANY)
    def test_tokens_are_those_of_the_regular_expression(self, text: str) -> None:
        """The byte table splits exactly as ``\\w+`` does."""
        assert re.findall(r"\w+", text) == [token.decode() for token in shingle.words(text)]

    def test_every_character_separates_or_not_as_the_regular_expression_has_it(self) -> None:
        """All of Unicode, in small and in large numbers of different characters at once."""
        chars = [chr(code) for code in range(0x110000)]
        for size in (40, 5000):
            for i in range(0, len(chars), size if size > 100 else 997):
                text = "x".join(chars[i : i + size])
                assert re.findall(r"\w+", text) == [token.decode() for token in shingle.words(text)]

    @EXAMPLES
    @given(ANY, st.lists(ANY, max_size=5))
    def test_all_systems_at_once_equal_the_plain_counters(self, gold: str, texts: list[str]) -> None:
        """However many outputs, and whatever is in them, nothing spills over from one to the next."""
        assert [plain.shingle_counts(gold, text) for text in texts] == shingle.count_overlaps(gold, texts)

    def test_a_reference_with_too_many_different_words_to_pack(self) -> None:
        """Beyond 32,766 different tokens the counters are plain, and the counts the same."""
        many = " ".join(f"w{i}" for i in range(33_000))
        texts = [many, many + " x", "w1 w2 w3 w4 w6", "w1 w2", ""]
        assert [plain.shingle_counts(many, text) for text in texts] == shingle.count_overlaps(many, texts)
        assert shingle.count_overlaps("a b c", ["a b c"]) == [(1, 0, 0, True)]

    @EXAMPLES
    @given(st.lists(st.tuples(WORDY, WORDY), min_size=1, max_size=8), st.integers(0, 99))
    def test_pooling_by_weights_equals_the_plain_mean_of_every_resample(
        self, pairs: list[tuple[str, str]], seed: int
    ) -> None:
        """A weight of 2 is the page twice."""
        pairs.append(("a b c d e", "a b c d X"))
        rows = [measured(shingle.METRIC, gold, text) for gold, text in pairs]
        pages = []
        for gold, text in pairs:
            counts = plain.shingle_counts(gold, text)
            pages.append((*plain.normalised(counts), counts[3]))
        draws = [[*random.Random(seed + i).choices(range(len(pairs)), k=len(pairs)), len(pairs) - 1] for i in range(4)]
        figures = pooled(shingle.METRIC, rows, [[float(draw.count(i)) for i in range(len(pairs))] for draw in draws])
        for b, draw in enumerate(draws):
            for name, value in plain.shingle_corpus([pages[i] for i in draw]).items():
                assert figures[name][b] == pytest.approx(value, abs=1e-9)


class TestWords:
    @pytest.mark.parametrize(
        ("gold", "text", "expected"),
        [
            # Gold: the the cat sat (4); output: The dog sat (3). Shared: the, sat = 2. P 2/3, R 2/4, F1 4/7.
            ("the The cat sat", "The dog, sat!", (2 / 3, 1 / 2, 4 / 7)),
            ("", "", (1, 1, 1)),
            ("...", "", (1, 1, 1)),
            ("", "a", (0, 0, 0)),
            ("a", "", (0, 0, 0)),
            ("a", "b", (0, 0, 0)),
        ],
    )
    def test_hand_worked(self, gold: str, text: str, expected: tuple[float, float, float]) -> None:
        """Bags of lower-cased words."""
        assert words.score(gold, text) == pytest.approx(expected)

    def test_the_corpus_has_the_mean_of_the_pages_f1(self) -> None:
        """F1 4/7 and 0: mean 2/7. The F1 of the mean precision 1/3 and recall 1/4 would be 2/7 as well; of the
        pages P 1, R 1/3 (F1 1/2) and P 1/3, R 1 (F1 1/2) it would be 2/3, and is 1/2."""
        rows = [measured(words.METRIC, "a b c", "a"), measured(words.METRIC, "a", "a b c")]
        assert pooled(words.METRIC, rows)["f1"] == [pytest.approx(0.5)]

    @EXAMPLES
    @given(ANY, ANY)
    def test_equals_the_plain_counters(self, gold: str, text: str) -> None:
        """For any two texts."""
        assert words.score(gold, text) == pytest.approx(plain.word_f1(gold, text), abs=1e-9)


class TestSnippets:
    GOLD = Snippets(("Alpha beta", "gamma  delta", "epsilon"), ("Share this", "Log in"))

    def test_wcxb(self) -> None:
        """Case does not count and white space does: 'alpha BETA' is found, 'gamma delta' with one space is not,
        'epsilon' is not: 1/3. Of the unwanted, 'share THIS' is found: 1/2."""
        values = snippets_wcxb.METRIC.measure(case("alpha BETA gamma delta share THIS", snippets=self.GOLD))
        assert values == {"with": pytest.approx(1 / 3), "without": 0.5}

    def test_wcxb_counts_no_snippets_as_one_in_both(self) -> None:
        """Upstream's oddity, kept: even the rate of boilerplate, where 1 is worst."""
        values = snippets_wcxb.METRIC.measure(case("", snippets=Snippets((), ())))
        assert values == {"with": 1.0, "without": 1.0}

    def test_wcxb_pools_the_page_means(self) -> None:
        """Rates 1/3 and 1, 1/2 and 1: means 2/3 and 3/4."""
        rows = [{"with": 1 / 3, "without": 0.5}, {"with": 1.0, "without": 1.0}]
        assert pooled(snippets_wcxb.METRIC, rows) == {"with": [pytest.approx(2 / 3)], "without": [0.75]}

    def test_trafilatura(self) -> None:
        """Case counts and the kind of white space does not: 'Alpha\\nbeta' and 'gamma delta' are found, 'Epsilon'
        is not 'epsilon'; 'Log  in' is found, 'share this' is not 'Share this'."""
        text = " Alpha\n beta and gamma delta. Epsilon. share this Log\tin "
        values = snippets_trafilatura.METRIC.measure(case(text, snippets=self.GOLD))
        assert values == {"tp": 2, "fn": 1, "fp": 1, "tn": 1}

    def test_trafilatura_counts_a_failed_page_as_all_missed_and_nothing_leaked(self) -> None:
        """A failed page has the empty text; not even a blank snippet is found in it."""
        gold = Snippets(("a", " "), ("b", "c"))
        values = snippets_trafilatura.METRIC.measure(case("", snippets=gold))
        assert values == {"tp": 0, "fn": 2, "fp": 0, "tn": 2}

    def test_trafilatura_sums_over_the_corpus(self) -> None:
        """tp 2 + 1, fn 1 + 0, fp 1 + 0, tn 1 + 2: P 3/4, R 3/4, accuracy 6/8, F1 6/8. No page: all 0."""
        rows = [{"tp": 2.0, "fn": 1.0, "fp": 1.0, "tn": 1.0}, {"tp": 1.0, "fn": 0.0, "fp": 0.0, "tn": 2.0}]
        figures = pooled(snippets_trafilatura.METRIC, rows, [[1, 1], [0, 0]])
        assert figures == {name: [0.75, 0.0] for name in ("f1", "precision", "recall", "accuracy")}

    @EXAMPLES
    @given(st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=4), ANY)
    def test_both_equal_the_plain_ones(self, wanted: list[str], unwanted: list[str], text: str) -> None:
        """For any snippets and texts; a text of white space alone is treated as a failed page."""
        page = case(text, snippets=Snippets(tuple(wanted), tuple(unwanted)))
        assert snippets_wcxb.METRIC.measure(page) == {
            "with": plain.wcxb_rate(wanted, text),
            "without": plain.wcxb_rate(unwanted, text),
        }
        counts = plain.snippet_counts(wanted, unwanted, text if text.strip() else None)
        values = snippets_trafilatura.METRIC.measure(page)
        assert values is not None
        assert counts == tuple(values[name] for name in ("tp", "fp", "fn", "tn"))


class TestRouge:
    @pytest.mark.parametrize(
        ("gold", "text", "expected"),
        [
            # Lin (2004), 3.2: r = w1 w2 w3 w4 w5, c1 = w1 w2 w6 w7 w8, c2 = w1 w3 w8 w9 w5. The union of the two
            # subsequences is w1 w2 w3 w5: 4 hits. R = 4/5, P = 4/10, F1 = 8/15.
            ("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", (4 / 10, 4 / 5, 8 / 15)),
            # 'a' stands in both reference sentences, but once in the output: one hit. P 1/1, R 1/2.
            ("a\na", "a", (1, 1 / 2, 2 / 3)),
            # Case is kept and punctuation stays on its word: no hit.
            ("Word", "word Word.", (0, 0, 0)),
            # Sentences out of order cost nothing.
            ("a b\nc d", "c d\n\na b", (1, 1, 1)),
            # One output sentence: the subsequence of 'a b' in 'b a' is one word, whichever.
            ("a b", "b a", (1 / 2, 1 / 2, 1 / 2)),
            # Of the two a's, rouge-score takes the last for 'x a'; with 'y a' the union is x y a, not x a y a.
            ("x a y a", "x a\ny a", (3 / 4, 3 / 4, 3 / 4)),
            ("", "", (1, 1, 1)),
            (" \n", "\n", (1, 1, 1)),
            ("", "a", (0, 1, 0)),
            ("a", "", (0, 0, 0)),
        ],
    )
    def test_hand_worked(self, gold: str, text: str, expected: tuple[float, float, float]) -> None:
        """Sentences by newline, tokens by white space."""
        assert rouge.score(gold, text) == pytest.approx(expected)
        assert plain.rouge_lsum(gold, text) == pytest.approx(expected)

    @EXAMPLES
    @given(ANY, ANY)
    def test_equals_the_plain_table(self, gold: str, text: str) -> None:
        """For any two texts, ties among subsequences included."""
        assert rouge.score(gold, text) == pytest.approx(plain.rouge_lsum(gold, text), abs=1e-9)

    def test_long_lines_equal_the_plain_table(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the table is held in pieces, the path through it is the same."""
        rng = random.Random(7)
        gold, text = ("\n".join(" ".join(rng.choices("abcdef", k=90)) for _ in range(3)) for _ in range(2))
        expected = plain.rouge_lsum(gold, text)
        for stride in (1, 7, 90, 1024):
            monkeypatch.setattr(rouge, "_STRIDE", stride)
            assert rouge.score(gold, text) == pytest.approx(expected, abs=1e-9)


class TestEdit:
    @pytest.mark.parametrize(
        ("gold", "text", "similarity"),
        [
            # kitten → sitting takes three edits; the longer has seven characters.
            ("kitten", "sitting", 1 - 3 / 7),
            ("", "abc", 0),
            ("abc", "", 0),
            ("na\u00efve", "na\u00efve", 1),
        ],
    )
    def test_hand_worked(self, gold: str, text: str, similarity: float) -> None:
        """Characters are code points."""
        assert {"similarity": pytest.approx(similarity), "bound": 0.0} == measured(edit.METRIC, gold, text)

    def test_two_empty_texts_take_no_part(self) -> None:
        """Not applicable is not zero."""
        assert edit.METRIC.measure(case("", "")) is None

    @EXAMPLES
    @given(ANY, ANY)
    def test_the_bound_is_never_above_the_similarity(self, gold: str, text: str) -> None:
        """Whatever the texts, were they too long to compare."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(edit, "EXACT", 30)
            if gold or text:
                bound = measured(edit.METRIC, gold, text)["similarity"]
                assert 0 <= bound <= plain.edit_similarity(clean(gold), clean(text)) + 1e-9

    @EXAMPLES
    @given(ANY, ANY)
    def test_equals_the_plain_table(self, gold: str, text: str) -> None:
        """For any two texts that are not both empty; spaces that nobody sees are spaces in both."""
        if gold or text:
            similarity = measured(edit.METRIC, gold, text)["similarity"]
            assert similarity == pytest.approx(plain.edit_similarity(clean(gold), clean(text)), abs=1e-9)
