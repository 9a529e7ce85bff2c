"""What an extractor is, to the runs that call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from benchmark.model import Extraction


@dataclass(frozen=True, slots=True)
class PageInput:
    """What an extractor is given: the decoded page, or its bytes if it declared that it takes them.

    Attributes:
        html: the page as WHATWG rules decode it; empty for an extractor that takes bytes.
        data: the page's bytes; empty for an extractor that takes the decoded string.
    """

    html: str = ""
    data: bytes = b""
    url: str | None = None


@runtime_checkable
class Extractor(Protocol):
    """The full adapter. ``extract`` is what is timed; what it raises is recorded, and the run goes on.

    An adapter may have two more methods: ``metadata(page) -> Mapping`` with fields that the library finds in a
    call of its own (it is not timed), and ``warm_up()`` for anything that should not be charged to the first page.
    """

    name: str
    takes: Literal["html", "bytes"]
    fields: tuple[str, ...]
    tuned_on: tuple[str, ...]

    def version(self) -> str: ...

    def extract(self, page: PageInput) -> Extraction: ...


class WithMetadata(Protocol):
    """An adapter whose library finds metadata in a call of its own, outside the timing."""

    def metadata(self, page: PageInput) -> Mapping[str, Any]: ...
