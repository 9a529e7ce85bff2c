"""Extractors that misbehave on the page that holds the word TRIGGER, and are well-behaved on all others."""

from __future__ import annotations

import ctypes
import locale
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

ORPHAN_SECONDS = "98765"


def on_trigger(act: Callable[[str], Any]) -> Callable[[str, str | None], Any]:
    """The extractor that does this on the page that asks for it, and returns the page's first words on others."""

    def extract(html: str, url: str | None) -> Any:
        return act(html) if "TRIGGER" in html else f"good {html[:20]}"

    return extract


@on_trigger
def endless_loop(html: str) -> str:
    while True:
        pass


@on_trigger
def ignores_sigterm(html: str) -> str:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)


@on_trigger
def endless_regex(html: str) -> str:
    return str(re.match(r"(a+)+$", "a" * 64 + "b"))


@on_trigger
def abort(html: str) -> str:
    os.abort()


@on_trigger
def segfault(html: str) -> str:
    return str(ctypes.string_at(1))


@on_trigger
def c_stack_overflow(html: str) -> str:
    sys.setrecursionlimit(10**8)
    one: list[Any] = []
    two: list[Any] = []
    for _ in range(400_000):
        one, two = [one], [two]
    return str(one == two)


@on_trigger
def exit_at_once(html: str) -> str:
    os._exit(0)


@on_trigger
def sys_exit(html: str) -> str:
    sys.exit(3)


@on_trigger
def keyboard_interrupt(html: str) -> str:
    raise KeyboardInterrupt


@on_trigger
def memory_without_end(html: str) -> str:
    hoard = []
    while True:
        hoard.append(bytearray(os.urandom(1 << 12) * 512))


@on_trigger
def recursion(html: str) -> str:
    def again(depth: int) -> int:
        return again(depth + 1) + 1

    return str(again(0))


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("this exception cannot be pickled")


class NotUnpicklable(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(one)


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("this exception cannot be printed")


@on_trigger
def unpicklable_exception(html: str) -> str:
    raise Unpicklable("no pickle")


@on_trigger
def not_unpicklable_exception(html: str) -> str:
    raise NotUnpicklable("one", "two")


@on_trigger
def mute_exception(html: str) -> str:
    raise Mute


@on_trigger
def unpicklable_result(html: str) -> Any:
    return lambda: "a function is no text"


@on_trigger
def huge_result(html: str) -> str:
    return "x" * 300_000_000


@on_trigger
def huge_print(html: str) -> str:
    for _ in range(300):
        sys.stdout.write("y" * 1_000_000)
    sys.stdout.write("the last words")
    return "printed"


@on_trigger
def closed_descriptors(html: str) -> str:
    os.closerange(0, 1000)
    return "closed"


@on_trigger
def prints(html: str) -> str:
    print('{"id": "1", "text": "forged"}')
    os.write(1, b"straight to descriptor 1\n")
    return "printed"


@on_trigger
def calculates(html: str) -> str:
    import numpy as np

    square = np.ones((400, 400))
    square @ square
    return f"on {len(os.listdir('/proc/self/task'))} thread"


@on_trigger
def orphans(html: str) -> str:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", ORPHAN_SECONDS])
        os._exit(0)
    os.wait()
    subprocess.Popen(["sleep", ORPHAN_SECONDS])
    return "left two behind"


def _port(html: str) -> int:
    match = re.search(r"PORT(\d+)", html)
    assert match
    return int(match[1])


@on_trigger
def socket_python(html: str) -> str:
    try:
        socket.create_connection(("127.0.0.1", _port(html)), timeout=2).close()
    except OSError as error:
        return f"blocked {type(error).__name__}"
    return "connected"


@on_trigger
def socket_c(html: str) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = (
        socket.AF_INET.to_bytes(2, sys.byteorder) + _port(html).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    )
    if number < 0 or libc.connect(number, address, len(address)) != 0:
        return "blocked"
    return "connected"


@on_trigger
def socket_child(html: str) -> str:
    code = f"import socket; socket.create_connection(('127.0.0.1', {_port(html)}), timeout=2)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    return "connected" if done.returncode == 0 else "blocked"


@on_trigger
def changes_the_process(html: str) -> str:
    locale.setlocale(locale.LC_ALL, "C")
    os.environ.clear()
    os.environ["PATH"] = "/nowhere"
    os.mkdir("elsewhere")
    os.chdir("elsewhere")
    sys.path.clear()
    sys.stdout = None  # type: ignore[assignment]
    return "changed"


def dies_later(html: str, url: str | None) -> str:
    """Its process ends while it is at work on the page after the one that is to blame."""
    if "TRIGGER" in html:
        threading.Timer(0.2, os._exit, (7,)).start()
    else:
        time.sleep(0.3)
    return f"good {html[:20]}"
