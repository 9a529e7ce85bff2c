"""Other people's functions, classes and objects → extractors with the whole protocol."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any, Literal, get_args

from goldspan.errors import ExtractorError
from goldspan.extractors.base import Extractor, PageInput, Takes, WithMetadata, WithWarmUp
from goldspan.extractors.normalise import normalise
from goldspan.extractors.options import build, options_of
from goldspan.model import FIELDS, Extraction

_CORRECT = "Correct it in the class."


@dataclass(frozen=True)
class FunctionExtractor:
    """A function ``extract(html, url)`` as an extractor.

    Attributes:
        gives_url: how the URL is handed over: as the second argument, by the name ``url``, or not at all.
        takes: ``bytes`` when the function's first parameter is annotated so.
    """

    function: Callable[..., object]
    name: str
    stated_version: str
    gives_url: Literal["second", "named", "no"] = "second"
    takes: Takes = "html"
    fields: tuple[str, ...] = ()
    tuned_on: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def version(self) -> str:
        return self.stated_version

    def extract(self, page: PageInput) -> Extraction:
        """What the function returns, in its normal form.

        Raises:
            TypeError: the function returned something that is not an extraction.
        """
        given = page.data if self.takes == "bytes" else page.html
        if self.gives_url == "second":
            return normalise(self.function(given, page.url))
        if self.gives_url == "named":
            return normalise(self.function(given, url=page.url))
        return normalise(self.function(given))


@dataclass(frozen=True)
class ObjectExtractor:
    """An object with ``extract(page)`` that lacks other parts of the protocol, with defaults for them."""

    inner: Any
    name: str
    stated_version: str
    takes: Takes = "html"
    fields: tuple[str, ...] = ()
    tuned_on: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def version(self) -> str:
        own = getattr(self.inner, "version", None)
        return str(own()) if callable(own) else self.stated_version

    def warm_up(self) -> None:
        if isinstance(self.inner, WithWarmUp):
            self.inner.warm_up()

    def metadata(self, page: PageInput) -> Mapping[str, Any]:
        return self.inner.metadata(page) if isinstance(self.inner, WithMetadata) else {}

    def extract(self, page: PageInput) -> Extraction:
        """What the object returns, in its normal form.

        Raises:
            TypeError: it returned something that is not an extraction.
        """
        return normalise(self.inner.extract(page))


def wrap(thing: object, label: str, version: str, options: Mapping[str, str]) -> Extractor:
    """An extractor out of a function, a class (made with the options) or an object with ``extract``.

    Args:
        label: what it is called in messages, and in results unless it has a ``name``.
        version: the version it gets unless it has a ``version()``.

    Raises:
        ExtractorError: it is none of these, or has attributes that no extractor can have.
    """
    if inspect.isclass(thing):
        if not callable(getattr(thing, "extract", None)):
            raise ExtractorError(f"The class {label} has no method extract", "Add extract(self, page) to it.")
        return _whole(build(thing, options, label), label, version, options)
    if options:
        what = f"{label} is not a class, so it takes no options ({', '.join(options)})"
        raise ExtractorError(what, "Make them parameters of a class with a method extract(self, page).")
    if not inspect.ismodule(thing) and callable(getattr(thing, "extract", None)):
        return _whole(thing, label, version, options)
    if callable(thing):
        return _function(thing, label, version)
    what = f"{label} is of the type {type(thing).__name__}, which cannot be called"
    raise ExtractorError(what, "Name a function (html, url), or a class with a method extract(self, page).")


def _whole(inner: Any, label: str, version: str, options: Mapping[str, str]) -> Extractor:
    by_fields = is_dataclass(inner)
    if isinstance(inner, Extractor) and (by_fields or not options):
        return _checked(inner, label)
    return _checked(
        ObjectExtractor(
            inner=inner,
            name=getattr(inner, "name", label),
            stated_version=version,
            takes=getattr(inner, "takes", "html"),
            fields=getattr(inner, "fields", ()),
            tuned_on=getattr(inner, "tuned_on", ()),
            options=options_of(inner) if by_fields else dict(options),
        ),
        label,
    )


def _checked(extractor: Extractor, label: str) -> Extractor:
    if not isinstance(extractor.name, str) or not extractor.name.strip():
        raise ExtractorError(f"{label}: name must be a string, not {extractor.name!r}", _CORRECT)
    if extractor.takes not in get_args(Takes):
        raise ExtractorError(f"{label}: takes must be 'html' or 'bytes', not {extractor.takes!r}", _CORRECT)
    for attribute in ("fields", "tuned_on"):
        if not isinstance(getattr(extractor, attribute), tuple | list):
            raise ExtractorError(f"{label}: {attribute} must be a tuple of strings", _CORRECT)
    strays = [name for name in extractor.fields if name not in FIELDS]
    if strays:
        raise ExtractorError(f"{label}: fields has {strays[0]!r}", f"The fields are {', '.join(FIELDS)}.")
    return extractor


def _function(function: Callable[..., object], label: str, version: str) -> FunctionExtractor:
    if inspect.iscoroutinefunction(function):
        raise ExtractorError(f"{label} is an async function", "Name a plain one; it may call asyncio.run.")
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        # Some functions written in C do not reveal their parameters.
        return FunctionExtractor(function, label, version, gives_url="no")
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    variable = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    named = [p for p in parameters[1:] if p.name == "url" and p.kind in by_name]
    plain = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    others = [p for p in plain if p.default is p.empty and p not in named and p not in positional[:1]]
    callable_with_page = bool(positional or variable) and others in ([], [] if named else positional[1:2])
    if not callable_with_page:
        raise ExtractorError(f"{label} cannot be called with a page", "It must take (html) or (html, url).")
    # A second parameter that may be left out is a setting, not the URL, unless it says so.
    gives_url: Literal["second", "named", "no"] = "no"
    if named:
        gives_url = "named"
    elif others or (variable and len(positional) < 2):
        gives_url = "second"
    takes_bytes = bool(positional) and positional[0].annotation in (bytes, "bytes")
    return FunctionExtractor(function, label, version, gives_url, "bytes" if takes_bytes else "html")
