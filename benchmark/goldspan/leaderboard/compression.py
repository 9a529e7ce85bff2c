"""Zstandard, for what is stored and for what strangers send."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from goldspan.errors import BundleError, GoldspanError

LARGEST_UNPACKED = 2**29
"""The bytes that anything may unpack to."""
_LARGEST_WINDOW = 2**27


def _library() -> Any:
    try:
        import zstandard
    except ImportError:
        raise GoldspanError("bundles need zstandard", "Install it: pip install 'goldspan[publish]'.") from None
    return zstandard


def pack(data: bytes, level: int = 12) -> bytes:
    packed: bytes = _library().ZstdCompressor(level=level).compress(data)
    return packed


def unpack_lines(packed: bytes, where: str) -> Iterator[bytes]:
    """The lines that are not blank, one at a time, so that a bomb is seen before it is unpacked.

    Raises:
        BundleError: damaged, or unpacking to more than :data:`LARGEST_UNPACKED` bytes.
    """
    zstandard = _library()
    read = 0
    try:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        stream: BinaryIO = io.BufferedReader(unpacker.stream_reader(packed, read_across_frames=True), 2**20)
        while line := stream.readline(LARGEST_UNPACKED + 1 - read):
            read += len(line)
            if read > LARGEST_UNPACKED:
                raise BundleError(f"{where} unpacks to more than {LARGEST_UNPACKED} bytes", "It holds no predictions.")
            if line.strip():
                yield line
    except zstandard.ZstdError as fault:
        raise BundleError(f"{where} cannot be unpacked: {fault}", "It is damaged or no zstd file.") from None
