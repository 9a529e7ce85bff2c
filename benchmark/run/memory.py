"""The peak resident memory of a process, started anew for each page (proc_pid_clear_refs(5): writing 5 resets it).

Both are called for every page, so they go by plain descriptors: Python's files cost three times as much here.
"""

from __future__ import annotations

import os

_STATUS = 1 << 16  # bytes: the line of groups, which stands before the peak, can be long


def reset_peak(pid: int | str = "self") -> None:
    """Start the peak anew, where the system can."""
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
