"""Processes, as the system sees them: their memory, and how to end those that an extractor left behind."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys

import psutil

MARK = "GOLDSPAN_WORKER"
"""The environment variable that marks a process that was left behind as a worker's."""

_CHILD_SUBREAPER = 36
_PIPE_SIZE = 1 << 20


def adopt_orphans() -> None:
    """From now on a process whose parent has gone becomes this process's child, so that it can be found and ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def widen_pipe(descriptor: int) -> None:
    """Make room in a pipe for a whole page, where the system allows it."""
    if sys.platform == "linux":
        try:
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        except OSError:  # over the user's quota: slower, but no fault
            pass


def resident_mb(pid: int) -> float:
    """The resident memory of a process and all below it, in MB; 0 if it has gone."""
    try:
        return sum(map(_resident, _tree(pid))) / 2**20
    except OSError:
        return _resident_mb(pid)


def _tree(pid: int) -> list[int]:
    """A process and all below it, as Linux lists them; psutil would read every process of the machine.

    Raises:
        OSError: it has gone, or the system keeps no such lists.
    """
    found = [pid]
    for one in found:
        for thread in os.listdir(f"/proc/{one}/task"):
            with open(f"/proc/{one}/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return found


def _resident(pid: int) -> int:
    """The resident bytes of one process; 0 if it has gone."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _resident_mb(pid: int) -> float:
    """The same with psutil, for systems without a faster way."""
    total = 0
    try:
        process = psutil.Process(pid)
        for member in [process, *process.children(recursive=True)]:
            try:
                total += member.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        return 0.0
    return total / 2**20


def kill_tree(process: subprocess.Popen[bytes], mark: str) -> None:
    """Kill a worker's process, its group, what it started outside the group, and what that left behind."""
    found = _below(process.pid)
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.kill()
    process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)  # members that outlived their leader
    except (ProcessLookupError, PermissionError):
        pass
    for stray in found + _marked(mark):
        try:
            stray.kill()
            stray.wait(timeout=1)
        except psutil.Error:
            continue


def _below(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def _marked(mark: str) -> list[psutil.Process]:
    """The children of this process that carry a worker's mark: orphans that were adopted."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if child.environ().get(MARK) == mark:
                found.append(child)
        except psutil.Error:
            continue
    return found
