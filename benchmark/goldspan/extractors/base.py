"""The protocol of an extractor, for the runs that call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from goldspan.model import Extraction

Takes = Literal["html", "bytes"]


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

    An adapter may have two more methods: ``metadata(page) -> Mapping`` with fields that the library finds in
    a call of its own (it is not timed), and ``warm_up()`` for anything that should not be charged to the
    first page.

    Attributes:
        name: what it is called in results, without version and options.
        takes: ``html`` for the decoded string, ``bytes`` for an extractor that does the decoding itself.
        fields: the metadata fields it can return, out of ``goldspan.model.FIELDS``.
        tuned_on: corpora it was trained or tuned on, by its authors' account.
    """

    @property
    def name(self) -> str: ...

    @property
    def takes(self) -> Takes: ...

    @property
    def fields(self) -> tuple[str, ...]: ...

    @property
    def tuned_on(self) -> tuple[str, ...]: ...

    def version(self) -> str: ...

    def extract(self, page: PageInput) -> Extraction: ...


@runtime_checkable
class WithMetadata(Protocol):
    """An adapter whose library finds metadata in a call of its own, outside the timing."""

    def metadata(self, page: PageInput) -> Mapping[str, Any]: ...


@runtime_checkable
class WithWarmUp(Protocol):
    """An adapter that imports its library, and builds what it re-uses, before the first page."""

    def warm_up(self) -> None: ...
