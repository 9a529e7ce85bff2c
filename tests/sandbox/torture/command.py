"""A misbehaving extractor on the command protocol: ``python command.py DEED``. It needs nothing of the project."""

from __future__ import annotations

import json
import os
import signal
import sys
import time


def main() -> None:
    deed = sys.argv[1]
    requests, replies = os.fdopen(3, "r", encoding="utf-8"), os.fdopen(4, "w", encoding="utf-8", buffering=1)
    if deed == "never greets":
        time.sleep(1000)
    if deed == "greets with nonsense":
        replies.write("hello there\n")
        time.sleep(1000)
    if deed == "exits at once":
        sys.exit(5)
    print('{"goldspan": 1, "name": "command", "version": "1.0"}', file=replies)
    for line in requests:
        request = json.loads(line)
        if "TRIGGER" in request["html"]:
            misbehave(deed, replies)
        print(json.dumps({"id": request["id"], "text": f"good {request['html'][:20]}"}), file=replies)


def misbehave(deed: str, replies: object) -> None:
    if deed == "loops":
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass
    if deed == "aborts":
        os.abort()
    if deed == "exits":
        os._exit(0)
    if deed == "grows":
        hoard = []
        while True:
            hoard.append(b"x" * (1 << 21))
    if deed == "writes nonsense":
        print("{not json", file=replies)  # type: ignore[call-overload]
    if deed == "answers another page":
        print('{"id": "999", "text": "forged"}', file=replies)  # type: ignore[call-overload]
    if deed == "closes":
        os.close(4)
        time.sleep(1000)
    if deed == "prints":
        print("noise on stdout", flush=True)
        print("noise on stderr", file=sys.stderr, flush=True)
    if deed == "leaves orphans" and os.fork() == 0:
        os.setsid()
        os.execvp("sleep", ["sleep", "98765"])
    if deed == "text is a number":
        print('{"id": "1", "text": 17}', file=replies)  # type: ignore[call-overload]
    if deed == "error":
        print('{"id": "1", "error": "I do not like this page"}', file=replies)  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
