"""What the adapters of installed libraries share: late import, version, and the message for an absent library."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

from goldspan.errors import ExtractorError
from goldspan.extractors.base import Takes

INSTALL = "pip install 'goldspan[extractors]'"


@dataclass(frozen=True)
class LibraryAdapter:
    """A system that is an installed library. Dataclass fields of a subclass are its options, with defaults.

    Attributes:
        distribution: the name the library is installed by; its version is the system's version.
        module: what is imported.
    """

    name: ClassVar[str]
    distribution: ClassVar[str]
    module: ClassVar[str]
    takes: ClassVar[Takes] = "html"
    fields: ClassVar[tuple[str, ...]] = ()
    tuned_on: ClassVar[tuple[str, ...]] = ()

    def version(self) -> str:
        """The installed version.

        Raises:
            ExtractorError: the library is not installed.
        """
        try:
            return version(self.distribution)
        except PackageNotFoundError:
            raise self._absent() from None

    def warm_up(self) -> None:
        """Imports the library. Adapters that build something to re-use override this.

        Raises:
            ExtractorError: the library is not installed, or cannot be imported.
        """
        _ = self.library

    @cached_property
    def library(self) -> Any:
        """The imported module."""
        return self.load(self.module)

    def load(self, module: str) -> Any:
        """Imports a module that this system needs.

        Raises:
            ExtractorError: it is not installed, or cannot be imported.
        """
        try:
            return import_module(module)
        except ModuleNotFoundError as error:
            if error.name == module.partition(".")[0]:
                raise self._absent() from None
            raise self._broken(error) from error
        except ImportError as error:
            raise self._broken(error) from error

    def _absent(self) -> ExtractorError:
        what = f"{self.name} needs {self.distribution}, which is not installed"
        return ExtractorError(what, f"Install it: {INSTALL}")

    def _broken(self, error: ImportError) -> ExtractorError:
        what = f"{self.name}: {self.distribution} is installed but cannot be imported ({error})"
        return ExtractorError(what, f"Install what it needs: {INSTALL}")
