"""A site template, or skin: the markup of one family of sites, as a Jinja2 template and a small table of data.

In ``templates/<family>``, ``page.html`` is the template, and ``skin.yaml`` says what fits into it and what is drawn.
Templates write ``data-gs="label"`` or ``data-gs="label/role"`` on the elements whose text they place.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from goldspan.errors import CorpusError
from goldspan.synth.content.article import Article
from goldspan.synth.noise.ablate import EnclosingEnvironment
from goldspan.synth.phrases.phrasebook import Phrasebook
from goldspan.synth.rng import Rng

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class SiteTemplate:
    """What is drawn for a page of this family, and what fits into it.

    Attributes:
        sites: kinds of site names in the phrasebook.
        page_types: of the articles that fit; one that shows no article says so with ``listing`` and gives its own.
        languages: of the articles that fit; empty for any.
        needs: phrasebook sections that the template requires.
        encoding: ``utf-8``, ``legacy`` for what the language was written in before, or ``either``.
        names: how classes are named, with weights: ``plain prefix bem hash module``.
        whitespace: how the markup is laid out, with weights: ``minified indented loose``.
        mess: how probable each kind of mess is.
        slots: what stands between paragraphs, and how often (least, most).
        body: the markup of the article's text, by kind of node.
        variants: further ways to write the body, one of which is drawn; each overrides ``body``.
        weight: characters of scripts, styles, state and comments (least, most).
    """

    family: str
    folder: Path
    sites: tuple[str, ...]
    page_types: tuple[str, ...]
    languages: tuple[str, ...] = ()
    direction: str | None = None
    needs: tuple[str, ...] = ()
    encoding: str = "utf-8"
    publisher: str = "site"
    names: Mapping[str, float] = field(default_factory=lambda: {"plain": 1.0})
    whitespace: Mapping[str, float] = field(default_factory=lambda: {"indented": 1.0})
    mess: Mapping[str, float] = field(default_factory=dict)
    slots: Mapping[str, Sequence[int]] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    weight: Mapping[str, Sequence[int]] = field(default_factory=dict)
    entries: bool = False
    listing: bool = False

    def fits(self, article: Article, phrasebook: Phrasebook) -> bool:
        """Whether this family shows such an article."""
        return (
            (self.listing or article.page_type in self.page_types)
            and (not self.languages or article.language in self.languages)
            and (self.direction is None or phrasebook.local("dir", "ltr") == self.direction)
            and (self.listing or bool(article.entries) == self.entries)
            and all(phrasebook.find(key) for key in self.needs)
        )


def load_templates(*folders: Path, shipped: bool = True) -> dict[str, SiteTemplate]:
    """The templates of the package, unless they are not wanted, and of further folders, by family.

    Raises:
        CorpusError: a folder holds no skins.
    """
    templates: dict[str, SiteTemplate] = {}
    for folder in (TEMPLATES, *folders) if shipped else folders:
        if not any(folder.glob("*/skin.yaml")):
            raise CorpusError(f"{folder} holds no skins", "A skin is a folder with page.html and skin.yaml.")
        for path in sorted(folder.glob("*/skin.yaml")):
            template = read_template(path)
            templates[template.family] = template
    return templates


def read_template(path: Path) -> SiteTemplate:
    """One template's data.

    Raises:
        CorpusError: it is not a YAML mapping, or has an unknown or missing key.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        data |= {name: tuple(data.get(name, ())) for name in ("sites", "page_types", "languages", "needs")}
        return SiteTemplate(family=path.parent.name, folder=path.parent, **data)
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise CorpusError(
            f"{path} is not a skin: {error}", "See the fields of goldspan.synth.site.site_template.Skin."
        ) from error


def render(template: SiteTemplate, context: Mapping[str, Any], enclosed: str = "") -> str:
    """The marked page; what a kind of mess prints can be enclosed, so that it can be cut."""
    try:
        return _environment(template.folder, enclosed).get_template("page.html").render(context)
    except TemplateError as error:
        where = f" line {error.lineno}" if hasattr(error, "lineno") else ""
        raise CorpusError(f"skin {template.family}{where}: {error}", "Correct its page.html.") from error


@cache
def _environment(folder: Path, enclosed: str) -> Environment:
    """The loader of Jinja2 templates. It keeps them: compiling one takes longer than making a page."""
    environment = (EnclosingEnvironment if enclosed else Environment)(
        loader=FileSystemLoader([folder, folder.parent / "_shared", TEMPLATES / "_shared"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
        keep_trailing_newline=True,
    )
    if isinstance(environment, EnclosingEnvironment):
        environment.kind = enclosed
    return environment


class Names:
    """The class names of one site: a meaning to a name, always the same on a page."""

    def __init__(self, policy: str, draw: Rng) -> None:
        self._policy = policy
        self._draw = draw
        self._manner = draw.child("manner").weighted({"-": 5, "_": 1, "camel": 1})
        short = draw.text(2, "abcdefghklmnprstvwz")
        self._prefix = draw.pick(
            ("c", "o", "site", "app", "ui", short, f"{short}-web", "component", "platform-ui", "theme-classic")
            + (f"{short}-component", f"{short}{draw.whole(2, 9)}-layout", "desktop", "fragment", "responsive")
        )

    def __call__(self, meaning: str) -> str:
        draw = self._draw.child(meaning)
        if self._policy == "prefix":
            return f"{self._prefix}-{meaning}"
        if self._policy == "bem":
            block, _, element = meaning.partition("-")
            return f"{self._prefix}-{block}__{element}" if element else f"{self._prefix}-{block}"
        if self._policy == "hash":
            return f"css-{draw.text(6, string.ascii_lowercase + string.digits)}"
        if self._policy == "module":
            camel = "".join(part.capitalize() for part in meaning.split("-"))
            return f"{camel}_{meaning.replace('-', '_')}__{draw.text(5, string.ascii_letters + string.digits)}"
        if self._manner == "camel":
            first, *rest = meaning.split("-")
            return first + "".join(part.capitalize() for part in rest)
        return meaning.replace("-", self._manner)
