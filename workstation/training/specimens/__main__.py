"""`python -m workstation.training.specimens NAME FOLDER [BLOT]`: draw the papers of one of the cast.

Practice draws in a process of its own, so that fonts and pictures do not stay in the interface's memory.
"""

from __future__ import annotations

import sys
from pathlib import Path

from workstation.training.specimens.folder import write_case
from workstation.training.specimens.people import by_name

if __name__ == "__main__":
    name, folder, *blot = sys.argv[1:]
    write_case(by_name(name), Path(folder), blot="".join(blot))
