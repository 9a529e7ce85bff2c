"""The peak resident memory of a process, reset for each page (proc_pid_clear_refs(5): writing 5 resets it), and
what a process keeps of the memory that it has freed.

The peak's two functions are called for every page, so they go by plain descriptors: Python's files cost three times as
much.
"""

from __future__ import annotations

import ctypes
import os
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h
_KEPT = 8 * 2**20  # bytes that are kept at the end of a heap
_OWN_MAPPING = 8 * 2**20  # bytes from which on a piece gets a mapping of its own
_STATUS = 1 << 16  # bytes: the line of groups, which stands before the peak, can be long


def reset_peak(pid: int | str = "self") -> None:
    """Reset the peak, if the system can."""
    try:
        file = os.open(f"/proc/{pid}/clear_refs", os.O_WRONLY)
    except OSError:  # no such file outside Linux: the peak is then not known either
        return
    try:
        os.write(file, b"5")
    except OSError:
        pass
    finally:
        os.close(file)


def peak_mb(pid: int | str = "self") -> float | None:
    """The peak since the last reset, in MB; None where the system does not tell."""
    try:
        file = os.open(f"/proc/{pid}/status", os.O_RDONLY)
    except OSError:
        return None
    try:
        _, _, found = os.read(file, _STATUS).partition(b"\nVmHWM:")
        return int(found.split(None, 1)[0]) / 1024
    except (OSError, IndexError):
        return None
    finally:
        os.close(file)


def return_freed_memory() -> None:
    """Make this process return the memory that it frees.

    glibc keeps up to 64 MB of freed memory in each heap, and gives threads that come and go up to eight heaps per core,
    so that the process seems to grow long after it was warm.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other systems' libraries have other ways
    if mallopt and sys.platform == "linux":
        mallopt(_M_MMAP_THRESHOLD, _OWN_MAPPING)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
