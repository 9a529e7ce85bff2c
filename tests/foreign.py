"""Small invented corpora in the layouts of other people's."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

PAGE = """<!DOCTYPE html><html class="a>b" lang="en-GB"><head><title>Herons</title>{head}</head><body>
<nav>Home Weather Tides</nav><h1>Herons on the weir</h1>
<p>The grey herons came back to the lower weir on Tuesday, two weeks early.</p>
<p>Café owner Zoë Marsh counted eleven of them before breakfast.</p><footer>Imprint</footer></body></html>"""
TEXT = (
    "The grey herons came back to the lower weir on Tuesday, two weeks early.\n"
    "Café owner Zoë Marsh counted eleven of them before breakfast."
)


def page(head: str = "", encoding: str = "utf-8") -> bytes:
    return PAGE.format(head=head).encode(encoding)


def write_json(path: Path, data: object, encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(data, ensure_ascii=False).encode(encoding))


def write_gz(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data))


def make_aeb(root: Path) -> None:
    urls = {"aa11": "https://news.river.example.co.uk/herons?x=1", "bb22": "http://127.0.0.1:8000/"}
    write_json(root / "ground-truth.json", {id: {"articleBody": TEXT, "url": url} for id, url in urls.items()})
    for id in urls:
        write_gz(root / "html" / f"{id}.html.gz", page())


def wcxb_gold(id: str, **changes: Any) -> dict[str, Any]:
    truth = {
        "title": "Herons on the weir",
        "author": "Zoë Marsh and Ian Locke",
        "publish_date": "2023-04-05",
        "main_content": TEXT,
        "with": ["lower weir"],
        "without": ["Imprint"],
    }
    return {
        "file_id": id,
        "url": f"https://blog{id}.example.com/herons",
        "ground_truth": {**truth, **changes},
        "_internal": {"page_type": {"primary": "article"}},
    }


def make_wcxb(root: Path) -> None:
    golds = {
        "0001": wcxb_gold("0001"),
        "0002": wcxb_gold("0002", author=None, publish_date=None, title="")
        | {"_internal": {"page_type": {"primary": "collection"}}},
        "0003": wcxb_gold("0003"),
    }
    del golds["0003"]["ground_truth"]["main_content"]
    for id, gold in golds.items():
        write_json(root / "dev" / "ground-truth" / f"{id}.json", gold)
        write_gz(root / "dev" / "html" / f"{id}.html.gz", page())


def make_trafilatura(root: Path) -> None:
    entry = {
        "title": "Herons on the weir",
        "author": "Zoë Marsh; Ian Locke",
        "date": "2023-04-05",
        "description": "",
        "with": ["lower  weir"],
        "without": ["Imprint"],
    }
    write_json(
        root / "evaldata.json",
        {
            "https://web.archive.org/web/2019id_/http://birds.example.org/a": entry | {"file": "birds.html"},
            "https://www.example.de/b": entry | {"file": "weir.de.html", "author": "", "date": ""},
        },
    )
    (root / "eval").mkdir(parents=True)
    (root / "eval" / "birds.html").write_bytes(page())
    (root / "eval" / "weir.de.html").write_bytes(page('<meta charset="iso-8859-1">', "latin-1"))


def make_readability(root: Path) -> None:
    facts = {
        "title": "Herons on the weir",
        "byline": "By Zoë Marsh",
        "siteName": "River News",
        "lang": "en_GB",
        "publishedTime": None,
        "excerpt": "x",
    }
    for id, byline in (("herons", facts["byline"]), ("herons-2", "Zoë Marsh, 5 April 2023")):
        folder = root / "test-pages" / id
        write_json(folder / "expected-metadata.json", facts | {"byline": byline})
        (folder / "source.html").write_bytes(page('<link rel="canonical" href="https://www.river.example.net/x">'))
        lines = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
        (folder / "expected.html").write_text(f'<div id="readability-page-1">{lines}</div>', "utf-8")


def fundus_article(**changes: Any) -> dict[str, Any]:
    first, second = TEXT.split("\n")
    body = {"summary": [first], "sections": [{"headline": ["Before breakfast"], "paragraphs": [second]}]}
    article = {
        "authors": ["Zoë Marsh", "River News"],
        "body": body,
        "images": [],
        "publishing_date": "2023-04-05 09:30:00+02:00",
        "title": "Herons on the weir",
        "topics": ["Herons"],
    }
    return {**article, **changes}


def make_fundus(root: Path) -> None:
    """One publisher whose rules had a second version when a later page was kept, and one of another country."""
    pages = {
        "uk/RiverNews_2023_04_05": ("https://news.river.example.co.uk/herons", ""),
        "uk/RiverNews_2024_01_02": ("https://www.river.example.co.uk/floods", "<!-- later -->"),
        "is/Vedur_2024_01_02": ("https://vedur.example.is/", ""),
    }
    for country in ("uk", "is"):
        facts = {
            f"{name.removeprefix('uk/').removeprefix('is/')}.html.gz": {"url": url, "crawl_date": "2024-01-02 10:00:00"}
            for name, (url, _) in pages.items()
            if name.startswith(country)
        }
        write_json(root / country / "meta.info", facts)
    for name, (_, head) in pages.items():
        write_gz(root / f"{name}.html.gz", page(head))
    later = fundus_article(title="Floods at the weir", authors=[])
    write_json(root / "uk" / "RiverNews.json", {"V1": fundus_article(), "V1_1": later})
    lone = fundus_article(body={"summary": [], "sections": [{"headline": [], "paragraphs": TEXT.split("\n")}]})
    del lone["authors"]
    write_json(root / "is" / "Vedur.json", {"V2": lone})


MAKERS = {
    "aeb": make_aeb,
    "wcxb": make_wcxb,
    "trafilatura": make_trafilatura,
    "readability": make_readability,
    "fundus": make_fundus,
}
