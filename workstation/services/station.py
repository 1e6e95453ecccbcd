"""An open workstation: the desk, the line to the back office, and what was recovered at the start."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scanners.memory import give_back

if TYPE_CHECKING:
    from workstation.domain.case import Page
    from workstation.domain.people import Person
    from workstation.services.desk import Desk
    from workstation.services.link import Link
    from workstation.store.database import Recovery


class Gate(Protocol):
    """What the screens need before the store is open."""

    @property
    def practice(self) -> bool:
        """True in practice mode: own data folder and key, unmistakable colour."""
        ...

    @property
    def hint(self) -> str:
        """A line for the unlock screen, e.g. the practice passphrase."""
        ...

    @property
    def is_new(self) -> bool:
        """True when there is no store yet: the passphrase given becomes its first key slot."""
        ...

    def preload(self) -> None:
        """Import what unlocking needs; called behind the first frame."""
        ...

    def people(self) -> tuple[Person, ...]:
        """Open the store where it opens without a person, and return who may sign in, the last one first.

        Nobody while the store is shut: then `unlock` wants the passphrase.
        """
        ...

    def unlock(self, secret: str, person_id: str = "") -> Station:
        """Open the store (or create it) by its passphrase, or sign a person in by their PIN; start the line.

        Raises:
            PinNeeded: the passphrase opened the store and is nobody's PIN; `people` tells who may sign in.
            ServiceError: the PIN is wrong, or was too often.
            StoreError: the passphrase is wrong, or the store cannot be opened.
        """
        ...


@dataclass(frozen=True)
class Station:
    """What the screens work with once unlocked."""

    desk: Desk
    link: Link
    recovery: Recovery
    output: Callable[[Path], str]
    """Hand a paper to the printer or the viewer; returns in words what really happened."""
    view_file: Callable[[Path], bool]
    """Open a page in the system's viewer; False when there is none."""
    resolution_dpi: int
    page_folder: Path
    """Memory-backed private folder for pages shown in the system's viewer; emptied at the end."""
    on_close: tuple[Callable[[], None], ...] = ()
    """What else to end before the store closes."""
    on_forget: tuple[Callable[[], None], ...] = ()
    """What else to let drop the pages it has seen."""
    idle_s: float = 300.0
    """Seconds without a key after which the screens lock."""

    def for_person(self, person: Person) -> Station:
        """Return the station with another person at it."""
        return replace(self, desk=self.desk.for_person(person))

    def open_page(self, page: Page, *, mark: str = "") -> bool:
        """Decrypt a page, as it is cut, into the private folder and open it; False when no viewer could.

        The page of a reused copy leaves the store only with the watermark `mark`.
        """
        self.page_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        data, ending = self.desk.pictures.file(page, mark=mark)
        path = self.page_folder / f"{page.page_id}{ending}"
        path.write_bytes(data)
        return self.view_file(path)

    def forget(self, *, thoroughly: bool) -> None:
        """Drop from memory what was decrypted and nobody has open; see `give_back`."""
        self.desk.store.forget()
        for forget in self.on_forget:
            forget()
        give_back(thoroughly=thoroughly)

    def close(self) -> None:
        """Stop the line and whatever else runs, then close the store."""
        self.link.stop()
        for close in self.on_close:
            close()
        self.desk.store.close()
        shutil.rmtree(self.page_folder, ignore_errors=True)
