"""The log: one line an event, key=value, in rotating files in the data folder; nothing on the terminal.

No personal data: our own messages name ids and codes only. Of foreign libraries the unfilled message is kept,
and of an exception its kind and where it was raised, never its text, which may quote a citizen's data.
"""

from __future__ import annotations

import logging
import os
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

FOLDER = "logs"
BYTES = 1_000_000
KEEP = timedelta(days=183)
"""Six months at least (网络安全法 art. 21(3))."""
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
    """Makes its folder with the first line; before there is a data folder there is nothing to keep.

    A full file is packed under the time at which it was full, and goes when that is long enough ago.
    """

    def __init__(self, path: Path, keep: timedelta) -> None:
        """Write to a file and keep the full ones so long."""
        super().__init__(path, maxBytes=BYTES, backupCount=1, encoding="utf-8", delay=True)
        self._keep = keep

    def doRollover(self) -> None:  # noqa: N802 - the name is logging's
        """Put the full file aside, and remove those whose time is over."""
        import gzip

        if self.stream:
            self.stream.close()
        path, now = Path(self.baseFilename), datetime.now(UTC)
        aside = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%S%f}.gz")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(gzip.compress(path.read_bytes()))
        path.unlink()
        for old in path.parent.glob(f"{path.name}.*.gz"):
            if now.timestamp() - old.stat().st_mtime > self._keep.total_seconds():
                old.unlink()
        self.stream = self._open()

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        stream = super()._open()
        path.chmod(0o600)
        return stream


@contextmanager
def kept_log(data_folder: Path, name: str, keep: timedelta = KEEP) -> Iterator[None]:
    """Write the log of one process to `logs/NAME.log` of the data folder to the end; full files stay `keep`.

    Each command has its own file, because two processes cannot turn one over. A log that cannot be written
    stops nothing and says nothing.
    """
    handler = _LogFile(data_folder / FOLDER / f"{name}.log", keep)
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
