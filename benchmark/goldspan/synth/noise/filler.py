"""What a page carries besides its text: minified scripts, style sheets, state as JSON, drawings, encoded images.

All of it is generated from our own small word lists. It is realistic in size and texture, and does nothing.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from goldspan.synth.rng import Rng

_NOUNS = (
    "ad slot bid track event queue consent lazy observer page user session banner frame widget teaser player carousel "
    "video gallery image cache store token segment cohort vendor partner pixel beacon viewport scroll sticky header "
    "footer menu drawer modal overlay toast tooltip search suggest comment rating share bookmark alert push paywall "
    "meter article topic author section feed stream ticker poll quiz weather market score layout grid column theme "
    "font locale region device browser network timer retry batch payload schema config flag variant experiment bucket"
).split()
_VERBS = (
    "init load get set add remove update fetch render mount observe track send push parse merge bind toggle open close "
    "show hide resolve register dispatch refresh measure report queue flush debounce throttle"
).split()
_EVENTS = "click scroll load resize visible focus change submit error ready complete impression close".split()
_UNITS = "px em rem % vh vw".split()
_PROPERTIES = {
    "margin": "size",
    "padding": "size",
    "width": "size",
    "max-width": "size",
    "height": "size",
    "top": "size",
    "font-size": "size",
    "line-height": "plain",
    "border-radius": "size",
    "color": "colour",
    "background": "colour",
    "border-bottom": "border",
    "display": "display",
    "position": "position",
    "opacity": "fraction",
    "flex": "flex",
    "z-index": "whole",
    "text-align": "align",
    "font-weight": "weight",
    "transition": "transition",
    "gap": "size",
}
_KEYWORDS = {
    "display": ("block", "flex", "inline-block", "grid", "none"),
    "position": ("relative", "absolute", "sticky"),
    "align": ("left", "center", "inherit"),
    "weight": ("400", "500", "600", "700"),
    "flex": ("1", "1 1 auto", "0 0 auto", "0 1 50%"),
    "transition": ("opacity .2s ease", "all .3s", "transform .15s ease-out"),
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
ICONS = (
    "M3 6h18v2H3zm0 5h18v2H3zm0 5h18v2H3z",
    "M10 3a7 7 0 1 0 4.2 12.6l5.1 5.1 1.4-1.4-5.1-5.1A7 7 0 0 0 10 3zm0 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10z",
    "M12 2 2 12h3v9h6v-6h2v6h6v-9h3z",
    "M5 12.5 10 17.5 20 7l-1.6-1.5L10 14.4l-3.5-3.4z",
    "M4 5h16v14H4zm2 2v.6l6 4.4 6-4.4V7zm12 3-6 4.4L6 10v7h12z",
    "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 9c0-4 4-7 8-7s8 3 8 7z",
    "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1 5v5l4 2.5-1 1.6-5-3.1V7z",
    "M8 5v14l11-7z",
    "M14 3h7v7h-2V6.4l-8.3 8.3-1.4-1.4L17.6 5H14zM5 5h5v2H6v11h11v-4h2v6H5z",
    "M18 16a3 3 0 0 0-2.2 1L9 13a3 3 0 0 0 0-2l6.8-4A3 3 0 1 0 15 5l-6.9 4a3 3 0 1 0 0 6L15 19a3 3 0 1 0 3-3z",
    "M6 3h12v18l-6-4.5L6 21z",
    "M7 10l5 5 5-5z",
)
_STATE = (
    "enabled",
    "id",
    "name",
    "type",
    "version",
    "priority",
    "sizes",
    "path",
    "label",
    "updated",
    "source",
    "weight",
)


def _spread(code: str) -> str:
    """One line per statement, indented by its depth."""
    lines: list[str] = []
    depth = 0
    for part in re.findall(r"[^{};]*[{};]+|[^{};]+$", code):
        depth += part.count("{") - part.count("}")
        lines.append(part + "\n" + "  " * min(max(depth, 0), 8))
    return "\n" + "".join(lines)


class Filler:
    """Generates the weight of one page."""

    def __init__(self, draw: Rng, is_spread: bool = False) -> None:
        """``is_spread``: scripts and rules stand in the page as they were typed, not as a build step packs them."""
        self._draw = draw
        self._is_spread = is_spread

    def name(self) -> str:
        """A camel-case name such as ``trackSlot``."""
        return self._draw.pick(_VERBS) + self._draw.pick(_NOUNS).capitalize()

    def word(self) -> str:
        return self._draw.pick(_NOUNS)

    def script(self, size: int) -> str:
        """About ``size`` characters of minified script."""
        parts: list[str] = []
        length = 0
        while length < size:
            statement = self._module() if size - length > 900 else self._statement(2)
            parts.append(statement)
            length += len(statement)
        return _spread("".join(parts)) if self._is_spread else "".join(parts)

    def loader(self, host: str) -> str:
        """The few lines that load somebody's script."""
        draw = self._draw
        name, word = self.name(), self.word()
        code = draw.text(8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        address = f"//{word}.{host}/{word}.js?v={draw.whole(1, 99)}"
        variants = (
            f"window.{name}=window.{name}||[];{name}.push(['{self.name()}','{code}']);(function(){{"
            f"var s=document.createElement('script');s.async=true;s.src='{address}';"
            "var f=document.getElementsByTagName('script')[0];f.parentNode.insertBefore(s,f)})();",
            f"\n  var _{word} = _{word} || {{}};\n  _{word}.uid = {draw.whole(1000, 99999)};\n"
            f"  _{word}.domain = '{host}';\n  (function() {{\n    function load() {{\n"
            f"      window._{word}_end = (new Date()).getTime();\n      var e = document.createElement('script');\n"
            f"      e.setAttribute('src', '{address}');\n      document.body.appendChild(e);\n    }}\n"
            "    window.onload = load;\n  })();\n",
            f"!function(n,o){{n.{name}||(o=n.{name}=function(){{o.q.push(arguments)}},o.q=[],o.t=+new Date)}}(window);"
            f"{name}('init','{code}');{name}('track','{draw.pick(_EVENTS)}');",
        )
        return draw.pick(variants)

    def _letter(self) -> str:
        return self._draw.pick(_LETTERS)

    def _module(self) -> str:
        draw = self._draw
        a, b, c = draw.sample(_LETTERS, 3)
        inner = "".join(self._statement(2) for _ in range(draw.whole(4, 11)))
        kind = draw.whole(0, 2)
        if kind == 0:
            return f'!function({a},{b}){{"use strict";{inner}}}(window,document);'
        if kind == 1:
            exports = f'{c}.d({b},"{self.name()}",(function(){{return {c}}}));'
            return f"({{{draw.whole(100, 9999)}:function({a},{b},{c}){{{c}.r({b}),{exports}{inner}}}}});"
        names = f'"{self.word()}/{self.word()}",["{self.word()}"]'
        return f"define({names},function({a}){{{inner}return{{{self._pairs(3)}}}}});"

    def _pairs(self, count: int) -> str:
        values = [f"{self.name()}:{self._value(1)}" for _ in range(count)]
        return ",".join(values)

    def _value(self, depth: int) -> str:
        draw = self._draw
        kind = draw.whole(0, 8 if depth else 4)
        if kind == 0:
            return str(draw.whole(0, 3000))
        if kind == 1:
            return draw.pick(("!0", "!1", "null", "void 0"))
        if kind == 2:
            return f'"{self.word()}-{self.word()}"'
        if kind == 3:
            return f"{self._letter()}.{self.name()}"
        if kind == 4:
            return f'"{self.word()}:{draw.pick(_EVENTS)}"'
        if kind == 5:
            return f"{{{self._pairs(draw.whole(1, 3))}}}"
        if kind == 6:
            return f"[{','.join(self._value(0) for _ in range(draw.whole(1, 4)))}]"
        if kind == 7:
            a, b = draw.sample(_LETTERS, 2)
            return f"function({a},{b}){{return {a}.{self.name()}({b})||{self._value(0)}}}"
        return f"{self._letter()}.{self.name()}({self._value(0)})"

    def _statement(self, depth: int) -> str:
        draw = self._draw
        a, b, c = draw.sample(_LETTERS, 3)
        kind = draw.whole(0, 6 if depth else 2)
        if kind == 0:
            return f"var {a}={self._value(depth)},{b}={a}.{self.name()};"
        if kind == 1:
            return f"{a}.{self.name()}({self._value(depth)},{self._value(0)});"
        if kind == 2:
            return f'{a}.{self.word()}="{self.word()}__{self.word()}--{draw.pick(_EVENTS)}";'
        if kind == 3:
            return f"if({a}.{self.word()}&&!{b}){{{self._statement(depth - 1)}}}else {c}={self._value(0)};"
        if kind == 4:
            return f"for(var {a}=0,{b}={c}.length;{a}<{b};{a}++){{{self._statement(depth - 1)}}}"
        if kind == 5:
            return f"function {self.name()}({a},{b}){{{self._statement(depth - 1)}return {a}?{b}:{self._value(0)}}}"
        return f'{a}.addEventListener("{draw.pick(_EVENTS)}",function({b}){{{self._statement(depth - 1)}}});'

    def style(self, size: int, prefix: str = "") -> str:
        """About ``size`` characters of style rules for classes that the page mostly does not have."""
        rules: list[str] = []
        length = 0
        while length < size:
            # Three words: a site's own classes have two at most, and no rule is to hit one by chance.
            name = f".{prefix}{self.word()}-{self.word()}-{self.word()}" + self._draw.pick(
                ("", "", "--active", "__inner", ":hover", ">a")
            )
            body = ";".join(self._declaration() for _ in range(self._draw.whole(2, 6)))
            rule = f"{name}{{{body}}}"
            if self._draw.chance(0.08):
                rule = f"@media (max-width:{self._draw.pick(('480', '640', '768', '1023'))}px){{{rule}}}"
            rules.append(rule)
            length += len(rule)
        return _spread("".join(rules)) if self._is_spread else "".join(rules)

    def _declaration(self) -> str:
        draw = self._draw
        name = draw.pick(tuple(_PROPERTIES))
        kind = _PROPERTIES[name]
        if kind in _KEYWORDS:
            return f"{name}:{draw.pick(_KEYWORDS[kind])}"
        value = {
            "size": f"{draw.whole(0, 48)}{draw.pick(_UNITS)}",
            "plain": f"1.{draw.whole(1, 8)}",
            "colour": f"#{draw.text(6)}",
            "border": f"1px solid #{draw.text(3)}",
            "fraction": f".{draw.whole(1, 9)}",
            "whole": str(draw.whole(1, 999)),
        }
        return f"{name}:{value[kind]}"

    def state(self, size: int, host: str) -> dict[str, Any]:
        """A nested configuration of about ``size`` characters as JSON."""
        result: dict[str, Any] = {}
        length = 0
        while length < size:
            name = self.name() if self._draw.chance(0.5) else f"{self.word()}_{self.word()}"
            value = self._state_value(2, host)
            result[name] = value
            length += len(name) + 6 + len(json.dumps(value))
        return result

    def _state_value(self, depth: int, host: str) -> Any:
        draw = self._draw
        kind = draw.whole(0, 7 if depth else 4)
        if kind == 0:
            return draw.chance(0.5)
        if kind == 1:
            return draw.whole(0, 90000)
        if kind == 2:
            return f"{self.word()}/{self.word()}/{draw.text(8)}"
        if kind == 3:
            return f"https://{self.word()}.{host}/{self.word()}/{draw.text(12)}.json"
        if kind == 4:
            return f"{draw.text(8)}-{draw.text(4)}-{draw.text(4)}-{draw.text(12)}"
        if kind == 5:
            return [self._state_value(depth - 1, host) for _ in range(draw.whole(1, 5))]
        return {draw.pick(_STATE): self._state_value(depth - 1, host) for _ in range(draw.whole(2, 6))}

    def data(self, size: int) -> str:
        """``size`` characters of base64 that stand for a font or a picture."""
        raw = bytes(self._draw.whole(0, 255) for _ in range(size * 3 // 4))
        return base64.b64encode(raw).decode("ascii")

    def picture(self, width: int, height: int) -> str:
        """A small grey picture as a data address, the stand-in that a lazy image shows at first."""
        shade = self._draw.pick(("e6e6e6", "dcdcdc", "d3d9de", "e2ddd3", "cfd6cf"))
        size = f"width='{width}' height='{height}'"
        fill = f"<rect width='100%' height='100%' fill='#{shade}'/>"
        svg = f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{fill}</svg>"
        return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
