"""What a corpus is, and the strict reading that the readers of other people's layouts share.

A reader never lets a fault of a file through as anything but a :class:`CorpusError` of one line. It states of a page
only what its corpus, or the page itself, says: what was not annotated is left out of the gold, not guessed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from goldspan.core.protocol import corpus_digest
from goldspan.data.files import read_bytes, read_json, sha256
from goldspan.errors import CorpusError
from goldspan.model import Gold, Page, Sample

if TYPE_CHECKING:
    from tldextract import TLDExtract


@dataclass(frozen=True, eq=False)
class Corpus:
    """A named set of samples, read one at a time.

    Attributes:
        name: what protocols call it.
        ids: the pages, in the corpus's own order.
        read: an id to its sample as the corpus states it; raises CorpusError. It can be sent to another process.
        left_out: pages that take no part, with the reason.
        fingerprint: an id to the digest of its page and gold, where that is cheaper than reading the sample.
        label: gives a sample labelled blocks, where the corpus states none but they follow from what it states.
        spec: what opens it again from any working directory; empty where nothing does.
    """

    name: str
    ids: tuple[str, ...]
    read: Callable[[str], Sample]
    left_out: Mapping[str, str] = field(default_factory=dict)
    fingerprint: Callable[[str], str] | None = None
    label: Callable[[Sample], Sample] | None = None
    spec: str = ""

    def __len__(self) -> int:
        return len(self.ids)

    def plain(self, id: str) -> Sample:
        """One sample as the corpus states it, read now: for its page, or for metrics that need no labelled blocks.

        Raises:
            CorpusError: there is no such page, or one of its files is missing, damaged or of the wrong shape.
        """
        if id not in self._known:
            raise CorpusError(f"the corpus '{self.name}' has no page '{id}'", "Check the id.")
        return self.read(id)

    def load(self, id: str) -> Sample:
        """One sample with labelled blocks if the corpus has them or they can be had; 20 to 50 ms where they are
        projected from a text. Raises as :meth:`plain` does."""
        sample = self.plain(id)
        return self.label(sample) if self.label else sample

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.ids)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the sorted ids, each with the hash of its page and gold; every page is read for it once."""
        fingerprint = self.fingerprint or (lambda id: sample_digest(self.read(id)))
        return corpus_digest({id: fingerprint(id) for id in self.ids})


def sample_digest(sample: Sample) -> str:
    """SHA-256 of all that a score can depend on: the page's bytes and encoding, and what its gold states.

    The site is not in it: it follows from the URL by the public suffix list, which changes.
    """
    page, gold = sample.page, sample.gold
    facts = {
        "page": sha256(page.data),
        "url": page.url,
        "charset": page.charset,
        "encoding": page.encoding,
        "language": gold.about.language,
        "page_type": gold.about.page_type,
        "reference": gold.reference,
        "snippets": gold.snippets and [gold.snippets.wanted, gold.snippets.unwanted],
        "metadata": dict(gold.metadata),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


# Reading strictly


def check_folder(path: Path, holds: str) -> Path:
    """The folder itself, if it is one.

    Args:
        holds: what the user should look for to find the right folder.
    """
    if not path.is_dir():
        what = "is no folder" if path.exists() else "does not exist"
        raise CorpusError(f"{path} {what}", f"Give the folder that holds {holds}.")
    return path


def read_object(path: Path) -> dict[str, Any]:
    """A JSON file that holds an object, in UTF-8 (a byte-order mark is allowed), UTF-16 or UTF-32."""
    try:
        data = read_json(path)
    except ValueError as fault:  # a number of thousands of digits, which json leaves to int()
        raise CorpusError(f"{path} cannot be read as JSON: {fault}", "Mend the file or fetch it again.") from None
    return as_object(data, str(path))


def read_page(path: Path) -> bytes:
    """The bytes of a page, unpacked; an empty file is a download that failed."""
    data = read_bytes(path)
    if not data.strip():
        raise CorpusError(f"{path} is empty", "Fetch it again, or take its page out of the corpus.")
    return data


def as_object(value: object, where: str) -> dict[str, Any]:
    """A JSON object that was expected."""
    if not isinstance(value, dict):
        raise CorpusError(f"{where} holds {_kind(value)} where an object belongs", _MEND)
    return value


def object_at(data: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    """The object under a key that must be there."""
    return as_object(_at(data, key, where), f"{where}: '{key}'")


def text_at(data: Mapping[str, Any], key: str, where: str) -> str:
    """The text under a key that must be there."""
    value = _at(data, key, where)
    if not isinstance(value, str):
        raise CorpusError(f"{where}: '{key}' is {_kind(value)} where a text belongs", _MEND)
    return value


def stated_at(data: Mapping[str, Any], key: str, where: str) -> str | None:
    """The text under a key, or None where the key is absent, null or blank: nobody stated anything."""
    if data.get(key) is None:
        return None
    return text_at(data, key, where).strip() or None


def texts_at(data: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The list of texts under a key that must be there."""
    value = _at(data, key, where)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CorpusError(f"{where}: '{key}' is not a list of texts", _MEND)
    return tuple(value)


def _at(data: Mapping[str, Any], key: str, where: str) -> object:
    if key not in data:
        raise CorpusError(f"{where} has no '{key}'", _MEND)
    return data[key]


_MEND = "Mend the file or fetch it again; the layout is described in the documentation of corpora."


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def list_files(folder: Path, suffix: str) -> dict[str, Path]:
    """The files of a folder by name without the suffix; hidden files and those of other kinds are passed over."""
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        raise CorpusError(f"{folder} is missing", "Restore the folder or fetch the corpus again.") from None
    except OSError as fault:
        raise CorpusError(f"{folder} cannot be listed: {fault.strerror}", "Check its permissions.") from None
    names = (path for path in found if path.name.endswith(suffix) and not path.name.startswith("."))
    return {path.name.removesuffix(suffix): path for path in names}


def check_pairs(pages: Mapping[str, object], golds: Mapping[str, object], where: str) -> None:
    """Every page has a gold, and every gold a page."""
    for kind, others, missing in (("gold", pages, golds.keys() - pages), ("page", golds, pages.keys() - golds)):
        if missing:
            lacks = "page" if others is pages else "gold"
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise CorpusError(
                f"{where}: the {kind} '{min(missing)}'{more} has no {lacks}",
                f"Restore the {lacks} or remove the {kind}.",
            )
    if not pages:
        raise CorpusError(f"{where} holds no pages", "Fetch the corpus again.")


# What a page says of itself

_LANGUAGE = re.compile(
    rb"<html\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*?\s(?:xml:)?lang\s*=\s*[\"']?\s*([A-Za-z]{2,3})(?![A-Za-z])", re.IGNORECASE
)
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/[^/]+/(?=https?://)")


def encoding_of(data: bytes) -> str | None:
    """``utf-8`` for bytes that are valid UTF-8, else None: it must be detected.

    The corpora kept no HTTP headers, and of the pages that are valid UTF-8 nearly one in five does not say so in its
    first 1,024 bytes, so that detection by the rules would read them as windows-1252.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def language_of(data: bytes) -> str | None:
    """The language that the page's ``html`` element declares, as a lower-case primary subtag; a claim, not a fact."""
    match = _LANGUAGE.search(data)
    return match[1].decode("ascii").lower() if match else None


def site_of(url: str | None) -> str | None:
    """The registrable domain of a URL (``example.co.uk``), of the archived page for a copy in the Web Archive.

    By the snapshot of the public suffix list that comes with tldextract, so that it needs no network; a host without
    one (an address, ``localhost``) is itself.
    """
    if not url:
        return None
    try:
        host = urlsplit(_ARCHIVED.sub("", url)).hostname
    except ValueError:
        return None
    return _suffixes()(host).top_domain_under_public_suffix or host if host else None


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=False)


_NAME_ENDS = re.compile(r"\s*;\s*")
_MAYBE_NAME_ENDS = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+")
_CREDENTIAL = re.compile(r"[A-Z.]+[^a-z]*")


def names_in(author: str) -> list[str]:
    """The names in a line of authors.

    Semicolons divide. Commas, "and" and "&" divide only where every part looks like a full name (two to five words,
    the first and last capitalised, no digit, not all credentials), for ``Doe, Jane``, ``Jane Doe, PhD, CEPF`` and
    ``Center for Research and Review`` are one name each.
    """
    found: list[str] = []
    for line in _NAME_ENDS.split(" ".join(author.split())):
        parts = [part for part in _MAYBE_NAME_ENDS.split(line) if part]
        found += parts if all(map(_looks_like_a_name, parts)) else [line]
    return [name for name in found if name]


def _looks_like_a_name(part: str) -> bool:
    words = part.split()
    return (
        2 <= len(words) <= 5
        and words[0][0].isupper()
        and words[-1][0].isupper()
        and not any(char.isdigit() for char in part)
        and not all(_CREDENTIAL.fullmatch(word) for word in words)
    )


def make_sample(id: str, data: bytes, url: str | None, gold: Gold) -> Sample:
    """A crawled page and its gold."""
    return Sample(Page(id, data, url=url, encoding=encoding_of(data)), gold)
