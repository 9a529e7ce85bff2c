"""Fundus: a small invented corpus in its layout, what only its layout can have wrong, and the real one where it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from goldspan.data.corpora import open_corpus
from goldspan.errors import CorpusError
from tests.foreign import TEXT, fundus_article, make_fundus, page, write_gz, write_json


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_fundus(tmp_path)
    return tmp_path


def read_all(root: Path) -> None:
    corpus = open_corpus(f"fundus:{root}")
    for id in corpus.ids:
        corpus.plain(id)


def test_what_it_states(root: Path) -> None:
    """Summary, headlines and paragraphs, one a line; the site is the registrable domain, the language the page's."""
    corpus = open_corpus(f"fundus:{root}")
    assert corpus.ids == ("is-Vedur_2024_01_02", "uk-RiverNews_2023_04_05", "uk-RiverNews_2024_01_02")
    sample = corpus.plain("uk-RiverNews_2023_04_05")
    assert (sample.page.data, sample.page.url) == (page(), "https://news.river.example.co.uk/herons")
    first, second = TEXT.split("\n")
    assert sample.gold.reference == f"{first}\nBefore breakfast\n{second}"
    assert sample.gold.metadata == {
        "title": "Herons on the weir",
        "authors": ["Zoë Marsh", "River News"],
        "published": "2023-04-05 09:30:00+02:00",
    }
    about = sample.gold.about
    assert (about.site, about.language, about.page_type, about.origin) == ("example.co.uk", "en", "news", "crawled")
    assert (sample.gold.snippets, sample.gold.blocks) == (None, None)


def test_pages_and_versions_are_paired_in_time(root: Path) -> None:
    """The later page is the later version's, and versions are numbers: V1_10 comes after V1_2."""
    corpus = open_corpus(f"fundus:{root}")
    assert corpus.plain("uk-RiverNews_2024_01_02").gold.metadata["title"] == "Floods at the weir"
    write_gz(root / "uk" / "RiverNews_2025_03_04.html.gz", page("<!-- latest -->"))
    facts = json.loads((root / "uk" / "meta.info").read_text("utf-8"))
    facts["RiverNews_2025_03_04.html.gz"] = {"url": "https://www.river.example.co.uk/", "crawl_date": "2025-03-04"}
    write_json(root / "uk" / "meta.info", facts)
    titles = {"V1_10": "third", "V1_2": "second", "V1": "first"}
    write_json(root / "uk" / "RiverNews.json", {key: fundus_article(title=title) for key, title in titles.items()})
    corpus = open_corpus(f"fundus:{root}")
    found = [corpus.plain(id).gold.metadata["title"] for id in corpus.ids if id.startswith("uk")]
    assert found == ["first", "second", "third"]


def test_no_authors_are_not_annotated(root: Path) -> None:
    """Neither a missing key nor an empty list says that somebody looked."""
    corpus = open_corpus(f"fundus:{root}")
    for id in ("is-Vedur_2024_01_02", "uk-RiverNews_2024_01_02"):
        assert "authors" not in corpus.plain(id).gold.metadata


def test_its_text_is_projected(root: Path) -> None:
    """A headline that the page lacks is neutral; the title is no body."""
    gold = open_corpus(f"fundus:{root}").load("uk-RiverNews_2023_04_05").gold
    assert gold.blocks is not None
    assert [block.label for block in gold.blocks] == ["other", "title", "body", "body", "other"]
    assert [block.text for block in gold.extra] == ["Before breakfast"]


@pytest.mark.parametrize(
    ("file", "data", "message"),
    [
        ("uk/meta.info", None, "meta.info is missing"),
        ("uk/meta.info", b"{", "not valid JSON"),
        ("uk/meta.info", b"{}", "meta.info has no 'RiverNews_2023_04_05.html.gz'"),
        ("is/meta.info", b'{"Vedur_2024_01_02.html.gz": {"crawl_date": "x"}}', "'Vedur_2024_01_02' has no 'url'"),
        ("uk/RiverNews_2023_04_05.html.gz", None, "RiverNews_2023_04_05.html.gz is missing"),
        ("uk/RiverNews_2023_04_05.html.gz", b"", "is empty"),
        ("uk/RiverNews.json", None, "RiverNews_2023_04_05.html.gz is of no publisher"),
        ("uk/Other.json", b'{"V1": {}}', "Other.json has 1 versions for 0 pages"),
        ("uk/undated.html.gz", b"x", "undated.html.gz is of no publisher"),
        ("is/Vedur.json", b'{"V1": {}, "V2": {}}', "Vedur.json has 2 versions for 1 pages"),
        ("is/Vedur.json", b'{"newest": {}}', "'newest' is no version"),
        ("is/Vedur.json", b'{"V1": []}', "'V1' holds a list where an object belongs"),
        ("is/Vedur.json", b'{"V1": {}}', "'V1' has no 'body'"),
        ("is/Vedur.json", b'{"V1": {"body": {"summary": []}}}', "'body' has no list of 'sections'"),
        ("is/Vedur.json", b'{"V1": {"body": {"summary": "x", "sections": []}}}', "'summary' is not a list of texts"),
        ("is/Vedur.json", b'{"V1": {"body": {"summary": [], "sections": [7]}}}', "section 1 holds a number"),
        (
            "is/Vedur.json",
            b'{"V1": {"body": {"summary": [], "sections": [{"headline": []}]}}}',
            "section 1 has no 'paragraphs'",
        ),
        (
            "is/Vedur.json",
            b'{"V1": {"body": {"summary": [], "sections": []}, "title": 7}}',
            "'title' is a number",
        ),
    ],
)
def test_a_fault_is_one_line(root: Path, file: str, data: bytes | None, message: str) -> None:
    """What is wrong, in which file, and what to do."""
    if data is None:
        (root / file).unlink()
    else:
        (root / file).write_bytes(data)
    with pytest.raises(CorpusError, match=re.escape(message)) as caught:
        read_all(root)
    line = str(caught.value)
    assert "\n" not in line
    assert str(root) in line


class TestReal:
    def test_it_opens(self, shared_corpora: Path) -> None:
        """152 pages, each with a title, a date and a text; the digest is the same when it is opened again."""
        corpus = open_corpus(f"fundus:{shared_corpora / 'fundus'}")
        assert len(corpus) == len(set(corpus.ids)) == 152
        golds = [corpus.plain(id).gold for id in corpus.ids]
        assert all(gold.metadata["title"] and gold.metadata["published"] and gold.about.site for gold in golds)
        assert min(len(gold.reference or "") for gold in golds) > 300
        assert corpus.digest == open_corpus(f"fundus:{shared_corpora / 'fundus'}").digest

    def test_versions_are_of_their_pages(self, shared_corpora: Path) -> None:
        """A page paired with another version's text would have next to none of it: of all but one, which ships its
        article as a script's data alone, the stream holds at least 0.99."""
        corpus = open_corpus(f"fundus:{shared_corpora / 'fundus'}")
        coverages = {id: corpus.load(id).gold.coverage for id in corpus.ids}
        assert [id for id, found in coverages.items() if found is None or found < 0.99] == ["kr-HankookIlbo_2026_01_29"]
