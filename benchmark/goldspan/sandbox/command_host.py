"""The guard for commands in any language.

``python -m goldspan.sandbox.command_host PARENT REQUESTS REPLIES COMMAND ARGUMENT…`` isolates the
process, moves the two descriptors to 3 and 4, and becomes the command. The guard's name is the first line that the run
reads.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys


def main() -> None:
    from goldspan.sandbox import isolation

    parent, into, out = (int(word) for word in sys.argv[1:4])
    os.write(out, json.dumps({"guard": isolation.apply(parent)}).encode("ascii") + b"\n")
    # By way of high numbers, so that neither is overwritten before it is moved.
    high_in, high_out = fcntl.fcntl(into, fcntl.F_DUPFD, 100), fcntl.fcntl(out, fcntl.F_DUPFD, 100)
    os.dup2(high_in, 3)
    os.dup2(high_out, 4)
    os.closerange(5, 256)
    command = sys.argv[4:]
    try:
        os.execvp(command[0], command)  # noqa: S606 (the user's own command, no shell)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        raise SystemExit(127) from None


if __name__ == "__main__":
    main()
