"""Reading and writing files so that a fault is one clear line and nothing is ever half-written."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldspan.errors import CorpusError, GoldspanError, UsageError

_LARGEST_UNPACKED = 512 * 2**20  # bytes; a page beyond this is a bomb, not a page


def sha256(data: bytes) -> str:
    """The digest of bytes, as hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, error: type[GoldspanError] = CorpusError) -> bytes:
    """A file's bytes; ``.gz`` files are unpacked.

    Raises:
        error: missing, unreadable, truncated, or unpacking to more than 512 MiB.
    """
    try:
        if path.suffix != ".gz":
            return path.read_bytes()
        with gzip.open(path) as stream:
            data = stream.read(_LARGEST_UNPACKED + 1)
    except FileNotFoundError:
        raise error(f"{path} is missing", "Restore it, or take its page out of the corpus.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise error(
            f"{path} cannot be unpacked: {fault}", "The file is damaged or cut short: fetch it again."
        ) from None
    except OSError as fault:
        raise error(
            f"{path} cannot be read: {fault.strerror or fault}", "Check its name and its permissions."
        ) from None
    if len(data) > _LARGEST_UNPACKED:
        raise error(f"{path} unpacks to more than {_LARGEST_UNPACKED} bytes", "It is no page: remove it.")
    return data


def decode_json(data: bytes, where: str, error: type[GoldspanError] = CorpusError) -> Any:
    """JSON from bytes in UTF-8 (a byte-order mark is allowed), UTF-16 or UTF-32.

    Raises:
        error: not JSON; the line and column are named.
    """
    try:
        return json.loads(data)
    except json.JSONDecodeError as fault:
        raise error(
            f"{where} is not valid JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}",
            "Mend the file or fetch it again.",
        ) from None
    except UnicodeDecodeError as fault:
        raise error(
            f"{where} is not valid JSON: byte {fault.start} is not {fault.encoding}", "Save it as UTF-8."
        ) from None
    except RecursionError:
        raise error(f"{where} is nested too deeply to be read", "It is no file of this program.") from None


def read_json(path: Path, error: type[GoldspanError] = CorpusError) -> Any:
    """A JSON file; see :func:`read_bytes` and :func:`decode_json` for what it raises."""
    data = read_bytes(path, error)
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    return decode_json(data, str(path), error)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, never a part.

    Raises:
        GoldspanError: the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as fault:
        raise _unwritable(path, fault) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, _allowed(0o666))
        os.replace(name, path)
    except BaseException as fault:
        Path(name).unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise _unwritable(path, fault) from None
        raise


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of files so that it is there whole or not at all.

    Args:
        files: the bytes of each file by its path below the folder.

    Raises:
        UsageError: the folder is there, with something in it.
        GoldspanError: it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already and not empty", "Choose another place, or remove it first.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as fault:
        raise _unwritable(folder, fault) from None
    try:
        for name, data in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(data)
        made.chmod(_allowed(0o777))
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except OSError as fault:
        raise _unwritable(folder, fault) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _allowed(mode: int) -> int:
    """The permissions that a new file gets of those asked for: temporary files have fewer."""
    umask = os.umask(0)
    os.umask(umask)
    return mode & ~umask


def _unwritable(path: Path, fault: OSError) -> GoldspanError:
    return GoldspanError(f"{path} cannot be written: {fault.strerror or fault}", "Choose another place.")
