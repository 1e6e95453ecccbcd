"""The log: one line an event, key=value, in rotating files in the data folder; nothing on the terminal.

No personal data: our own messages name ids and codes only. Of foreign libraries the unfilled message is kept,
and of an exception its kind and where it was raised, never its text, which may quote a citizen's data.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

FOLDER = "logs"
BYTES = 1_000_000
KEPT = 5
OWN = ("workstation", "scanners", "ocr", "sync")

_PAIR = re.compile(r"[a-z_]+=")
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class KeyValues(logging.Formatter):
    """`at= level= from= pid=` and the message: as it stands when it is pairs, else as `msg="..."`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = f"at={at} level={record.levelname} from={record.name} pid={record.process}"
        line = f"{head} {_pairs(_message(record))}"
        return line + (f" raised={self.formatException(record.exc_info)}" if record.exc_info else "")

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - the name is logging's
        """Return the kind of the exception and its frames, innermost last, without its text."""
        frames = traceback.extract_tb(ei[2])
        path = ">".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
        return f"{ei[0].__name__ if ei[0] else 'None'} at={path or '-'}"


class _LogFile(RotatingFileHandler):
    """Makes its folder with the first line; before there is a data folder there is nothing to keep."""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        stream = super()._open()
        path.chmod(0o600)
        return stream


@contextmanager
def kept_log(data_folder: Path, name: str) -> Iterator[None]:
    """Write the log of one process to `logs/NAME.log` of the data folder until the end.

    Each command has its own file, because two processes cannot turn one over. A log that cannot be written
    stops nothing and says nothing.
    """
    handler = _LogFile(
        data_folder / FOLDER / f"{name}.log", maxBytes=BYTES, backupCount=KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(KeyValues())
    root = logging.getLogger()
    before = (logging.raiseExceptions, logging.lastResort)
    logging.raiseExceptions, logging.lastResort = False, None
    for own in OWN:
        logging.getLogger(own).setLevel(logging.INFO)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
        logging.raiseExceptions, logging.lastResort = before


def _message(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in OWN:
        return record.getMessage()
    return str(record.msg).partition("\n")[0]


def _pairs(message: str) -> str:
    line = " ".join(message.split())
    return line if _PAIR.match(line) else 'msg="{}"'.format(line.replace('"', "'"))
