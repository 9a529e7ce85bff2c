"""Whatever an extractor returned → an Extraction, or a TypeError that says what was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

from goldspan.model import FIELDS, Extraction, TextFormat

FORMATS: tuple[str, ...] = get_args(TextFormat)
KEYS = ("text", "format", *FIELDS)


def normalise(result: object) -> Extraction:
    """Accepts an Extraction, a string, a mapping with an Extraction's keys, or None (an empty text).

    Metadata that is empty or blank becomes None, and dates become ISO strings. The text is left as it is.

    Raises:
        TypeError: the result is something else, or one of its values has the wrong type.
    """
    if isinstance(result, Extraction):
        given: Mapping[Any, Any] = {key: getattr(result, key) for key in KEYS}
    elif result is None:
        given = {}
    elif isinstance(result, str):
        given = {"text": result}
    elif isinstance(result, Mapping):
        given = result
    else:
        expected = "a string, an Extraction, a dict with its keys, or None"
        raise TypeError(f"the extractor returned {_kind(result)}; expected {expected}")
    unknown = [key for key in given if key not in KEYS]
    if unknown:
        raise TypeError(f"the result has unknown keys {unknown}; an Extraction has {', '.join(KEYS)}")
    text = given.get("text")
    if text is None and not isinstance(result, Extraction):
        text = ""
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, not {_kind(text)}")
    written = given.get("format", "text")
    if written not in FORMATS:
        raise TypeError(f"format must be one of {', '.join(FORMATS)}, not {written!r}")
    fields = {name: value for name, value in given.items() if name in FIELDS}
    return Extraction(text=_plain(text), format=written, **normalise_metadata(fields))


def normalise_metadata(values: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata fields that hold something, with authors as a tuple and dates as ISO strings.

    Raises:
        TypeError: an unknown field, or a value of the wrong type.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise TypeError(f"{name!r} is not a metadata field; the fields are {', '.join(FIELDS)}")
        clean = _authors(value) if name == "authors" else _field(name, value)
        if clean is not None:
            found[name] = clean
    return found


def _authors(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise TypeError(f"authors must be a list or tuple of strings, one a person, not {_kind(value)}")
    strays = [name for name in value if not isinstance(name, str)]
    if strays:
        raise TypeError(f"authors must be strings; the list holds {_kind(strays[0])}")
    return tuple(_plain(name) for name in value if name.strip()) or None


def _field(name: str, value: object) -> str | None:
    if value is None:
        return None
    if name in ("published", "modified") and isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {_kind(value)}")
    return _plain(value) if value.strip() else None


def _plain(text: str) -> str:
    # lxml and BeautifulSoup return subclasses of str that hold on to the whole tree of the page.
    return str.__str__(text)


def _kind(value: object) -> str:
    kind = type(value).__name__
    return kind if kind == "NoneType" else f"{kind} {value!r}"[:80]
