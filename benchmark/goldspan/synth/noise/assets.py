"""Pictures, icons and weight of a page, in the proportions that its template states."""

from __future__ import annotations

from markupsafe import Markup, escape

from goldspan.synth.noise.filler import ICONS, Filler
from goldspan.synth.noise.mess import Mess
from goldspan.synth.rng import Rng
from goldspan.synth.site.safe_markup import safe, script_json
from goldspan.synth.site.site_template import Names, SiteTemplate

_LAZY = ("data-src", "data-original", "data-lazy-src", "loading")


class Assets:
    """What a page carries besides its text."""

    def __init__(self, template: SiteTemplate, host: str, mess: Mess, names: Names, draw: Rng) -> None:
        self.filler = Filler(draw.child("clutter"), draw.child("spread").chance(0.4))
        self._skin = template
        self._host = host
        self._mess = mess
        self._names = names
        self._draw = draw
        self._lazy = draw.child("lazy").pick(_LAZY)
        self._icon_size = draw.child("icon").pick((16, 20, 24))
        # Most sites load their rules and most of their scripts from files; some put everything into the page, and a
        # few put more than everything: the rules of all their pages, the state of all their parts.
        self._inline = {
            "style": draw.child("inline style").weighted({0.0: 7, 0.3: 2, 1.0: 1, 6.0: 1, 20.0: 0.6}),
            "script": draw.child("inline script").weighted({0.0: 2, 0.15: 3, 0.5: 3, 1.2: 3, 3.5: 1.6, 9.0: 1}),
            "state": draw.child("inline state").weighted({0.1: 2, 0.5: 2, 1.0: 3, 3.0: 2, 9.0: 1.2}),
        }
        self._has_sizes = draw.child("sizes").chance(0.45)
        self._plain_share = draw.child("plain").pick((0.0, 0.0, 0.5, 1.0))
        self.ascii_only = template.encoding != "utf-8" or draw.child("json").chance(0.5)
        self._made = 0

    def _next(self) -> Rng:
        self._made += 1
        return self._draw.child(str(self._made))

    def image(self, alt: str | None, width: int, height: int, name: str = "", lazy: bool | None = None) -> Markup:
        """An image of the site; where images are lazy, with a stand-in and the true address in an attribute."""
        draw = self._next()
        source = f"https://img.{self._host}/{draw.text(2)}/{draw.text(24)}"
        text = escape(alt or "")
        size = f'alt="{text}" width="{width}" height="{height}"'
        start = f'<img class="{name}"' if name else "<img"
        wide = ", ".join(f"{source}_{step}.jpg {step}w" for step in (320, 640, 960, 1280) if step <= width * 2)
        is_wide = self._has_sizes and bool(wide)
        sizes = f' srcset="{wide}" sizes="(max-width: 640px) 100vw, {width}px"' if is_wide else ""
        if lazy is False or not self._mess("lazy-images"):
            return safe(f'{start} src="{source}_{width}.jpg"{sizes} {size}>')
        if self._lazy == "loading":
            return safe(f'{start} loading="lazy" decoding="async" src="{source}_{width}.jpg"{sizes} {size}>')
        stand_in = self.filler.picture(width, height) if self._mess("base64") else "/static/img/blank.gif"
        late = f' data-srcset="{wide}"' if is_wide else ""
        plain = (
            f'<noscript><img src="{source}_{width}.jpg" alt="{text}"></noscript>'
            if draw.chance(self._plain_share)
            else ""
        )
        return safe(f'{start} src="{stand_in}" {self._lazy}="{source}_{width}.jpg"{late} {size}>{plain}')

    def icon(self, name: str = "") -> Markup:
        """A small drawing, or nothing where the site has none in its markup."""
        if not self._mess("inline-svg"):
            return safe("")
        path, size = self._draw.child(f"icon/{name}").pick(ICONS), self._icon_size
        return safe(
            f'<svg class="{self._names("icon")}" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true" '
            f'focusable="false"><path d="{path}" fill="currentColor"></path></svg>'
        )

    def _size(self, kind: str, share: float) -> int:
        least, most = self._skin.weight.get(kind, (0, 0))
        return int(self._draw.child(f"weight/{kind}").whole(least, most) * share * self._inline.get(kind, 1.0))

    def script(self, share: float = 1.0) -> Markup:
        """Minified script: a share of the template's weight."""
        return safe(self.filler.script(self._size("script", share)))

    def style(self, share: float = 1.0) -> Markup:
        """Style rules: a share of the template's weight."""
        return safe(self.filler.style(self._size("style", share)))

    def state(self, share: float = 1.0) -> Markup:
        """The page's state as JSON: a share of the template's weight."""
        return self.json(self.filler.state(self._size("state", share), self._host))

    def json(self, value: object) -> Markup:
        """A value as JSON inside a script element."""
        return script_json(value, self.ascii_only)

    def loader(self) -> Markup:
        """The few lines that load somebody's script."""
        return safe(self.filler.loader(f"{self.filler.word()}{self.filler.word()}.example"))

    def note(self) -> Markup:
        """An HTML comment such as templates leave behind."""
        if not self._mess("markup-comments"):
            return safe("")
        draw = self._next()
        word, name = self.filler.word(), self.filler.name()
        notes = (
            f" {word} ",
            f" /{word}-{name} ",
            f" begin: components/{word}/{name}.html v{draw.whole(1, 9)}.{draw.whole(0, 30)} ",
            f" {name}: {draw.text(12)} ",
            f'[if lt IE 9]><script src="/js/{word}.min.js"></script><![endif]',
        )
        return safe(f"<!--{draw.pick(notes)}-->")
