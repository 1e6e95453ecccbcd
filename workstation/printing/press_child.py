"""The child that lays out papers: reads forms from its standard input until that ends.

Messages are pickles of our own frozen forms between two processes of one user; nothing foreign comes here.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import BinaryIO

from scanners.memory import keep_out_of_dumps
from workstation.printing.errors import PrintingError
from workstation.printing.rendering import render_form, system_fonts


def serve(source: BinaryIO, answers: BinaryIO) -> None:
    """Answer (form, path) with (True, PrintedFile) or (False, (error class, its details)).

    Anything but a pair only loads the fonts.
    """
    while True:
        try:
            wanted = pickle.load(source)
        except EOFError:
            return
        pickle.dump(_made(wanted), answers)
        answers.flush()


def _made(wanted: object) -> tuple[bool, object]:
    try:
        if not isinstance(wanted, tuple):
            return True, system_fonts()
        form, target = wanted
        return True, render_form(form, target)
    except PrintingError as error:
        return False, (type(error), error.details)
    except Exception as error:  # noqa: BLE001 - the rim of the process: the parent tells it
        return False, (PrintingError, {"reason": type(error).__name__})


def main() -> None:
    """Keep the answers' pipe to ourselves: whatever a library prints goes nowhere."""
    keep_out_of_dumps()
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
