"""The peak resident memory of a process, started anew for each page (proc_pid_clear_refs(5): writing 5 resets it)."""

from __future__ import annotations


def reset_peak(pid: int | str = "self") -> None:
    """Start the peak anew, where the system can."""
    try:
        with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:  # no such file outside Linux: the peak is then not known either
        pass


def peak_mb(pid: int | str = "self") -> float | None:
    """The peak since the last reset, in MB; None where the system does not tell."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    return None
