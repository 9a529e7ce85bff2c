"""The only exceptions that reach a user: each is one line that says what is wrong, where, and what to do."""

from __future__ import annotations


class GoldspanError(Exception):
    """Something the user can put right.

    Args:
        what: what is wrong, and where (a file, a line, a page, an option).
        do: what to do about it, as an instruction; joined to the message.
    """

    exit_code = 2

    def __init__(self, what: str, do: str = "") -> None:
        message = f"{what.rstrip('.')}. {do}" if do else what
        super().__init__(" ".join(message.split()))


class UsageError(GoldspanError):
    """A call whose words are off: an unknown name, options that exclude each other."""


class CorpusError(GoldspanError):
    """A corpus, sample or gold file that cannot be read or does not hold what it should."""


class RunFileError(GoldspanError):
    """A run file or prediction file that cannot be read, or belongs to another run."""


class ExtractorError(GoldspanError):
    """An extractor that cannot be found, imported, started or called."""


class BundleError(GoldspanError):
    """A submission that cannot be read, is not what it says, or was tampered with."""


class PublishError(GoldspanError):
    """Something that cannot be published: no right to it, no such place, or a service that does not answer."""
