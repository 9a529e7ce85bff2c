"""The pages of the golden scores, with their labels in the markup, and the outputs that are scored on them.

``data-gs`` is an element's label, ``data-gs-role`` its role, ``data-gs-copy`` the number of the block that it copies.
"""

from __future__ import annotations

from collections.abc import Mapping

from goldspan.core.text import MarkedBlock, build_marked
from goldspan.model import About, Extraction, Gold, GoldBlock, Snippets, Span

STORY = """<!doctype html><html lang="en"><title>Clock</title><body>
<nav data-gs="navigation"><a>Home</a> <a>Island news</a> <a>Tide tables</a></nav>
<article>
<p data-gs="kicker">Harbour life</p>
<h1 data-gs="title">The clock that came home</h1>
<p data-gs="deck">After seventy years the school clock strikes again, four minutes late.</p>
<p data-gs="byline">By Ines Halvorsen</p>
<p data-gs="body" data-gs-role="p">When the ferry came round the point on Thursday, the quay was full of people who
 had come for the <b>school</b><i>clock</i> and for nothing else.</p>
<figure><figcaption data-gs="caption">The clock on the quay, before the rain</figcaption></figure>
<div data-gs="advertisement">Buy two copper kettles today and get a third one free</div>
<p data-gs="body" data-gs-role="p">It had stood in the hall of the old school until the roof came down. What was left
 of it was put into a barn. <span data-gs="share">Share this</span></p>
<h2 data-gs="body" data-gs-role="h2">What the plumber found</h2>
<ul><li data-gs="body" data-gs-role="li">Nine wheels</li><li data-gs="body" data-gs-role="li">One bell without a
 tongue</li></ul>
<table><tr><td data-gs="body" data-gs-role="cell">Wheels</td><td data-gs="body" data-gs-role="cell">Brass</td></tr>
<tr><td data-gs="body" data-gs-role="cell">Bell</td><td data-gs="body" data-gs-role="cell">Bronze</td></tr></table>
<blockquote data-gs="pullquote" data-gs-copy="8">The roof came down and nobody came …</blockquote>
<p data-gs="body" data-gs-role="p">On Thursday it struck nine. He said that he would see to the minutes when he had the
 time, and that he did not want a speech.</p>
<p data-gs="tags">Clocks</p>
</article>
<aside data-gs="related">When the ferry came round the point on Monday, nobody waved</aside>
<section><p data-gs="comments">My grandmother wound that clock every week of the war.</p>
<p data-gs="comments">Four minutes late is early for this island.</p></section>
<div hidden data-gs="cookie-consent">We value your privacy</div>
<footer data-gs="legal">Copyright Skerry Post</footer>"""

LISTING = """<!doctype html><html lang="en"><title>News</title><body>
<nav data-gs="navigation"><a>Home</a> <a>Island news</a> <a>Tide tables</a></nav>
<h1 data-gs="title">Island news</h1>
<div data-gs="related">The clock that came home</div>
<div data-gs="related">Ferry delayed by a sleeping seal</div>
<footer data-gs="legal">Copyright Skerry Post</footer>"""

CHINESE = """<!doctype html><html lang="zh"><title>苍鹭</title><body>
<div data-gs="masthead">磨坊日报</div>
<h1 data-gs="title">苍鹭归来</h1>
<p data-gs="body" data-gs-role="p">苍鹭在两个漫长的冬天之后回到了旧磨坊的池塘。</p>
<div data-gs="advertisement">今天买两把铜壶送一把。</div>
<p data-gs="body" data-gs-role="p">村里没有人想到它会原谅他们。</p>
<div data-gs="comments">它一直记得这个池塘。</div>"""


def _label(block: MarkedBlock) -> GoldBlock:
    first, *others = block.marks
    label = first.attributes["data-gs"]
    spans = [Span(m.start, m.end, m.attributes["data-gs"]) for m in others if m.attributes["data-gs"] != label]
    copy = first.attributes.get("data-gs-copy")
    return GoldBlock(
        block.block.text,
        label,
        first.attributes.get("data-gs-role"),
        spans=tuple(spans),
        duplicate_of=int(copy) if copy else None,
        hidden=block.block.hidden,
    )


def _gold(html: str, **more: object) -> Gold:
    return Gold(blocks=tuple(map(_label, build_marked(html))), **more)  # type: ignore[arg-type]


GOLDS: Mapping[str, Gold] = {
    "story": _gold(
        STORY,
        about=About("en", "news"),
        extra=(GoldBlock("The hands were made by the smith of Olden.", "body", "p", source="json-ld"),),
        snippets=Snippets(("struck nine", "The Ferry came", "four minutes"), ("kettles today", "Tide tables")),
        metadata={
            "title": "The clock that came home",
            "authors": ["Ines Halvorsen", "Ole Brandt"],
            "published": "2021-03-04T08:30:00+00:00",
            "modified": None,
            "publisher": "Skerry Post",
            "language": "en-GB",
            "description": "After seventy years a school clock strikes again.",
        },
    ),
    "listing": _gold(LISTING, about=About("en", "listing"), snippets=Snippets((), ("Ferry delayed",))),
    "chinese": _gold(CHINESE, about=About("zh", "news"), metadata={"title": "苍鹭归来", "published": "2024-05"}),
    "text alone": Gold(About("en", "blog"), reference="The clock struck nine.\nHe did not want a speech."),
}
"""A page of each kind: an article with all there is, one without content, one in a script without spaces, and one of a
corpus that states the gold text and no blocks."""


def _lines(gold: Gold) -> list[str]:
    return [block.text for block in gold.blocks or ()] or (gold.reference or "").split("\n")


def _body(gold: Gold) -> list[str]:
    return [block.text for block in gold.blocks or () if block.label == "body"] or _lines(gold)


def outputs(gold: Gold) -> dict[str, Extraction | None]:
    """The outputs that are scored on a page, by name."""
    lines, body = _lines(gold), _body(gold)
    words = " ".join(body).split()
    given = Extraction(
        "\n".join(body),
        title=lines[0],
        authors=("Halvorsen, Ines", "Nobody Else"),
        published="2021-03-04 09:30+01:00",
        modified="2021-03-05",
        publisher="skerry post",
        language="en_US",
        description="A school clock strikes.",
    )
    return {
        "body": given,
        "all": Extraction("\n".join(lines)),
        "half": Extraction(" ".join(words[: len(words) // 2])),
        "back to front": Extraction("\n".join(reversed(lines))),
        "body twice": Extraction("\n".join(body * 2)),
        "every third word lost": Extraction(" ".join(w for i, w in enumerate(words) if i % 3 != 2)),
        "every fifth word another": Extraction(" ".join(w if i % 5 else f"q{i}" for i, w in enumerate(words))),
        "spaces lost": Extraction("".join(f"{w} " if i % 3 else w for i, w in enumerate(words))),
        "markdown": Extraction(
            "# " + "\n\n".join(f"[{line}](https://skerry.example) *†*" for line in lines), "markdown"
        ),
        "html": Extraction("".join(f"<p>{line}<p hidden>zebra</p>" for line in body), "html"),
        "nothing": Extraction(""),
        "failed": None,
    }
