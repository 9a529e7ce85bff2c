"""The isolation of an extractor's process, before any of its code runs. Called first thing in that process."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_NEW_NET, _NEW_USER = 0x40000000, 0x10000000
_PDEATHSIG = 1
_LARGEST_FILE = 2**30  # bytes that an extractor may write into one file

NO_GUARD = "none"


def apply(parent: int) -> str:
    """Tie the process to its parent, forbid core dumps and huge files, and cut the network off.

    Args:
        parent: the process id of the run; if it is gone already, this process ends.

    Returns:
        The network guard that is in force: ``network namespace``, ``user namespace`` or ``none``.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    if sys.platform != "linux":
        return NO_GUARD
    tie(parent)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NET) == 0:
        return "network namespace"
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_USER | _NEW_NET) == 0:
        _keep_ids(user, group)
        return "user namespace"
    return NO_GUARD


def tie(parent: int) -> None:
    """Make sure that the process ends when its parent does.

    Args:
        parent: as :func:`apply` takes it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _keep_ids(user: int, group: int) -> None:
    """In the new user namespace, keep our user and group."""
    for path, text in (
        ("/proc/self/setgroups", "deny"),
        ("/proc/self/uid_map", f"{user} {user} 1"),
        ("/proc/self/gid_map", f"{group} {group} 1"),
    ):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
