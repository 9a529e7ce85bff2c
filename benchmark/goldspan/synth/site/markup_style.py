"""How a site's software writes its tags: whole or relative addresses, identifiers, helper classes, tracking attributes,
titles on links, comments behind end tags, wrappers, what plug-ins leave in the head, indentation; whether its own style
sheet stands in the page, and which elements of HTML5 it writes.

Templates say what is on a page; this is what a content management system, a build step and years of tag managers leave
in any markup (:mod:`goldspan.synth.site.site_style`). It runs before the marks are read, and changes no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from goldspan.synth.noise.filler import Filler
from goldspan.synth.rng import Rng
from goldspan.synth.site.site_style import SiteStyle, draw_site_style

_ATTRIBUTES = r"(?:\s+(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)?"
_APART = re.compile(
    r"(<!--.*?-->|<pre\b.*?</pre>|<textarea\b.*?</textarea>|<script\b.*?</script>|<style\b.*?</style>)", re.S
)
_START = re.compile(rf"<([a-z][a-z0-9-]*)({_ATTRIBUTES})>")
_PLAIN_LINK = re.compile(rf'<a({_ATTRIBUTES})>([^<>&"]{{3,90}})</a>')
_END = re.compile(r"</(?:div|section|ul|main|aside|header|footer|nav)>")
_TAG = re.compile(rf"<(/?)([a-z][a-z0-9-]*){_ATTRIBUTES}>")
_ORDERED = re.compile(r"(?<=[\s,>}])ol(?=[\s{,>:.])")  # in a selector
_BODY = re.compile(rf"<body{_ATTRIBUTES}>")
_STYLE = re.compile(r"""<style(?: type="text/css"| id="[\w-]*")*>.*?</style>""", re.S)
_SCRIPT = re.compile(rf"<script({_ATTRIBUTES})>")
_PAIR = r"<{0}(\s[^>]*)?>((?:(?!</?{0}[\s>]).)*)</{0}>"
_BUTTON_IN_TEXT = re.compile(r"<(?:p|h\d)\b[^>]*>(?:(?!</(?:p|h\d)>).)*<button\b", re.S)
_ARTICLE_MARK = re.compile(r'data-gs="(?:body|post|title|deck|byline)')
_BLOCKS = frozenset(
    "address article aside blockquote body div dl dd dt fieldset figure figcaption footer form h1 h2 h3 h4 h5 h6 head "
    "header hr li link main meta nav ol option p section select table tbody td tfoot th thead title tr ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_STYLED = frozenset(
    "a article aside button div figure footer form h2 h3 header i img li main nav ol section span ul".split()
)
_MARKS = re.compile(r' data-gs[\w-]*="[^"]*"')
_INLINE = ("margin-bottom: 12px;", "max-width: 100%", "padding: 0 4px", "margin-top:0", "position:relative")


def apply_markup_style(html: str, host: str, draw: Rng, is_compact: bool) -> str:
    """The page as its site's software would write it.

    Args:
        host: what relative addresses are completed with.
        is_compact: its markup was minified: no indentation.
    """
    dresser = _MarkupStyler(host, draw)
    html = _as_built(dresser.rules(html), dresser.site_style)
    html = dresser.surround(_SCRIPT.sub(dresser.script, _outside(html, dresser.tags)))
    if not is_compact and draw.child("pretty").chance(0.8):
        html = _indented(html, dresser.site_style, draw.child("lines"))
    return html.replace("\n", "\r\n") if dresser.site_style.carriage_returns else html


def _outside(html: str, change: Callable[[str], str]) -> str:
    """Change what stands outside comments, scripts, styles and preformatted text."""
    parts = _APART.split(html)
    parts[::2] = map(change, parts[::2])
    return "".join(parts)


def _as_built(html: str, site_style: SiteStyle) -> str:
    """Elements as this generation of markup has them; the article's own lists stay what they are."""
    for tag in site_style.plain:
        html = re.sub(rf"<(/?){tag}(?=[\s>])", r"<\1div", html)
    for tag, other in (("article", "div"), ("time", "span"), ("ol", "ul")):
        if tag not in site_style.boxes:
            html = _rewritten(html, tag, other)
    if "ol" not in site_style.boxes:
        html = _STYLE.sub(lambda match: _ORDERED.sub("ul", match[0]), html)
    if "button" not in site_style.boxes and not _BUTTON_IN_TEXT.search(html):
        role = ' role="button" tabindex="0"' if "role" in site_style.boxes else ""
        html = re.sub(r"<button(?=[\s>])", f"<div{role}", html).replace("</button>", "</div>")
    return html


def _rewritten(html: str, tag: str, other: str) -> str:
    """Elements that hold nothing of the article as another element."""

    def change(match: re.Match[str]) -> str:
        attributes = match[1] or ""
        if tag != "time" and _ARTICLE_MARK.search(match[0]):
            return match[0]
        if tag == "time":
            attributes = re.sub(r' datetime="[^"]*"', "", attributes)
        return f"<{other}{attributes}>{match[2]}</{other}>"

    return re.sub(_PAIR.format(tag), change, html, flags=re.S)


class _MarkupStyler:
    def __init__(self, host: str, draw: Rng) -> None:
        self.site_style = draw_site_style(draw)
        self._base = f"https://{host}"
        self._draw = draw.child("tags")
        self._around = draw.child("around")
        self._clutter = Filler(draw.child("names"))
        self._count = draw.child("count").whole(100, 9000)
        self._said: list[str] = []

    def rules(self, html: str) -> str:
        """The site's own style sheet in a file, where it is not in the page."""
        sheets = 0

        def moved(match: re.Match[str]) -> str:
            nonlocal sheets
            sheets += 1
            if self.site_style.rules == "page" or (self.site_style.rules == "first" and sheets == 1):
                return match[0]
            word = self._clutter.word()
            return f'<link rel="stylesheet" href="{self._base}/{word}/{word}.css?{self._around.text(8)}">'

        return _STYLE.sub(moved, html)

    def script(self, match: re.Match[str]) -> str:
        """A start tag of a script; what states a type is data as often as script."""
        rare = "" if " type=" in match[1] else self._rare("script", match[1], self._around)
        return f"<script{match[1]}{rare}>"

    def _rare(self, tag: str, attributes: str, draw: Rng) -> str:
        """Attributes that this site gives to elements of this kind."""
        added = ""
        for text, share in self.site_style.rare.get(tag, ()):
            name = re.split("[ =]", text, maxsplit=1)[0]
            if f" {name}" not in attributes and draw.chance(share):
                added += " " + self._filled(text, draw)
        return added

    def _filled(self, text: str, draw: Rng) -> str:
        text = re.sub(r"\{n\}", lambda _: str(draw.whole(1, 999)), text)
        text = re.sub(r"\{code\}", lambda _: draw.pick("abcdefghk") + draw.text(6, "abcdefghkmnprst0123456789"), text)
        return text.replace("{name}", self._clutter.name() if "{name}" in text else "")

    def tags(self, html: str) -> str:
        """Every start and end tag of a part of the page."""
        html = _START.sub(self._start, _PLAIN_LINK.sub(self._link_text, html))
        return _END.sub(self._closed, html) if self.site_style.closers or self.site_style.cleared_share else html

    def _alike(self, text: str) -> Rng:
        """The stream of all elements that are written alike: a template gives them the same style wherever they are."""
        return self._draw.child(_MARKS.sub("", text))

    def _link_text(self, match: re.Match[str]) -> str:
        """A link with its text: a title that repeats it, an icon before it."""
        attributes, text = match[1], match[2]
        said = " ".join(text.split())
        self._said.append(said)
        draw = self._alike(f"{attributes}>{said}")
        if " title=" not in attributes and draw.chance(self.site_style.title_share):
            attributes += f' title="{said}"'
        icon = f'<i class="ico-{draw.whole(1, 40)}"></i>' if draw.chance(self.site_style.icon_share) else ""
        return f"<a{attributes}>{icon}{text}</a>"

    def _start(self, match: re.Match[str]) -> str:
        tag, attributes = match[1], match[2]
        site_style, draw = self.site_style, self._alike(f"{tag}{attributes}")
        if tag == "a":
            attributes = self._link(attributes, draw)
        if attributes.endswith("/"):
            return f"<{tag}{attributes}>"
        attributes += self._rare(tag, attributes, draw)
        if tag not in _STYLED:
            return f"<{tag}{attributes}>"
        if tag == "img" and ' alt=""' in attributes and self._said and draw.chance(site_style.alt_share):
            attributes = attributes.replace(' alt=""', f' alt="{draw.pick(self._said)}"', 1)
        if site_style.helpers and draw.chance(site_style.helper_share):
            added = self._filled(" ".join(draw.sample(site_style.helpers, draw.whole(1, 3))), draw)
            if ' class="' in attributes:
                attributes = attributes.replace(' class="', f' class="{added} ', 1)
            elif tag not in ("a", "span", "i"):
                attributes += f' class="{added}"'
        if ' class="' in attributes and draw.chance(site_style.modifier_share):
            attributes = re.sub(r' class="([\w-]+)', rf' class="\1 \1--{self._clutter.word()}', attributes, count=1)
        if site_style.ids != "none" and " id=" not in attributes and draw.chance(site_style.id_share):
            attributes += f' id="{self._id(tag, draw)}"'
        for name, share in site_style.data:
            if f" {name}=" not in attributes and draw.chance(share):
                attributes += f' {name}="{draw.pick((str(draw.whole(0, 40)), self._clutter.word(), draw.text(8)))}"'
        if tag in ("div", "img", "li", "span") and " style=" not in attributes and draw.chance(site_style.style_share):
            attributes += f' style="{draw.pick(_INLINE)}"'
        return f"<{tag}{attributes}>"

    def _link(self, attributes: str, draw: Rng) -> str:
        site_style = self.site_style
        if ' href="/' in attributes and ' href="//' not in attributes:
            if draw.chance(site_style.own_window_share) and " target=" not in attributes:
                attributes += f' target="{draw.pick(("_blank", "_blank", "_self"))}"'
            if site_style.address == "whole" or (site_style.address == "mixed" and draw.chance(0.5)):
                return attributes.replace(' href="/', f' href="{self._base}/', 1)
            return attributes
        is_foreign = ' href="http' in attributes and self._base not in attributes
        if is_foreign and " target=" not in attributes and draw.chance(site_style.new_window_share):
            rel = "" if " rel=" in attributes else ' rel="noopener noreferrer"'
            return f'{attributes} target="_blank"{rel}'
        return attributes

    def _id(self, tag: str, draw: Rng) -> str:
        self._count += draw.whole(1, 9)
        if self.site_style.ids == "word":
            return f"{self._clutter.word()}-{self._clutter.word()}-{self._count}"
        if self.site_style.ids == "number":
            return f"{draw.pick(('yui_3_', 'ember', 'el-', 'node-', 'i'))}{self._count}"
        return f"{tag[0]}{draw.text(10)}{self._count}"

    def _closed(self, match: re.Match[str]) -> str:
        after = '<br class="clear">' if self._draw.chance(self.site_style.cleared_share) else ""
        if not self._draw.chance(self.site_style.closers):
            return match[0] + after
        return f"{match[0]}{after}<!-- {self._draw.pick(('/', '.', 'end ', '#'))}{self._clutter.word()} -->"

    def surround(self, html: str) -> str:
        """Wrappers around everything, and what plug-ins and tag managers leave in the head and at the end."""
        draw = self._around
        opened = "".join(
            f'<div id="{self._id("div", draw)}" class="{self._name()}">' for _ in range(self.site_style.wrappers)
        )
        frame = f'<noscript><iframe src="https://tags.{self._clutter.word()}.example/ns?id={draw.text(7)}" height="0" width="0" style="visibility:hidden"></iframe></noscript>'  # fmt: skip  # noqa: E501
        opened = (frame if draw.chance(0.4) else "") + opened
        html = _BODY.sub(lambda match: match[0] + opened, html, count=1)
        left = [*(self._hint() for _ in range(int(draw.unit() ** 2 * 22))), *self._sheets(int(draw.unit() ** 3 * 14))]
        left += [f"<!-- {self._name()} v{draw.whole(1, 20)}.{draw.whole(0, 9)} -->" for _ in range(int(draw.unit() ** 2 * 20))]  # fmt: skip  # noqa: E501
        scripts = self.site_style.scripts
        cut = draw.whole(0, scripts)
        left += [self._script() for _ in range(cut)]
        html = html.replace("</head>", "\n".join([*draw.shuffled(left), "</head>"]), 1)
        end = ["</div>" * self.site_style.wrappers, *(self._script() for _ in range(scripts - cut)), "</body>"]
        return html.replace("</body>", "\n".join(end), 1)

    def _name(self) -> str:
        return f"{self._clutter.word()}-{self._clutter.word()}"

    def _hint(self) -> str:
        """A resource hint, a style sheet or an alternate address."""
        draw, word = self._around, self._clutter.word
        version = f"ver={draw.whole(1, 9)}.{draw.whole(0, 30)}"
        kinds = (
            f'<link rel="stylesheet" id="{self._name()}-css" href="{self._base}/x/{word()}/{word()}.css?{version}">',
            f'<link rel="dns-prefetch" href="//{word()}.{word()}{draw.whole(1, 9)}.example">',
            f'<link rel="preload" as="{draw.pick(("script", "style"))}" href="{self._base}/static/{draw.text(12)}">',
            f'<link rel="alternate" type="application/json" href="{self._base}/api/{word()}/{draw.whole(100, 99999)}">',
        )
        return draw.pick(kinds)

    def _sheets(self, count: int) -> list[str]:
        """Small style elements, one per plug-in."""
        draw = self._around
        return [f'<style id="{self._name()}-inline-css">{self._clutter.style(draw.whole(60, 900))}</style>' for _ in range(count)]  # fmt: skip  # noqa: E501

    def _script(self) -> str:
        """A script of a tag manager or plug-in: a file, a loader, or settings."""
        draw, word = self._around, self._clutter.word
        kind = draw.weighted(self.site_style.script_kinds)
        if kind == "file":
            return f'<script src="{self._base}/x/{word()}/{word()}.min.js" id="{self._name()}-js"></script>'
        if kind == "loader":
            return f"<script>{self._clutter.loader(f'{word()}{word()}.example')}</script>"
        if kind == "short":
            return f"<script>{draw.pick(('window.', 'var _'))}{self._clutter.name()} = {draw.pick(('true', '[]', '{}'))};</script>"  # fmt: skip  # noqa: E501
        return f"<script>var {self._clutter.name()} = {{\"{word()}\":\"{draw.text(10)}\",\"{word()}\":{draw.whole(0, 1)}}};{self._clutter.script(draw.whole(0, 700))}</script>"  # fmt: skip  # noqa: E501


def _indented(html: str, site_style: SiteStyle, draw: Rng) -> str:
    """A line for each block-level tag, indented by its depth, with the blank lines that empty includes leave."""
    depth = 0

    def lines(part: str) -> str:
        nonlocal depth
        out: list[str] = []
        at = 0
        for tag in _TAG.finditer(part):
            is_end, name = bool(tag[1]), tag[2]
            before = part[at : tag.start()]
            if name in _BLOCKS:
                depth -= is_end and depth > 0
                if not before.strip() and at:
                    blank = draw.whole(1, 3) if draw.chance(site_style.blank_share) else 0
                    before = "\n" * (1 + blank) + site_style.indent * min(depth, 16)
                depth += not is_end and name not in _VOID
            out += [before, tag[0]]
            at = tag.end()
        out.append(part[at:])
        return "".join(out)

    return _outside(html, lines)
