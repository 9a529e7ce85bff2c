"""The registry's conformance test, and what a name on the command line becomes."""

from __future__ import annotations

import difflib
import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint, packages_distributions
from pathlib import Path
from typing import Any, ClassVar

import pytest

from goldspan.core.text import render, tokenise
from goldspan.errors import ExtractorError
from goldspan.extractors import (
    REGISTERED,
    Entry,
    Extractor,
    FunctionExtractor,
    PageInput,
    call,
    complete,
    describe,
    normalise,
    registered,
    resolve,
    warm_up,
)
from goldspan.extractors.library import LibraryAdapter
from goldspan.extractors.registry import GROUP, plugins
from goldspan.model import FIELDS, Extraction
from tests.helpers import ROOT

# What the libraries warn of is their own affair.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

PARAGRAPHS = (
    "When the ferry from the mainland came round the point on Thursday morning, there were more people on "
    "the quay than had been there at any time since the war, and most of them had come for the clock.",
    "It had been made in the valley by two sisters who never sold another, and it had stood in the hall of "
    "the old school until the roof came down. What was left of it was put into a barn, where it was found by "
    "a plumber who had gone in to look for a leak.",
    "He was told that it would never run again. He took it home with him all the same, and in the winters to "
    "come he made the wheels that were missing out of brass from a wreck, one after the other, with a file "
    "and with the patience for which his family is known on the island.",
    "On Thursday it struck nine, for the first time in seventy years, and it was only four minutes late. He "
    "said that he would see to the minutes when he had the time, and that he did not want a speech.",
    "The school has asked for it to be brought back. The council will have to decide in the spring whether "
    "the hall is dry enough, and who is to climb up to it every week with the key.",
)
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>The clock that came home</title>
<meta name="author" content="Ines Halvorsen">
<meta name="description" content="After seventy years a school clock strikes again.">
<meta property="article:published_time" content="2021-03-04T08:30:00+00:00">
<meta property="og:site_name" content="Skerry Post">
</head><body>
<ul id="menu"><li><a href="/">Start</a></li><li><a href="/weather">Weather</a></li></ul>
<article><h1>The clock that came home</h1>{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article>
<div id="footer"><a href="/imprint">Imprint</a></div>
</body></html>"""
INPUT = PageInput(html=PAGE, url="https://skerry.example/2021/clock.html")
SILENT = {"nothing"}


def locked() -> set[str]:
    """The distributions of the lock that the tests are set up with, by their normalised names."""
    lines = (ROOT / "scripts" / "locks" / "dev.txt").read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0].lower() for line in lines if "==" in line and not line.startswith((" ", "#"))}


def fault_of(extractor: Extractor) -> str | None:
    """What is wrong with an adapter's library; None where nothing is, or where it needs none."""
    if not isinstance(extractor, LibraryAdapter):
        return None
    name, distribution, names = extractor.name, extractor.distribution, locked()
    normalised_name = re.sub(r"[-_.]+", "-", distribution).lower()
    if normalised_name not in names:
        close = difflib.get_close_matches(normalised_name, names, 1)
        meant = f". Did you mean '{close[0]}'?" if close else ""
        return f"{name}: its distribution '{distribution}' is not in scripts/locks/dev.txt{meant}"
    try:
        extractor.version()
        extractor.warm_up()
    except ExtractorError as error:
        return f"{name}: '{distribution}' is in scripts/locks/dev.txt, and yet: {error}"
    module = extractor.module.partition(".")[0]
    owners = packages_distributions().get(module, [])
    if distribution.lower() not in {owner.lower() for owner in owners}:
        return f"{name}: its module '{module}' comes from {owners}, not from its distribution '{distribution}'"
    return None


def ready(spec: str) -> Extractor:
    """The extractor, warmed up. A library that is absent is a fault and no reason to skip: the lock has them all."""
    extractor = resolve(spec)
    fault = fault_of(extractor)
    assert fault is None, fault
    warm_up(extractor)
    return extractor


# every registered extractor


@pytest.mark.parametrize("name", registered())
def test_conforms(name: str) -> None:
    extractor = ready(name)
    assert isinstance(extractor, Extractor)
    system = describe(extractor)
    assert system.name == name
    assert system.version not in ("", "unknown")
    assert system.options == {}
    assert set(system.fields) <= set(FIELDS)

    extraction = complete(extractor, INPUT, call(extractor, INPUT))
    assert type(extraction.text) is str
    assert set(extraction.metadata()) <= set(system.fields)
    words = set(tokenise(render(extraction)))
    gold_tokens = set(tokenise(" ".join(PARAGRAPHS)))
    if name in SILENT:
        assert not words
    else:
        assert gold_tokens <= words, sorted(gold_tokens - words)


@pytest.mark.parametrize("name", registered())
def test_answers_alike_when_asked_again(name: str) -> None:
    extractor = ready(name)
    first = complete(extractor, INPUT, call(extractor, INPUT))
    assert complete(extractor, INPUT, call(extractor, INPUT)) == first
    assert call(extractor, PageInput(html=PAGE)).text == first.text, "the URL may change metadata, not the text"


@pytest.mark.parametrize("name", REGISTERED)
def test_an_empty_page_gives_no_text_or_an_error(name: str) -> None:
    extractor = ready(name)
    try:
        extraction = call(extractor, PageInput(html="", url=INPUT.url))
    except TypeError:
        pytest.fail("a TypeError would be a fault of the adapter")
    except Exception:
        return
    assert not render(extraction).strip()


@pytest.mark.parametrize("name", REGISTERED)
def test_fetches_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    asked: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> None:
        asked.append(arguments)
        raise OSError("no network in this test")

    extractor = ready(name)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    image = '<img src="https://skerry.example/clock.jpg" width="900" height="600">'
    page = PageInput(html=PAGE.replace("<article>", f"<article>{image}"), url=INPUT.url)
    complete(extractor, page, call(extractor, page))
    assert not asked


@pytest.mark.parametrize(
    ("distribution", "module", "fault"),
    [
        (
            "trafilatur",
            "trafilatura",
            "planted: its distribution 'trafilatur' is not in scripts/locks/dev.txt. Did you mean 'trafilatura'?",
        ),
        ("qqqq", "trafilatura", "planted: its distribution 'qqqq' is not in scripts/locks/dev.txt"),
        (
            "trafilatura",
            "trafilatur",
            "planted: 'trafilatura' is in scripts/locks/dev.txt, and yet: planted needs trafilatura, which is not "
            "installed. Install it: pip install 'goldspan[extractors]'",
        ),
        (
            "html2text",
            "html_text",
            "planted: its module 'html_text' comes from ['html-text'], not from its distribution 'html2text'",
        ),
    ],
)
def test_a_planted_fault_of_an_adapter_is_named(distribution: str, module: str, fault: str) -> None:
    """A typo fails and names itself; it never skips the tests of conformance."""
    spread = {"name": "planted", "distribution": distribution, "module": module}
    planted: Any = dataclass(frozen=True)(type("Planted", (LibraryAdapter,), spread))
    assert fault_of(planted()) == fault


def test_metadata_of_a_call_of_its_own() -> None:
    extraction = complete(ready("trafilatura"), INPUT, Extraction(text="x", title="Kept"))
    assert extraction.title == "Kept"
    assert extraction.authors == ("Ines Halvorsen",)
    assert extraction.published == "2021-03-04"
    assert extraction.publisher == "Skerry Post"


def test_placeholders_of_readability_are_no_metadata() -> None:
    extractor = ready("readability-lxml")
    page = PageInput(html=f"<article>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</article>")
    assert complete(extractor, page, call(extractor, page)).metadata() == {}


def test_newspaper_falls_back_to_english_where_a_tokenizer_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    extractor = ready("newspaper4k")
    article = extractor.library.Article  # type: ignore[attr-defined]
    asked = []

    def parse(self: Any) -> Any:
        asked.append(self.config.use_meta_language)
        if self.config.use_meta_language:
            raise LookupError("a tokenizer's data")
        return original(self)

    original = article.parse
    monkeypatch.setattr(article, "parse", parse)
    assert PARAGRAPHS[0][:40] in call(extractor, INPUT).text
    assert asked == [True, False]


def test_an_absent_library_says_how_to_get_it() -> None:
    @dataclass(frozen=True)
    class Absent(LibraryAdapter):
        name: ClassVar[str] = "absent"
        distribution: ClassVar[str] = "goldspan-no-such-thing"
        module: ClassVar[str] = "goldspan_no_such_thing"

    for failing in (Absent().version, Absent().warm_up):
        with pytest.raises(ExtractorError, match=r"pip install 'goldspan\[extractors\]'"):
            failing()


def test_a_library_that_lacks_a_dependency_is_told_from_an_absent_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gs_half_there.py").write_text("import goldspan_no_such_thing\n")
    monkeypatch.syspath_prepend(tmp_path)

    @dataclass(frozen=True)
    class Half(LibraryAdapter):
        name: ClassVar[str] = "half"
        distribution: ClassVar[str] = "gs-half-there"
        module: ClassVar[str] = "gs_half_there"

    with pytest.raises(ExtractorError, match=r"is installed but cannot be imported.*goldspan_no_such_thing"):
        Half().warm_up()


# options


def test_options_get_the_types_of_their_fields() -> None:
    extractor: Any = resolve("trafilatura?favor_precision=true&fast=1&output_format=markdown")
    assert (extractor.favor_precision, extractor.fast, extractor.output_format) == (True, True, "markdown")
    justext: Any = resolve("justext?language=German&max_link_density=.4&length_low=30")
    assert (justext.language, justext.max_link_density, justext.length_low) == ("German", 0.4, 30)


def test_only_what_differs_from_the_default_is_part_of_the_system() -> None:
    key = describe(ready("trafilatura?fast=yes&include_tables=true")).key
    assert key.partition("?")[2] == "fast=true"


def test_markdown_is_declared_as_such() -> None:
    assert call(ready("trafilatura?output_format=markdown"), INPUT).format == "markdown"
    assert call(ready("html2text"), INPUT).format == "markdown"
    assert call(ready("readability-lxml"), INPUT).format == "html"


def test_markdown_that_would_keep_the_parser_for_hours_is_taken_as_it_stands() -> None:
    """Quotes and lists that go on lazily: without a bound, time grows with the square of the lines."""
    lines = "<http://a\n> - 1. \n    "
    few, many = (render(Extraction(lines * times, "markdown")) for times in (20, 3000))
    assert tokenise(few) == ["http", "a"] * 20
    assert tokenise(many) == ["http", "a", "1"] * 3000
    nested = "".join(f"{'> ' * depth}- word\n" for depth in range(19)) * 20
    assert set(tokenise(render(Extraction(nested, "markdown")))) == {"word"}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("trafilatur", "No extractor is registered as 'trafilatur'. Did you mean 'trafilatura'?"),
        ("Newspaper", "Did you mean 'newspaper4k'?"),
        ("qqqq", "There are beautifulsoup, boilerpy3-article,"),
        ("", "name is empty"),
        (
            "trafilatura?favour_precision=1",
            "has no option 'favour_precision'. Did you mean 'favor_precision'?",
        ),
        ("trafilatura?zzz=1", "Its options are deduplicate, fast, favor_precision,"),
        ("nothing?zzz=1", "nothing has no option 'zzz'. It takes no options."),
        ("trafilatura?fast=maybe", "trafilatura?fast=maybe: expected true or false"),
        ("trafilatura?output_format=xml", "expected one of txt, markdown, html"),
        ("justext?length_low=1.5", "expected a whole number"),
        ("justext?max_link_density=nan", "expected a number"),
        ("trafilatura?fast", "'fast' is no option. Write options as ?name=value&name=value."),
        ("trafilatura?fast=1&fast=0", "'fast' is given twice"),
        ("cmd:node adapter.mjs", "cmd: names no Python extractor"),
        ("predictions:out.jsonl", "predictions: names no Python extractor"),
        ("docker:image/of mine", "names no kind of extractor that is known. Use a registered name,"),
        ("xyz:thing", "There is no module 'xyz'"),
        ("json:nothing_here", "json has no 'nothing_here'"),
        ("./no/such/file.py:extract", "There is no file no/such/file.py"),
        ("./no/such/file", "is no Python file"),
        ("math:pi", "is of the type float, which cannot be called"),
    ],
)
def test_a_wrong_spec_says_what_to_do(spec: str, words: str) -> None:
    with pytest.raises(ExtractorError) as caught:
        resolve(spec)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "option", "words"),
    [
        ("justext", "language=Klingon", "no stop list 'Klingon'"),
        ("newspaper4k", "language=english", "does not know the language 'english'"),
    ],
)
def test_what_a_library_does_not_know_is_told_before_the_first_page(name: str, option: str, words: str) -> None:
    ready(name)
    with pytest.raises(ExtractorError, match=words):
        warm_up(resolve(f"{name}?{option}"))


# other people's code

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file into a folder of the test's own; returns its path as one would type it."""

    def put(code: str, name: str = "mine.py") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
        return str(path)

    return put


def test_a_function_in_a_file(write: Write) -> None:
    code = "def extract(html, url):\n    return f'{len(html)} {url}'\n"
    path = write(code)
    extractor = resolve(f"{path}:extract")
    assert isinstance(extractor, FunctionExtractor)
    assert extractor.name == "mine:extract"
    assert extractor.version() == hashlib.sha256(code.encode()).hexdigest()[:8]
    assert call(extractor, PageInput(html="<p>", url="u")) == Extraction(text="3 u")
    assert resolve(path).name == "mine:extract", "the function extract is the default"


def test_a_file_from_the_current_folder(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(write("def extract(html): return html"))
    monkeypatch.chdir(path.parent)
    assert call(resolve("./mine.py:extract"), PageInput(html="x")).text == "x"
    assert call(resolve("mine.py"), PageInput(html="x")).text == "x"


def test_a_module_from_the_current_folder(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(write("__version__ = '1.2'\ndef find(html, url): return html", "gs_pack/inner.py"))
    monkeypatch.chdir(path.parent.parent)
    extractor = resolve("gs_pack.inner:find")
    assert describe(extractor).key == "gs_pack.inner:find@1.2"
    assert str(path.parent.parent) not in sys.path


@pytest.mark.parametrize(
    ("signature", "result"),
    [
        ("html", "P"),
        ("html, url", "P U"),
        ("html, address", "P U"),
        ("html, url=None", "P U"),
        ("html, *, url", "P U"),
        ("html, depth=3", "P 3"),
        ("html, depth=3, url=None", "P 3 U"),
        ("html, /, depth=3", "P 3"),
        ("*everything", "('P', 'U')"),
    ],
)
def test_the_url_is_given_to_those_who_ask_for_it(write: Write, signature: str, result: str) -> None:
    names = [part.split("=")[0].strip(" *") for part in signature.split(",") if part.strip(" */")]
    body = "return ' '.join(str(x) for x in (" + ", ".join(names) + ",))"
    if "*everything" in signature:
        body = "return str(everything)"
    extractor = resolve(write(f"def extract({signature}):\n    {body}\n"))
    assert call(extractor, PageInput(html="P", url="U")).text == result


@pytest.mark.parametrize("signature", ["", "a, b, c", "html, b, url", "html, *, depth", "**anything"])
def test_a_function_that_cannot_take_a_page(write: Write, signature: str) -> None:
    with pytest.raises(ExtractorError, match=r"It must take \(html\) or \(html, url\)"):
        resolve(write(f"def extract({signature}): return ''"))


def test_a_function_that_takes_bytes(write: Write) -> None:
    extractor = resolve(write("def extract(data: bytes) -> str: return str(len(data))"))
    assert describe(extractor).takes == "bytes"
    assert call(extractor, PageInput(data=b"abc")).text == "3"


def test_a_library_function_keeps_its_own_settings() -> None:
    ready("html-text")
    extractor = resolve("html_text:extract_text")
    assert PARAGRAPHS[0] in call(extractor, INPUT).text


def test_a_class_with_options(write: Write) -> None:
    path = write(
        "class Mine:\n"
        "    name = 'mine'\n"
        "    fields = ('title',)\n"
        "    def __init__(self, depth: int = 2, loud=False, factor: float | None = None):\n"
        "        self.given = depth, loud, factor\n"
        "    def version(self): return '7'\n"
        "    def extract(self, page): return {'text': str(self.given), 'title': page.url}\n"
    )
    assert describe(resolve(f"{path}:Mine")).key == "mine@7"
    extractor = resolve(f"{path}:Mine?depth=5&loud=true&factor=none")
    assert describe(extractor).key == "mine@7?depth=5&factor=none&loud=true"
    assert call(extractor, PageInput(url="u")) == Extraction(text="(5, True, None)", title="u")
    with pytest.raises(ExtractorError, match="expected a whole number"):
        resolve(f"{path}:Mine?depth=deep")
    with pytest.raises(ExtractorError, match=r"Its options are depth, factor, loud\."):
        resolve(f"{path}:Mine?qqq=deep")


def test_a_dataclass_with_the_whole_protocol_is_used_as_it_is(write: Write) -> None:
    path = write(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from typing import ClassVar\n"
        "from goldspan.model import Extraction\n"
        "@dataclass(frozen=True)\n"
        "class Mine:\n"
        "    deep: bool = False\n"
        "    name: ClassVar[str] = 'mine'\n"
        "    takes: ClassVar[str] = 'bytes'\n"
        "    fields: ClassVar[tuple[str, ...]] = ()\n"
        "    tuned_on: ClassVar[tuple[str, ...]] = ('core',)\n"
        "    def version(self): return '1'\n"
        "    def extract(self, page): return Extraction(text=page.data.decode())\n"
        "made = Mine(deep=True)\n"
    )
    system = describe(resolve(f"{path}:Mine?deep=true"))
    assert (system.key, system.takes, system.tuned_on) == ("mine@1?deep=true", "bytes", ("core",))
    assert describe(resolve(f"{path}:Mine?deep=false")).key == "mine@1"
    assert describe(resolve(f"{path}:made")).key == "mine@1?deep=true"
    assert call(resolve(f"{path}:made"), PageInput(data=b"x")).text == "x"


def test_an_object_may_leave_out_what_has_a_default(write: Write) -> None:
    path = write(
        "class Mine:\n"
        "    warm = 0\n"
        "    def extract(self, page): return f'{self.warm}'\n"
        "    def warm_up(self): self.warm += 1\n"
        "    def metadata(self, page): return {'title': 'T'}\n"
        "made = Mine()\n"
    )
    extractor = resolve(f"{path}:made")
    warm_up(extractor)
    assert complete(extractor, INPUT, call(extractor, INPUT)) == Extraction(text="1", title="T")
    system = describe(extractor)
    assert (system.name, system.takes, system.fields, len(system.version)) == ("mine:made", "html", (), 8)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("takes = 'pages'", "takes must be 'html' or 'bytes', not 'pages'"),
        ("fields = ('headline',)", "fields has 'headline'. The fields are title, authors,"),
        ("fields = 'title'", "fields must be a tuple of strings"),
        ("name = None", "name must be a string, not None"),
        ("def __init__(self, a): pass", "cannot be created (TypeError:"),
        ("def __init__(self): raise OSError('no model')", "cannot be created (OSError: no model)"),
    ],
)
def test_a_class_that_is_no_extractor(write: Write, body: str, words: str) -> None:
    path = write(f"class Mine:\n    {body}\n    def extract(self, page): return ''\n")
    with pytest.raises(ExtractorError) as caught:
        resolve(f"{path}:Mine")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = 1\ndef extract(html:\n", "mine.py, line 2: SyntaxError"),
        ("\n\nimport gs_no_such_library\n", "mine.py, line 3: ModuleNotFoundError: No module named"),
        ("import gs_no_such_library\n", "Install gs_no_such_library in this environment"),
        ("def f():\n    raise KeyError('k')\nf()\n", "mine.py, line 2: KeyError: 'k' (while importing"),
        ("raise SystemExit(3)\n", "mine.py, line 1: SystemExit: 3"),
        ("def extrakt(html): pass\n", "has no 'extract'. Did you mean 'extrakt'?"),
        ("def go(html): pass\nfrom pathlib import Path\n", "has no 'extract'. It defines go."),
        ("", "It defines nothing."),
        ("extract = 3\n", "is of the type int, which cannot be called"),
        ("class extract: pass\n", "has no method extract. Add extract(self, page) to it."),
        ("async def extract(html): pass\n", "is an async function"),
    ],
)
def test_code_that_cannot_be_used_names_the_line(write: Write, code: str, words: str) -> None:
    with pytest.raises(ExtractorError) as caught:
        resolve(write(code))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_function_takes_no_options(write: Write) -> None:
    with pytest.raises(ExtractorError, match=r"takes no options \(a\)"):
        resolve(write("def extract(html): pass") + ":extract?a=1")


def test_two_states_of_a_file_are_told_apart(write: Write) -> None:
    path = write("def extract(html): return 'one'")
    first = resolve(path)
    write("def extract(html): return 'two'")
    second = resolve(path)
    assert first.version() != second.version()
    assert (call(first, INPUT).text, call(second, INPUT).text) == ("one", "two")


def test_each_file_gets_its_own_siblings(write: Write, tmp_path: Path) -> None:
    code = "from gs_rules import RULE\ndef extract(html): return RULE\n"
    found = []
    for rule in ("one", "two"):
        write(f"RULE = {rule!r}\n", f"{rule}/gs_rules.py")
        found.append(resolve(write(code, f"{rule}/mine.py")))
    assert [call(extractor, INPUT).text for extractor in found] == ["one", "two"]
    assert found[0].version() != found[1].version(), "what stands beside a file is part of its version"
    folders = {str(tmp_path / rule) for rule in ("one", "two")}
    assert not folders & set(sys.path)


def test_a_file_that_hides_the_library_it_wants(write: Write) -> None:
    with pytest.raises(ExtractorError, match=r"imports itself under the name 'gs_hider'.*another name"):
        resolve(write("import gs_hider\ndef extract(html): return ''\n", "gs_hider.py"))


# entry points


@pytest.fixture
def plugged(write: Write, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    path = Path(write("def extract(html): return 'plugged'\n", "gs_plugin.py"))
    monkeypatch.syspath_prepend(path.parent)
    targets = {"plugged": "extract", "broken": "missing", "trafilatura": "extract"}
    points = [EntryPoint(name, f"gs_plugin:{target}", GROUP) for name, target in targets.items()]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points if group == GROUP else [])
    plugins.cache_clear()
    yield
    plugins.cache_clear()


@pytest.mark.usefixtures("plugged")
def test_a_package_can_add_an_extractor() -> None:
    assert call(resolve("plugged"), INPUT).text == "plugged"
    assert registered()["plugged"] == Entry("gs_plugin:extract", "from another package")
    assert list(registered()) == [*REGISTERED, "broken", "plugged"], "a plugin does not displace a system"


@pytest.mark.usefixtures("plugged")
def test_a_broken_plugin_is_named() -> None:
    with pytest.raises(ExtractorError, match=r"broken, an extractor of a package, cannot be loaded \(Attribute"):
        resolve("broken")


# what an extractor may return


class Subclass(str):
    """As lxml and BeautifulSoup return them."""


@pytest.mark.parametrize(
    ("result", "extraction"),
    [
        ("words", Extraction(text="words")),
        (None, Extraction(text="")),
        ({}, Extraction(text="")),
        ({"text": None, "title": " "}, Extraction(text="")),
        (
            {"text": "a", "format": "markdown", "authors": ["X", " ", "Y"], "title": ""},
            Extraction(text="a", format="markdown", authors=("X", "Y")),
        ),
        ({"text": "a", "authors": []}, Extraction(text="a")),
        (
            {
                "text": "a",
                "published": date(2017, 2, 13),
                "modified": datetime(2017, 2, 13, 9, 30, tzinfo=UTC),
            },
            Extraction(text="a", published="2017-02-13", modified="2017-02-13T09:30:00+00:00"),
        ),
        ({"text": "a", "published": "2017"}, Extraction(text="a", published="2017")),
        (Extraction(text=" a\n"), Extraction(text=" a\n")),
    ],
)
def test_normalise(result: object, extraction: Extraction) -> None:
    assert normalise(result) == extraction


def test_normalise_lets_go_of_trees() -> None:
    extraction = normalise({"text": Subclass("a"), "title": Subclass("b"), "authors": [Subclass("c")]})
    assert extraction.authors is not None
    assert {type(value) for value in (extraction.text, extraction.title, *extraction.authors)} == {str}


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (3, "the extractor returned int 3; expected a string"),
        (b"bytes", "the extractor returned bytes"),
        (["a"], "the extractor returned list"),
        ({"txt": "a"}, "unknown keys ['txt']; an Extraction has text, format, title"),
        ({"text": 3}, "text must be a string, not int 3"),
        (Extraction(text=None), "text must be a string, not NoneType"),  # type: ignore[arg-type]
        ({"text": "a", "format": "md"}, "format must be one of text, markdown, html, not 'md'"),
        (
            {"text": "a", "authors": "X and Y"},
            "authors must be a list or tuple of strings, one a person, not str",
        ),
        ({"text": "a", "authors": {"X"}}, "authors must be a list or tuple of strings"),
        ({"text": "a", "authors": [3]}, "authors must be strings; the list holds int 3"),
        ({"text": "a", "title": ["T"]}, "title must be a string, not list"),
        ({"text": "a", "published": 2017}, "published must be a string, not int 2017"),
    ],
)
def test_a_result_that_is_none(result: object, words: str) -> None:
    with pytest.raises(TypeError) as caught:
        normalise(result)
    assert words in str(caught.value)
