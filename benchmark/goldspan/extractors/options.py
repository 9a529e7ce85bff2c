"""Options of a system: ``favor_precision=true&language=de`` ↔ the parameters of a class."""

from __future__ import annotations

import dataclasses
import inspect
import math
import types
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from urllib.parse import unquote

from goldspan.errors import ExtractorError, GoldspanError

BOOLEANS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}


def parse_query(query: str, spec: str) -> dict[str, str]:
    """``a=1&b=x%20y`` as a mapping; percent escapes are undone, a plus sign stays a plus sign.

    Raises:
        ExtractorError: a part without ``=``, or an option given twice.
    """
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals or not name:
            raise ExtractorError(f"{spec}: {part!r} is no option", "Write options as ?name=value&name=value.")
        if name in options:
            raise ExtractorError(f"{spec}: the option {name!r} is given twice", "Leave one of them out.")
        options[name] = unquote(value)
    return options


def build(factory: type[Any], options: Mapping[str, str], label: str) -> Any:
    """An instance of the class with the options turned into the types that its parameters declare.

    Raises:
        ExtractorError: an option it does not have, a value of the wrong kind, or a constructor that raises.
    """
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):
        signature = inspect.Signature()
    parameters = {name: parameter for name, parameter in signature.parameters.items() if _by_name(parameter)}
    takes_any = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    hints = _hints(factory)
    values = {}
    for name, text in options.items():
        if name in parameters:
            kind = _type(hints.get(name), parameters[name].default)
            values[name] = _value(text, kind, f"{label}?{name}={text}")
        elif takes_any:
            values[name] = text
        else:
            raise ExtractorError(f"{label} has no option {name!r}", _advice(name, tuple(parameters)))
    try:
        return factory(**values)
    except GoldspanError:
        raise
    except Exception as error:
        what = f"{label} cannot be created ({type(error).__name__}: {error})"
        raise ExtractorError(what, "Check its options and its constructor.") from error


def options_of(system: object) -> dict[str, str]:
    """The options of a system that differ from their defaults, as they are written in a spec."""
    given = getattr(system, "options", None)
    if isinstance(given, Mapping):
        return {str(name): str(value) for name, value in given.items()}
    if not dataclasses.is_dataclass(system):
        return {}
    found = {}
    for item in dataclasses.fields(system):
        default = item.default if item.default_factory is dataclasses.MISSING else item.default_factory()
        value = getattr(system, item.name)
        if item.init and value != default:
            found[item.name] = _text(value)
    return found


def _by_name(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)


def _hints(factory: type[Any]) -> dict[str, Any]:
    try:
        return get_type_hints(factory if dataclasses.is_dataclass(factory) else factory.__init__)
    except Exception:
        # A name that exists for type checkers alone; the defaults still tell the types.
        return {}


def _type(hint: Any, default: object) -> Any:
    if hint is not None and hint is not Any:
        return hint
    kind = type(default)
    return kind if kind in (bool, int, float) else str


def _value(text: str, kind: Any, where: str) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        if len(members) < len(get_args(kind)) and text.lower() in ("", "none"):
            return None
        if len(members) == 1:
            return _value(text, members[0], where)
    if get_origin(kind) is Literal:
        choices = {_text(choice): choice for choice in get_args(kind)}
        if text in choices:
            return choices[text]
        raise _wrong(where, f"one of {', '.join(choices)}")
    if kind is bool:
        if text.lower() in BOOLEANS:
            return BOOLEANS[text.lower()]
        raise _wrong(where, "true or false")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise _wrong(where, "a whole number") from None
    if kind is float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
        raise _wrong(where, "a number")
    if kind is str:
        return text
    raise ExtractorError(f"{where}: an option of the type {kind!r} cannot be set in a name", "Leave it out.")


def _wrong(where: str, expected: str) -> ExtractorError:
    return ExtractorError(f"{where}: expected {expected}", "Correct the value.")


def _advice(name: str, valid: tuple[str, ...]) -> str:
    if not valid:
        return "It takes no options."
    close = get_close_matches(name, valid, n=1)
    return (f"Did you mean {close[0]!r}? " if close else "") + f"Its options are {', '.join(sorted(valid))}."


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return str(value)
