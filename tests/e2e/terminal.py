"""A command on a terminal of a given width, and what a person sees of it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Sequence

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(command: Sequence[str], columns: int, typed: str = "") -> tuple[int, str]:
    """The exit code and everything that was written, output and errors together."""
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return process.returncode, written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the last writer is gone
        return b""


def seen(written: str) -> list[str]:
    """The lines without colours and movements; one that is drawn anew counts anew."""
    return _CONTROL.sub("", written).replace("\r\n", "\n").replace("\r", "\n").split("\n")
