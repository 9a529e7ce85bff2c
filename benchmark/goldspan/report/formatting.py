"""How single values are written, the same in every table, and text that is safe to print."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from goldspan.model import FAILURES, Score, System

NONE = "–"
"""What stands where nothing is known or nothing applies; never where a value is zero."""

COUNTED = ("leak", "loss", "surplus")
"""Metrics whose figures are tokens a page, apart from shares of pages."""

_HARMFUL = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
_HARMFUL |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD) | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
# Overrides and isolates of the writing direction could make a report say something else than it holds.
_HARMFUL |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def visible(text: str) -> str:
    """Text that cannot steer a terminal, of the same length: control characters become their pictures (ESC is ``␛``),
    overrides of the writing direction and lone surrogates U+FFFD. Newlines and tabs stay."""
    return text.translate(_HARMFUL)


def line(text: str) -> str:
    """The same on one line."""
    return visible(" ".join(text.split()))


def known(value: float | None) -> float | None:
    """The value if it is a finite number; NaN is "not defined"."""
    return value if value is not None and isfinite(value) else None


def is_count(name: str) -> bool:
    """Whether a figure is a number of things a page, not a share of them."""
    metric, _, figure = name.partition(".")
    if name in ("abstention.tokens", "metadata.fields"):
        return True
    return metric in COUNTED and not figure.endswith(".pages")


def share(value: float | None) -> str:
    """A figure from 0 to 1 with three decimals and no leading zero: ``.951``, ``1.000``, ``-.012``."""
    value = known(value)
    if value is None:
        return NONE
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def count(value: float | None) -> str:
    """A number of things a page: one decimal, none from 100 on; ``0`` only where there is nothing at all."""
    value = known(value)
    if value is None:
        return NONE
    if value == 0:
        return "0"
    return f"{value:.1f}" if abs(value) < 99.95 else f"{value:.0f}"


def percent(value: float | None) -> str:
    """A share of pages in whole percent; what is not nothing is never shown as 0."""
    value = known(value)
    if value is None:
        return NONE
    return "<1%" if 0 < value < 0.005 else f"{100 * value:.0f}%"


def figure(name: str, value: float | None) -> str:
    """A figure of a result by its name."""
    return count(value) if is_count(name) else share(value)


def with_interval(name: str, score: Score | None) -> str:
    """``.951 [.940 .962]``; without brackets where there is no interval."""
    if score is None:
        return NONE
    value, low, high = known(score.value), known(score.low), known(score.high)
    text = figure(name, value)
    return f"{text} [{figure(name, low)} {figure(name, high)}]" if None not in (value, low, high) else text


def failures(found: Mapping[str, int]) -> str:
    """Failures by kind, ``2 timeout, 1 error``; ``0`` where there are none. An empty output is no failure."""
    return ", ".join(f"{found[kind]} {kind}" for kind in FAILURES if found.get(kind)) or "0"


def reasons(left_out: Mapping[str, str]) -> str:
    """Why pages were left out, in one line; reasons that differ only in numbers are taken together."""
    groups: dict[str, list[str]] = {}
    for reason in left_out.values():
        groups.setdefault(_NUMBER.sub("…", reason), []).append(reason)
    parts = []
    for general, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        said = group[0] if len(set(group)) == 1 else general
        parts.append(f"{len(group)} × {line(said)}" if len(left_out) > 1 else line(said))
    return "; ".join(parts[:3]) + (f"; {len(parts) - 3} other reasons" if len(parts) > 3 else "")


def short_names(systems: Sequence[System]) -> dict[str, str]:
    """For each system's key the shortest name that tells it apart: with options and version only where needed."""
    names: dict[str, str] = {}
    for system in systems:
        with_options = _without_version(system)
        if sum(other.name == system.name for other in systems) == 1:
            names[system.key] = line(system.name)
        elif sum(_without_version(other) == with_options for other in systems) == 1:
            names[system.key] = line(with_options)
        else:
            names[system.key] = line(system.key)
    return names


def _without_version(system: System) -> str:
    return system.name + system.key.removeprefix(f"{system.name}@{system.version}")


def key_parts(key: str) -> list[str]:
    """A system's key in pieces that should stay whole: its name, its version, each option."""
    return re.split(r"(?<=.)(?=[@?&])", key)


def break_key(key: str, width: int) -> str:
    """A system's key on lines of at most ``width`` where its pieces allow it."""
    lines = [""]
    for part in key_parts(key):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
