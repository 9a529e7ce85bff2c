"""A spec from the command line → an extractor."""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from goldspan.errors import ExtractorError
from goldspan.extractors.base import Extractor
from goldspan.extractors.load import attribute, load_file, load_module, version_of
from goldspan.extractors.options import parse_query
from goldspan.extractors.registry import REGISTERED, Entry, plugins
from goldspan.extractors.wrap import wrap

KINDS = "Use a registered name, package.module:function, ./file.py:function, cmd:COMMAND or predictions:FILE."
_FILE = re.compile(r"(?P<path>.+\.py)(?::(?P<name>[^:/]*))?")
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def resolve(spec: str) -> Extractor:
    """The extractor that a spec names.

    Args:
        spec: ``name``, ``package.module:object`` or ``path/file.py:object`` (``:extract`` may be left out),
            each with options after a question mark: ``trafilatura?favor_precision=true&fast=1``.

    Raises:
        ExtractorError: nothing is registered by that name, the code cannot be imported or is not an extractor, or
            an option is unknown or has a wrong value. Whether a registered library is installed is not
            checked here: ``version()`` and ``warm_up()`` do that.
    """
    if spec.startswith(("cmd:", "predictions:")):
        kind = spec.partition(":")[0]
        raise ExtractorError(f"{kind}: names no Python extractor that can be imported ({spec})", KINDS)
    target, _, query = spec.strip().partition("?")
    options = parse_query(query, spec)
    file = _FILE.fullmatch(target)
    if file:
        path, name = Path(file["path"]), file["name"] or "extract"
        module = load_file(path)
        return wrap(attribute(module, name, str(path)), f"{path.stem}:{name}", version_of(module), options)
    if ":" in target:
        dotted, _, name = target.partition(":")
        if not _DOTTED.fullmatch(dotted) or not _DOTTED.fullmatch(name):
            raise ExtractorError(f"{spec!r} names no kind of extractor that is known", KINDS)
        module = load_module(dotted)
        return wrap(attribute(module, name, dotted), target, version_of(module), options)
    if target in REGISTERED:
        return _registered(target, REGISTERED[target], options)
    found = plugins().get(target)
    if found is None:
        raise _unknown(target)
    try:
        thing = found.load()
    except Exception as error:
        owner = found.dist.name if found.dist else "a package"
        what = f"{target}, an extractor of {owner}, cannot be loaded ({type(error).__name__}: {error})"
        raise ExtractorError(what, "Update or remove that package.") from error
    return wrap(thing, target, found.dist.version if found.dist else "unknown", options)


def _registered(name: str, entry: Entry, options: dict[str, str]) -> Extractor:
    module, _, attribute_name = entry.target.partition(":")
    return wrap(getattr(import_module(module), attribute_name), name, "unknown", options)


def _unknown(target: str) -> ExtractorError:
    names = sorted({*REGISTERED, *plugins()})
    if not target:
        return ExtractorError("An extractor's name is empty", KINDS)
    if "/" in target:
        return ExtractorError(f"{target!r} is no Python file", "Name one as ./file.py:function.")
    close = get_close_matches(target.lower(), names, n=1, cutoff=0.5)
    if close:
        return ExtractorError(f"No extractor is registered as {target!r}", f"Did you mean {close[0]!r}?")
    return ExtractorError(f"No extractor is registered as {target!r}", f"There are {', '.join(names)}.")
