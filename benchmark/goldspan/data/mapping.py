"""Between frozen dataclasses and plain data: the names of the fields are the keys of the files."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cattrs import Converter


@cache
def converter(*, omit_if_default: bool = True) -> Converter:
    """Reads plain data that a schema has checked: numbers and texts stay as they are. Writes sequences as lists.

    Args:
        omit_if_default: whether what equals its default is left out. Copy the converter to give it hooks of your own.
    """
    from cattrs import Converter

    made = Converter(
        omit_if_default=omit_if_default, detailed_validation=False, unstruct_collection_overrides={tuple: list}
    )
    for kind in (str, int, float, bool, bytes):
        made.register_structure_hook(kind, lambda value, _: value)
    return made
