"""What one site's software does to any markup, drawn once per page; :mod:`goldspan.synth.site.markup_style` applies it.

Names that it adds carry no meaning (no ``content``, ``sidebar``, ``ad`` …), so that they neither help nor mislead an
extractor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goldspan.synth.rng import Rng

# Helper classes; braces are filled with a number or code of their own, as builders and generators name each element.
_HELPERS: dict[str, tuple[str, ...]] = {
    "grid": (
        "row", "col", "col-12", "col-md-8", "col-lg-4", "clearfix", "no-gutters", "align-items-center", "mb-3",
        "d-none d-md-block", "justify-content-between", "col-xs-12 col-sm-6", "order-md-{n}", "container-fluid",
    ),
    "utility": (
        "mt-2", "px-4", "py-3", "w-full", "flex", "items-center", "gap-4", "relative", "md:flex", "mx-auto",
        "text-gray-700", "hover:underline", "lg:grid-cols-12", "tracking-tight", "border-neutral-200", "z-{n}",
    ),
    "state": (
        "js-hook", "is-ready", "js-reveal", "is-visible", "no-print", "js-observe", "u-cf", "has-no-js-fallback",
        "u-margin-bottom-{n}", "js-component-{n}", "is-hydrated",
    ),
    "builder": (
        "elementor-element elementor-element-{code}", "elementor-column-gap-default", "vc_column-inner",
        "wp-block-group-is-layout-flow", "et_pb_with_border et_pb_row_{n}", "fusion-builder-row-inner",
        "wp-container-{n}", "td-pb-row td_block_wrap", "wp-block-columns-is-layout-flex", "elementor-widget-container",
    ),
    "menu": (
        "menu-item menu-item-type-post_type menu-item-object-page menu-item-{n}", "region-inner",
        "node--view-mode-full", "field--label-hidden", "field__items", "paragraph--view-mode--default", "even", "odd",
    ),
    "generated": ("css-{code}", "sc-{code} {code}", "jss{n}", "{code}__{code}", "svelte-{code}", "makeStyles-root-{n}"),
    "none": (),
}  # fmt: skip
_DATA = (
    "data-track", "data-testid", "data-ga", "data-module", "data-index", "data-type", "data-layer", "data-vr-zone",
    "data-position", "data-component-id", "data-analytics-link", "data-click-id", "data-theme", "data-v",
    "data-settings", "tabindex", "data-gtm-vis", "data-toggle", "data-target", "data-src-id", "data-level", "itemprop",
)  # fmt: skip
# Attributes of one kind of element that only some sites write: of old markup, microdata, frameworks, careful templates.
_RARE = {
    "a": (
        'accesskey="{n}"', 'onclick="{name}(this)"', 'draggable="false"', 'name="{code}"', 'itemprop="url"',
        'hreflang="x-default"', 'referrerpolicy="no-referrer-when-downgrade"', 'ng-click="{name}()"', 'role="link"',
    ),
    "div": (
        'itemscope itemtype="https://schema.org/WPHeader"', 'align="left"', 'dir="auto"', "v-cloak", 'tabindex="-1"',
        'x-data="{name}"', "_ngcontent-{code}", 'jsaction="{name}"', 'role="presentation"', 'typeof="{name}"',
        'about="/{code}"', 'property="{name}"', 'slot="{code}"', 'xmlns="http://www.w3.org/1999/xhtml"',
    ),
    "img": (
        'border="0"', 'decoding="async"', 'fetchpriority="low"', 'draggable="false"', 'crossorigin="anonymous"',
        'itemprop="image"', 'onerror="this.remove()"', 'vspace="0"', 'hspace="4"', 'align="left"', 'sizes="auto"',
    ),
    "form": (
        "novalidate", 'accept-charset="utf-8"', 'autocomplete="off"', 'enctype="multipart/form-data"',
        'onsubmit="return {name}()"', 'name="{code}"', 'id="{code}"', 'target="_top"',
    ),
    "input": (
        'autocomplete="off"', 'autocapitalize="none"', 'spellcheck="false"', 'maxlength="255"', 'size="20"',
        "required", 'name="{code}"', 'tabindex="{n}"', 'autocorrect="off"', 'aria-required="true"',
    ),
    "ul": ('itemscope itemtype="https://schema.org/SiteNavigationElement"', 'type="square"', 'role="menubar"'),
    "li": ('role="menuitem"', 'itemprop="itemListElement"', 'value="{n}"', 'role="none"'),
    "link": ('fetchpriority="low"', "crossorigin", 'title="{code}"', 'charset="utf-8"', 'id="{code}"'),
    "script": (
        'type="text/javascript"', 'charset="utf-8"', 'crossorigin="anonymous"', 'nonce="{code}{code}"',
        'integrity="sha384-{code}{code}{code}{code}{code}{code}"', 'data-cfasync="false"', 'language="javascript"',
        'referrerpolicy="origin"', 'fetchpriority="low"', "defer", 'async=""', 'onload="{name}()"',
    ),
    "iframe": ('frameborder="0"', 'scrolling="no"', 'allow="autoplay"', "allowfullscreen", 'sandbox="allow-scripts"'),
    "meta": ('id="{code}"', 'itemprop="{code}"', 'scheme="{code}"', 'lang="x-default"', 'data-rh="true"'),
}  # fmt: skip
# What pages without the elements of HTML5 write in their place.
_BOXES = {"article": 0.5, "time": 0.4, "ol": 0.4, "button": 0.65, "role": 0.5}
_SECTIONS = ("header", "footer", "nav", "main", "article", "section", "aside", "figure", "figcaption")


@dataclass(frozen=True, slots=True)
class SiteStyle:
    """What one site's software does. Shares are of the elements that could have it.

    Attributes:
        rules: the site's own style sheet stands in the ``page``, in a ``file``, or its first part does (``first``).
        plain: elements of HTML5 that it writes as ``div``.
        boxes: teasers as ``article``, dates of teasers as ``time``, paths as ``ol``, buttons as ``button``: whether it
            writes each of them.
        cleared_share: of the ends of boxes, how many a line break follows that ends floating.
        rare: attributes by element, each with its share.
        scripts: how many scripts tag managers add, and how those are made.
    """

    address: str
    helpers: tuple[str, ...]
    helper_share: float
    modifier_share: float
    ids: str
    id_share: float
    data: tuple[tuple[str, float], ...]
    rare: Mapping[str, tuple[tuple[str, float], ...]]
    title_share: float
    alt_share: float
    icon_share: float
    new_window_share: float
    own_window_share: float
    style_share: float
    closers: float
    wrappers: int
    indent: str
    blank_share: float
    carriage_returns: bool
    rules: str
    plain: frozenset[str]
    boxes: frozenset[str]
    cleared_share: float
    scripts: int
    script_kinds: Mapping[str, float]


def draw_site_style(draw: Rng) -> SiteStyle:
    """The style of one site."""
    some, data, more = draw.child("shares"), draw.child("data"), draw.child("more")
    kinds = {"grid": 3.0, "utility": 2.0, "state": 2.0, "builder": 3.0, "menu": 2.0, "generated": 1.0, "none": 2.0}
    kind = draw.child("helpers").weighted(kinds)
    is_old = more.chance(0.15)
    return SiteStyle(
        address=draw.child("address").weighted({"whole": 6, "relative": 3, "mixed": 2}),
        helpers=_HELPERS[kind],
        helper_share=some.unit() * 0.6,
        modifier_share=more.pick((0.0, 0.0, 0.1, 0.3)),
        ids=draw.child("ids").weighted({"none": 2, "word": 3, "number": 3, "hash": 1}),
        id_share=some.unit() ** 2 * 0.2,
        data=tuple((name, data.unit() ** 5 * 0.3) for name in data.sample(_DATA, int(data.unit() ** 2 * 12))),
        rare=_rare(draw.child("rare")),
        title_share=some.pick((0.0, 0.0, 0.05, 0.2, 0.5)),
        alt_share=some.pick((0.0, 0.2, 0.5, 0.9, 1.0)),
        icon_share=some.pick((0.0, 0.0, 0.0, 0.1, 0.3)),
        new_window_share=more.pick((0.1, 0.5, 0.9, 1.0, 1.0)),
        own_window_share=more.unit() ** 4 * 0.5,
        style_share=some.pick((0.0, 0.0, 0.01, 0.03, 0.08)),
        closers=some.pick((0.0, 0.0, 0.0, 0.1, 0.4)),
        wrappers=int(some.unit() ** 1.5 * 6),
        indent=draw.child("indent").weighted({"  ": 4, "    ": 3, "\t": 4, "": 1}),
        blank_share=some.pick((0.0, 0.05, 0.15, 0.35)),
        carriage_returns=some.chance(0.1),
        rules=draw.child("rules").weighted({"page": 6, "first": 1, "file": 3}),
        plain=frozenset(_SECTIONS if is_old else ["main"] * more.chance(0.35) + ["section"] * more.chance(0.2)),
        boxes=frozenset(name for name, share in _BOXES.items() if more.chance(share)),
        cleared_share=more.pick((0.0, 0.0, 0.0, 0.03, 0.12)),
        scripts=int(more.unit() ** 2 * 45),
        script_kinds={name: more.unit() ** 2 + 0.02 for name in ("file", "loader", "settings", "short")},
    )


def _rare(draw: Rng) -> Mapping[str, tuple[tuple[str, float], ...]]:
    """A few rare attributes on most sites, many on some."""
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    all_of_them = [(tag, name) for tag, names in _RARE.items() for name in names]
    for tag, name in draw.sample(all_of_them, int(draw.unit() ** 2 * 30)):
        found[tag] = (*found.get(tag, ()), (name, draw.unit() ** 3))
    return found
