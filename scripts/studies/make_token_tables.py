#!/usr/bin/env python3
"""Write benchmark/goldspan/core/text/ranges.py: the frozen character classes of tok/2.

Run once for a token version, from an environment with the `regex` package; the output is committed and never
made again for the same version, so that an upgrade of Python or of `regex` cannot move a score.
"""

from __future__ import annotations

import sys
import textwrap

import regex

from checkout import ROOT

CLASSES = {
    "WORD": r"[\p{L}\p{M}\p{N}]",
    "MARK": r"\p{M}",
    "NUMBER": r"\p{N}",
    "UNSPACED": "[" + "".join(rf"\p{{scx={s}}}" for s in "Han Hiragana Katakana Thai Lao Khmer Myanmar".split()) + "]",
    "IGNORABLE": r"\p{Default_Ignorable_Code_Point}",
}


def ranges(pattern: str) -> str:
    match = regex.compile(pattern, regex.V1).fullmatch
    found: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000 or not match(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return " ".join(f"{a:x}-{b:x}" if b > a else f"{a:x}" for a, b in found)


def main() -> None:
    out = [
        '"""The character classes of tok/2, as hexadecimal ranges: frozen, written by scripts/studies/'
        "make_token_tables.py.",
        "",
        f"Made with regex {regex.__version__}. WORD: letters, marks, numbers. MARK: marks. NUMBER: numbers.",
        "UNSPACED: characters whose Script_Extensions hold a script written without spaces. IGNORABLE:",
        "Default_Ignorable_Code_Point.",
        '"""',
        "",
    ]
    for name, pattern in CLASSES.items():
        lines = textwrap.wrap(ranges(pattern), 100, break_on_hyphens=False)
        out += [f"{name} = (", *(f'    "{line} "' for line in lines), ")", ""]
    target = ROOT / "benchmark" / "goldspan" / "core" / "text" / "ranges.py"
    target.write_text("\n".join(out), encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
