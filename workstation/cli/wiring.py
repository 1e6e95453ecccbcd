"""The one place that builds real objects: store, devices, engine, gateway line, desk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.devices import drivers, put_out, render_here, view_file
from workstation.cli.private import private_folder
from workstation.cli.quality import alike, reader, recogniser, warm
from workstation.cli.settings import Settings, audited, window_categories
from workstation.cli.staff import Door, Staffing, first_staff, open_alone, opens_alone, signed_in, signers
from workstation.i18n import _

if TYPE_CHECKING:
    from ocr.reading_room import ReadingRoom
    from scanners.port import Scanner
    from sync.contract.suites import Suite
    from workstation.domain.clock import Clock
    from workstation.domain.items import Pack
    from workstation.domain.people import Person
    from workstation.services.catalogue import Catalogue
    from workstation.services.credit import CreditLibrary
    from workstation.services.darkroom import Darkroom
    from workstation.services.desk import Desk
    from workstation.services.enrolment import Membership
    from workstation.services.filing import Packer
    from workstation.services.papers import Render
    from workstation.services.profile import WindowProfile
    from workstation.services.proof_pictures import ScreenReader
    from workstation.services.sorting import CodeReader
    from workstation.services.station import Station
    from workstation.store.database import Store
    from workstation.store.keys import DataKey, KeySlots

HEAVY = (
    "workstation.services.desk",
    "workstation.services.link",
    "workstation.services.enrolment",
    "workstation.catalogue.loader",
    "workstation.catalogue.calendar",
    "scanners.sane",
    "scanners.imaging.darkroom",
    "ocr.kinds",
    "ocr.messages",
    "ocr.reading_room",
    "workstation.tui.screens.home",
    "PIL.JpegImagePlugin",
)
"""What unlocking imports; loaded behind the first frame."""
LOCK_NAME = "sender.lock"
LEAST_IDLE, MOST_IDLE = 1, 60
"""Minutes; no setting keeps the screens open for ever."""
PAPERS = "papers"
PACKS = "packs"
"""In the data folder: packs that came by the feed."""


@dataclass(frozen=True)
class StationGate:
    """Opens the store of this machine."""

    settings: Settings
    scanner: Callable[[], Scanner] | None = None
    """Replaces the machine's scanners (practice)."""
    credit: Callable[[], CreditLibrary] | None = None
    """Answers the credit check; without one nobody does, and the clerk goes on with a reason."""
    on_open: Callable[[Store], None] | None = None
    """Called with the open store before anything is built on it (practice: enrol, seed)."""
    practice: bool = False
    hint: str = ""
    staff: Staffing | None = None
    """Enrols the first people (practice); else the first one has the settings' name."""
    door: Door = field(default_factory=Door)

    @property
    def is_new(self) -> bool:
        """True when the data folder holds no keys yet."""
        return not (self.settings.data_folder / "keys.json").exists()

    def preload(self) -> None:
        """Import what unlocking needs."""
        for name in HEAVY:
            import_module(name)

    def people(self) -> tuple[Person, ...]:
        """Open the store without a person where that goes, and return who may sign in."""
        with self.door.turn:
            if self.door.store is None and opens_alone(self.settings):
                store = open_alone(self.settings)
                if store is not None:
                    self.door.keep(store)
            return signers(self.door.store)

    def unlock(self, secret: str, person_id: str = "") -> Station:
        """Open the store with a passphrase, creating it at the first start, or sign a person in."""
        with self.door.turn:
            if not signers(self.door.store):
                self.door.shut()
            held = self.door.store
            store = held or open_store(self.settings, secret)
            self.door.keep(store)
            enrol = self.staff or first_staff(self.settings)
            person = signed_in(store, secret, person_id, by_passphrase=held is None, enrol=enrol)
            try:
                station = self._station(store, person)
            except BaseException:
                self.door.shut()
                raise
            self.door.take()
            return station

    def _station(self, store: Store, person: Person) -> Station:
        if self.on_open is not None:
            self.on_open(store)
        return build_station(
            self.settings,
            store,
            person=person,
            scanner=self.scanner() if self.scanner else None,
            papers_folder=self.settings.data_folder / PAPERS if self.practice else None,
            credit=self.credit() if self.credit else None,
        )

    def close(self) -> None:
        """Shut a store that nobody has signed in to."""
        self.door.shut()


def open_store(settings: Settings, passphrase: str) -> Store:
    """Open (or make) the store of this machine.

    Raises:
        WrongPassphrase: no key slot takes it.
        StoreError: the store cannot be opened.
    """
    from workstation.store.ciphers import check_suite
    from workstation.store.database import Store

    slots, folder = key_slots(settings), settings.data_folder
    if slots.exists:
        return open_with(settings, slots.unlock_with_passphrase(passphrase))
    check_suite(suite_of(settings))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Store.create(folder, slots.create(passphrase), suite_of(settings))


def open_with(settings: Settings, key: DataKey) -> Store:
    """Open the store; a folder whose first start was cut off after its keys gets its database now."""
    from workstation.store.database import Store
    from workstation.store.errors import UnknownRecord

    folder, suite = settings.data_folder, suite_of(settings)
    try:
        return Store.open(folder, key, suite)
    except UnknownRecord:
        return Store.create(folder, key, suite)


def key_slots(settings: Settings) -> KeySlots:
    """Return the ways in to this machine's store; new ones are sealed as the policy says."""
    from workstation.store.keys import KeySlots

    return KeySlots(settings.data_folder, suite_of(settings))


def suite_of(settings: Settings) -> Suite:
    """Return what new data is written with."""
    from sync.contract.suites import Suite

    return Suite(settings.crypto_suite)


def unlock_unattended(settings: Settings, ask: Callable[[], str]) -> Store:
    """Open the store for a command: machine key file, then the desktop's key ring, then `ask`.

    Raises:
        StoreError: none of them opened it.
    """
    from workstation.store.errors import NoKeySlots, SlotUnavailable

    slots = key_slots(settings)
    if not slots.exists:
        raise NoKeySlots
    if settings.machine_key:
        return open_with(settings, slots.unlock_with_machine_key(Path(settings.machine_key)))
    if any("secret" in name for name in slots.slots()):
        try:
            return open_with(settings, slots.unlock_with_secret_service())
        except SlotUnavailable:
            pass
    return open_with(settings, slots.unlock_with_passphrase(ask()))


def build_station(
    settings: Settings,
    store: Store,
    *,
    person: Person | None = None,
    scanner: Scanner | None = None,
    papers_folder: Path | None = None,
    credit: CreditLibrary | None = None,
) -> Station:
    """Recover, build the desk and start the line.

    Papers and pages that leave the encrypted store lie in a private folder in memory, emptied at the end;
    only practice keeps its papers (`papers_folder`), because they are worth looking at.
    """
    from ocr.reading_room import ReadingRoom
    from scanners.imaging.darkroom import Darkroom
    from workstation.domain.clock import now
    from workstation.printing.press import PaperPress
    from workstation.services.link import Link
    from workstation.services.station import Station

    recovery = store.recover(now())
    member = find_membership(store)
    private, press, darkroom, reading_room = private_folder(), PaperPress(), Darkroom(), ReadingRoom()
    desk = build_desk_for(
        settings,
        store,
        member,
        person=person,
        scanner=scanner,
        clock=now,
        papers_folder=papers_folder or private,
        render=press.render,
        credit=credit,
        darkroom=darkroom,
        codes=darkroom,
        screens=darkroom,
        packer=darkroom,
        reading_room=reading_room,
    )
    link = Link(desk, member, settings.data_folder / LOCK_NAME, limit_kbit_s=settings.sync_kbit_s)
    link.start()
    threading.Thread(target=press.warm, name="press", daemon=True).start()
    threading.Thread(target=warm, args=(darkroom, reading_room), name="darkroom", daemon=True).start()
    return Station(
        desk=desk,
        link=link,
        recovery=recovery,
        output=lambda path: put_out(path, settings),
        view_file=lambda path: view_file(path, settings),
        resolution_dpi=settings.resolution_dpi,
        page_folder=private,
        on_forget=(darkroom.forget, reading_room.forget),
        on_close=(press.close, darkroom.close, reading_room.close),
        idle_s=60.0 * min(max(settings.idle_lock_minutes, LEAST_IDLE), MOST_IDLE),
    )


def find_membership(store: Store) -> Membership | None:
    """Return what enrolment left, or None."""
    from workstation.services.enrolment import membership
    from workstation.services.errors import NotEnrolled

    try:
        return membership(store)
    except NotEnrolled:
        return None


def build_desk_for(
    settings: Settings,
    store: Store,
    member: Membership | None,
    *,
    person: Person | None = None,
    scanner: Scanner | None,
    clock: Clock,
    papers_folder: Path,
    render: Render | None = None,
    credit: CreditLibrary | None = None,
    darkroom: Darkroom | None = None,
    codes: CodeReader | None = None,
    screens: ScreenReader | None = None,
    packer: Packer | None = None,
    reading_room: ReadingRoom | None = None,
) -> Desk:
    """Put the services of this window together.

    Without `render` papers are laid out in this process; without a darkroom pages are not checked, without a
    packer they are delivered as they came, without a reading room the clerk types.
    """
    from workstation.catalogue.calendar import load_calendar
    from workstation.cli.counterparts import credit_of, id_reader_of, issuers_of, libraries_of
    from workstation.services.archive_fetch import GatewayArchive
    from workstation.services.capture import ScannerHub
    from workstation.services.desk import Parts, build_desk
    from workstation.services.disk import MIB
    from workstation.services.enrolment import window_key
    from workstation.services.profile import staffed

    papers_folder.mkdir(mode=0o700, exist_ok=True)
    record_settings(settings, store)
    catalogue = load_catalogue(settings)
    profile = profile_of(settings, member, catalogue)
    if person:
        profile = staffed(profile, person)
    parts = Parts(
        store=store,
        profile=profile,
        catalogue=catalogue,
        clock=clock,
        calendar=load_calendar(Path(settings.calendar_file) if settings.calendar_file else None),
        scanner=scanner or ScannerHub(drivers(settings)),
        read=reader(reading_room),
        key=window_key(store),
        papers_folder=papers_folder,
        render=render or render_here,
        packs_folder=settings.data_folder / PACKS,
        load_pack=load_whole_pack,
        credit=credit or credit_of(member, clock, profile.clerk),
        libraries=libraries_of(member, clock),
        issuers=issuers_of(member),
        id_reader=id_reader_of(member),
        archive_line=GatewayArchive(member, clock) if member else None,
        darkroom=darkroom,
        codes=codes,
        screens=screens,
        packer=packer,
        recogniser=recogniser(reading_room),
        alike=alike,
        keep_delivered=timedelta(days=settings.keep_delivered_days),
        warn_below=settings.disk_warning_mb * MIB,
        stop_below=settings.disk_stop_mb * MIB,
    )
    return build_desk(parts)


def record_settings(settings: Settings, store: Store) -> None:
    """Write into the audit what is set otherwise than when the store was used last."""
    from workstation.domain.clock import now
    from workstation.services.settings_record import note_settings

    as_it_comes = Settings(data_folder=settings.data_folder, config_file=settings.config_file)
    note_settings(store, audited(settings), audited(as_it_comes), now)


def profile_of(settings: Settings, member: Membership | None, catalogue: Catalogue) -> WindowProfile:
    """Return who works where; an unenrolled window has no number block.

    A back office that knows no street names sends the code; then the catalogue's name is shown.
    """
    from workstation.domain.reuse import ReusePolicy
    from workstation.domain.tickets import Prefixes
    from workstation.services.profile import WindowProfile

    enrolled = member.enrolment if member else None
    street_name = _("未注册")
    if enrolled is not None:
        is_code = enrolled.street_name == enrolled.street
        street_name = catalogue.street_name(enrolled.street) if is_code else enrolled.street_name
    return WindowProfile(
        window_id=enrolled.window_id if enrolled else "",
        window_name=settings.window_name,
        hall=settings.hall,
        street=enrolled.street if enrolled else "",
        street_name=street_name,
        clerk=settings.clerk or _("窗口人员"),
        number_prefix=enrolled.number_prefix if enrolled else "",
        phone=settings.phone,
        complaint_phone=settings.complaint_phone,
        practice=member.practice if member else False,
        prefixes=Prefixes(
            settings.ticket_local, settings.ticket_collect, settings.ticket_joint, settings.ticket_booking
        ),
        categories=window_categories(settings),
        reuse=ReusePolicy(
            pending=settings.reuse_pending,
            consent_way=settings.reuse_consent,
            keep_days=settings.archive_keep_days,
        ),
    )


def load_catalogue(settings: Settings) -> Catalogue:
    """Load every sound pack that IT laid down or that came by the feed, newest first.

    A pack that is altered, unsigned or broken is left out and named in `refused`. The pack that came with the
    program stands last: it is current only when there is no other, and stays for cases taken under it.

    Raises:
        CatalogueError: the folder cannot be read, or holds only packs that are left out.
    """
    from workstation.catalogue.errors import CatalogueError
    from workstation.catalogue.loader import bundled_pack, load_pack
    from workstation.services.catalogue import Catalogue
    from workstation.services.pack_updates import version_key

    packs: list[Pack] = []
    refused: list[tuple[str, Exception]] = []
    for folder in pack_folders(settings):
        try:
            packs.append(load_pack(folder))
        except CatalogueError as error:
            refused.append((folder.name, error))
    if refused and not packs:
        raise refused[0][1]
    newest_first = sorted(packs, key=lambda p: (p.issued_on, version_key(p.version)), reverse=True)
    return Catalogue((*newest_first, load_pack(bundled_pack())), tuple(refused))


def load_whole_pack(folder: Path) -> Pack:
    """Load a pack and every item of it: a fault must show before anybody works with it.

    Raises:
        CatalogueError: the pack is not signed by a trusted key, altered or broken.
    """
    from workstation.catalogue.loader import load_pack

    pack = load_pack(folder)
    tuple(pack.items)
    return pack


def pack_folders(settings: Settings) -> list[Path]:
    """Return the folders of the packs that IT has laid down, and of those that came by the feed.

    Raises:
        PackUnreadable: a place for packs is set and cannot be read.
    """
    from workstation.catalogue.errors import PackUnreadable

    found = sorted((settings.data_folder / PACKS).glob("[!.]*"))
    if settings.packs_folder:
        try:
            found += sorted(Path(settings.packs_folder).iterdir())
        except OSError as error:
            raise PackUnreadable(path=settings.packs_folder) from error
    return [folder for folder in found if (folder / "manifest.yaml").exists()]
