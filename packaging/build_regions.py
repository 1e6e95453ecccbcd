"""Packs the table of administrative regions from the one that python-stdnum carries.

Run it after an update of python-stdnum: `.venv/bin/python packaging/build_regions.py`. That table was put
together from the public lists of 中华人民共和国行政区划代码 (GB/T 2260 and its yearly successors),
with the years in which each code had each name. Only these facts are taken over.
"""

from __future__ import annotations

import gzip
import re
from importlib.resources import files
from pathlib import Path

from ocr.engines.variants import VARIANTS

TARGET = Path(__file__).parents[1] / "ocr" / "knowledge" / "regions.gz"
PROVINCE = re.compile(r'(\d{2}) province="(.+)"')
COUNTY = re.compile(r' +(\d{4}) county="(.+)"')
SPAN = re.compile(r"(?:\[(\d{4})?-(\d{4})?\])?(.+)")

PRINTED = str.maketrans(dict(VARIANTS))
"""Some of the names stand there in traditional characters, which no paper of the mainland has."""


def rows(table: str) -> list[str]:
    """Return `code,name,from,until` for every name of every code; an open year is empty."""
    found, province = [], ""
    for line in table.splitlines():
        if match := PROVINCE.fullmatch(line):
            province = match[1]
        elif match := COUNTY.fullmatch(line):
            for part in match[2].split(","):
                span = SPAN.fullmatch(part)
                if span and not span[3].startswith("["):
                    name = span[3].translate(PRINTED)
                    found.append(f"{province}{match[1]},{name},{span[1] or ''},{span[2] or ''}")
                else:
                    raise SystemExit(f"cannot read {line}")
    return sorted(found)


def main() -> None:
    """Write the table, the same bytes for the same facts."""
    table = (files("stdnum") / "cn" / "loc.dat").read_text(encoding="utf-8")
    text = "\n".join(rows(table)) + "\n"
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
