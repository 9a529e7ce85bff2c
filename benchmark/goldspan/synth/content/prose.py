"""The body of an article as marked HTML, in the markup and with the typography of one site."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from goldspan.synth.content.body_tree import Node, Run, Unit
from goldspan.synth.rng import Rng
from goldspan.synth.site.safe_markup import safe

# How each part of a body is written: what opens it, a bar, what closes it. A template overrides what it writes
# differently. %name% is a class name; {level} {info} {n} {href} are filled in.
PLAIN = {
    "p": "<p>|</p>",
    "h": "<h{level}>|</h{level}>",
    "ul": "<ul>|</ul>",
    "ol": "<ol>|</ol>",
    "li": "<li>|</li>",
    "quote": "<blockquote>|</blockquote>",
    "quote_p": "<p>|</p>",
    "item_p": "<p>|</p>",
    "pre": '<pre><code class="language-{info}">|</code></pre>',
    "table": "<table>|</table>",
    "head": "<thead>|</thead>",
    "rows": "<tbody>|</tbody>",
    "row": "<tr>|</tr>",
    "th": "<th>|</th>",
    "td": "<td>|</td>",
    "hr": "<hr>|",
    "notes": '<section class="footnotes"><ol>|</ol></section>',
    "note": '<li id="fn{n}">|</li>',
    "note_mark": '<sup id="fnref{n}"><a href="#fn{n}">|</a></sup>',
    "note_back": ' <a href="#fnref{n}" data-gs="navigation">|</a>',
    "em": "<em>|</em>",
    "strong": "<strong>|</strong>",
    "s": "<s>|</s>",
    "code": "<code>|</code>",
    "a": '<a href="{href}">|</a>',
    "drop": '<span class="%drop-cap%">|</span>',
}
_CLASS = re.compile(r"%([\w-]+)%")
_FIELD = re.compile(r"\{(level|info|n|href)\}")
_LAST_TAG = re.compile(r"<[a-zA-Z][\w-]*(?!.*<[a-zA-Z])", re.S)
_NAMES = {chr(code): f"&{name};" for code, name in html.entities.codepoint2name.items() if code > 127}
_VOWELS = "aeiouyäöüåéèêàáâíóúœæаеёиоуыэюяіїєαεηιουωάέήίόύώ"
_LONG_WORD = re.compile(r"[^\W\d_]{10,}")
_SHORT_WORD = re.compile(r"(?<=\s)(\w{1,2}) (?=\w)|(?<=\d) (?=[a-zA-Zа-я%°€£])")
_LIGATURE = re.compile("ffi|ffl|ff|fi|fl")
_LIGATURES = {"ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02", "ffi": "\ufb03", "ffl": "\ufb04"}
_SENTENCE = re.compile(r"(?<=[.!?。！？؟।])\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Texture:
    """How the text was typed or pasted into the site's editor.

    Attributes:
        entities: characters outside ASCII as ``named`` or ``numeric`` references, or as they are.
        hyphens: soft hyphens in long words.
        ligatures: ``fi`` and its like as one character, as copying from a PDF leaves them.
        spaces: no-break spaces after short words.
        split: ``sentences`` or ``words`` wrapped in spans of their own, as pasting from a word processor leaves it.
        misnest: bold and italics closed in the wrong order.
        links: words that the site links to its topic pages.
        drop_cap: the first letter of the text in an element of its own.
    """

    entities: str = "none"
    hyphens: bool = False
    ligatures: bool = False
    spaces: bool = False
    split: str = "none"
    misnest: bool = False
    links: tuple[str, ...] = ()
    drop_cap: bool = False


class Prose:
    """Writes the body in one style.

    Attributes:
        used: the kinds of mess that its texture has really put into the text.
    """

    def __init__(
        self, style: Mapping[str, str], texture: Texture, names: Callable[[str], str], draw: Rng, pasted: str
    ) -> None:
        merged = {**PLAIN, **style}
        self._style = {kind: _CLASS.sub(lambda found: names(found[1]), value) for kind, value in merged.items()}
        self._texture = texture
        self._draw = draw
        self._pasted = pasted
        self._unlinked = list(texture.links)
        self.used: set[str] = set()
        self._drops = texture.drop_cap

    def nodes(
        self,
        nodes: Sequence[Node],
        label: str = "body",
        copy: bool = False,
        slots: Mapping[int, Iterable[tuple[str, int]]] | None = None,
        caller: Callable[[str, int], str] | None = None,
    ) -> Markup:
        """The nodes one below the other.

        Args:
            copy: mark the text as a copy of what stands elsewhere on the page.
            slots: what is put after the node of that number; ``caller`` is asked for its markup.
        """
        parts = []
        for number, node in enumerate(nodes):
            parts.append(self._node(node, label, copy))
            if slots and caller:
                parts.extend(caller(kind, count) for kind, count in slots.get(number, ()))
        return safe("\n".join(parts))

    def marks(self, unit: Unit, label: str, copy: bool = False, cell: tuple[int, int, int] | None = None) -> Markup:
        """The attributes that mark an element as this unit."""
        return safe(_marks(unit, label, copy, cell))

    def inline(self, runs: Sequence[Run]) -> Markup:
        """Runs as inline markup."""
        return safe(self._inline(runs))

    def _inline(self, runs: Sequence[Run]) -> str:
        return "".join(self._run(run) for run in runs)

    def _wrap(self, kind: str, inner: str, marks: str = "", **fields: object) -> str:
        start, _, end = self._style[kind].partition("|")
        start = _FIELD.sub(lambda match: str(fields.get(match[1], "")), start)
        end = _FIELD.sub(lambda match: str(fields.get(match[1], "")), end)
        if marks:
            start = _LAST_TAG.sub(lambda match: match[0] + marks, start, count=1)
        return f"{start}{inner}{end}"

    def _node(self, node: Node, label: str, copy: bool, inside: str = "") -> str:
        unit = node.unit
        marks = _marks(unit, label, copy, node.cell) if unit else ""
        text = self._inline(unit.runs) if unit and node.kind != "pre" else ""
        if node.kind == "p":
            kind = {"quote": "quote_p", "li": "item_p"}.get(inside, "p")
            if self._drops and not copy and text[:1].isalpha():
                self._drops = False
                self.used.add("drop-cap")
                text = self._wrap("drop", text[0]) + text[1:]
            return self._wrap(kind, text, marks)
        if node.kind == "h":
            return self._wrap("h", text, marks, level=node.level)
        if node.kind == "pre":
            assert unit is not None
            return self._wrap("pre", _escape(unit.text), marks, info=node.info or "text")
        if node.kind == "hr":
            return self._wrap("hr", "")
        if node.kind == "table":
            return self._table(node, label, copy)
        if node.kind == "notes":
            notes = []
            for number, note in enumerate(node.children, 1):
                assert note.unit is not None
                text = self._inline(note.unit.runs) + self._wrap("note_back", "↩", n=number)
                notes.append(self._wrap("note", text, _marks(note.unit, label, copy), n=number))
            return self._wrap("notes", "\n".join(notes))
        children = "\n".join(self._node(child, label, copy, node.kind) for child in node.children)
        if node.kind == "li":
            return self._wrap("li", f"{text}\n{children}" if children else text, marks)
        return self._wrap(node.kind, f"\n{children}\n")

    def _table(self, table: Node, label: str, copy: bool) -> str:
        parts: dict[str, list[str]] = {"head": [], "rows": []}
        for row in table.children:
            cells = []
            for cell in row.children:
                assert cell.unit is not None
                marks = _marks(cell.unit, label, copy, cell.cell)
                cells.append(self._wrap("th" if cell.level else "td", self._inline(cell.unit.runs), marks))
            parts["head" if row.level else "rows"].append(self._wrap("row", "".join(cells)))
        inner = "\n".join(self._wrap(kind, "\n".join(rows)) for kind, rows in parts.items() if rows)
        return self._wrap("table", inner)

    def _run(self, run: Run) -> str:
        if run.text == "\n":
            return "<br>"
        if run.note:
            return self._wrap("note_mark", _escape(run.text), n=run.note)
        text = self._text(run.text, plain=not run.styles and not run.href)
        for style in reversed(run.styles):
            text = self._wrap(style, text)
        if run.styles in (("strong",), ("em",)) and self._texture.misnest:
            outer, inner = ("b", "i") if run.styles == ("strong",) else ("i", "b")
            text = f"<{outer}><{inner}>{self._text(run.text, plain=False)}</{outer}></{inner}>"
            self.used.add("misnested")
        return self._wrap("a", text, href=_escape(run.href, quote=True)) if run.href else text

    def _text(self, text: str, plain: bool) -> str:
        texture = self._texture
        if texture.spaces:
            text = self._note("no-break-spaces", text, _SHORT_WORD.sub(self._kept_together, text))
        if texture.hyphens:
            text = self._note("soft-hyphens", text, _LONG_WORD.sub(_hyphenate, text))
        if texture.ligatures:
            text = self._note("ligatures", text, _LIGATURE.sub(lambda found: _LIGATURES[found[0]], text))
        if not plain or texture.split == "none":
            return self._linked(text) if plain else self._escaped(text)
        pieces = re.split(r"(\s+)", text) if texture.split == "words" else _sentences(text)
        wrapped = []
        for piece in pieces:
            if piece.strip() and self._draw.chance(0.3 if texture.split == "words" else 0.8):
                wrapped.append(f"<span{self._pasted}>{self._escaped(piece)}</span>")
            else:
                wrapped.append(self._escaped(piece))
        return self._note(f"inline-{texture.split}", self._escaped(text), "".join(wrapped))

    def _note(self, mess: str, before: str, after: str) -> str:
        if after != before:
            self.used.add(mess)
        return after

    def _kept_together(self, match: re.Match[str]) -> str:
        return (match[1] or "") + "\u00a0" if self._draw.chance(0.4) else match[0]

    def _linked(self, text: str) -> str:
        for topic in self._unlinked:
            at = text.find(topic)
            if at >= 0:
                self._unlinked.remove(topic)
                end = at + len(topic)
                self.used.add("auto-links")
                link = self._wrap("a", self._escaped(topic), href=f"/topic/{self._draw.text(6)}")
                return self._escaped(text[:at]) + link + self._linked(text[end:])
        return self._escaped(text)

    def _escaped(self, text: str) -> str:
        text = _escape(text)
        if self._texture.entities == "named":
            return self._note("entities-named", text, "".join(_NAMES.get(char, char) for char in text))
        if self._texture.entities == "numeric":
            return self._note("entities-numeric", text, "".join(_numbered(char) for char in text))
        return text


def _marks(unit: Unit, label: str, copy: bool = False, cell: tuple[int, int, int] | None = None) -> str:
    place = f' data-gs-cell="{cell[0]},{cell[1]},{cell[2]}"' if cell else ""
    key = f' data-gs-{"copy" if copy else "key"}="{unit.key}"'
    return f' data-gs="{label}/{unit.role}"{place}{key}'


def _escape(text: str | None, quote: bool = False) -> str:
    text = (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;") if quote else text


def _numbered(char: str) -> str:
    """A numeric reference for what Western editors escape; letters of other scripts stay as they are."""
    return char if ord(char) < 128 or (ord(char) > 255 and char.isalpha()) else f"&#{ord(char)};"


def _sentences(text: str) -> list[str]:
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    starts = [0, *ends]
    return [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]


def _hyphenate(match: re.Match[str]) -> str:
    word = match[0]
    parts: list[str] = []
    last = 0
    for at in range(3, len(word) - 3):
        if at - last >= 3 and word[at - 1].lower() in _VOWELS and word[at].lower() not in _VOWELS:
            parts.append(word[last:at])
            last = at
    return "\u00ad".join([*parts, word[last:]])
