"""The embedded back office: one folder with its key, its rows and its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.models import (
    Change,
    ChangeDefect,
    ChangeKind,
    Enrolment,
    EnrolmentRequest,
    Outcome,
    SignedManifest,
    SignedReceipt,
)
from sync.contract.signing import key_id, public_text
from sync.gateway import branches, matters
from sync.gateway.anchors import AnchorBook
from sync.gateway.archive import Archive
from sync.gateway.blobs import Blobs, open_blobs
from sync.gateway.branches import Branch
from sync.gateway.chain import ACCEPTED
from sync.gateway.course import Course
from sync.gateway.database import Database, Rows, only_value, open_database
from sync.gateway.enrolment import CODE_LIFE, Registry
from sync.gateway.errors import FolderUnusable, UnknownBundle, UnknownSubject, WrongMode
from sync.gateway.feed import Feed
from sync.gateway.intake import Intake
from sync.gateway.keys import KEY_FILE, gateway_key
from sync.gateway.libraries import Libraries, SpecimenLibraries, Unconnected
from sync.gateway.matters import Matter, MatterState
from sync.gateway.moved import check_here
from sync.gateway.pace import DEFAULT_LIMITS, Limits, Pace
from sync.gateway.packs import PackShelf
from sync.gateway.results import Results
from sync.gateway.review import Review
from sync.gateway.revocations import Revocations
from sync.gateway.tokens import TokenDesk

DATABASE_FILE = "office.db"
BLOB_FOLDER = "blobs"
PACK_FOLDER = "packs"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBundle:
    """A bundle as the office holds it."""

    signed: SignedManifest
    receipt: SignedReceipt
    state: str
    """`accepted`, `held` (waits for the version before) or `stray` (follows a version of another case)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A manifest refused with 409 and kept for a person to compare."""

    signed: SignedManifest
    manifest_sha256: str
    received_at: datetime
    code: str


def system_clock() -> datetime:
    """Return now, aware."""
    return datetime.now(UTC)


class Office:
    """Everything behind the wire; open one with `Office.open` and close it at the end."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        blobs: Blobs,
        key: Ed25519PrivateKey,
        *,
        practice: bool,
        auto_accept: bool,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        """Wire the rooms; use `open`."""
        self.clock = clock
        self.practice = practice
        self.gateway_id = f"gw-{key_id(key.public_key())}"
        self.public_key = public_text(key)
        self.key = key
        self.blobs = blobs
        self.partials = blobs.partials()
        self.registry = Registry(database, practice=practice)
        self.pace = Pace(database, clock, limits)
        self.tokens = TokenDesk(database, self.registry, self.pace, self.gateway_id, clock)
        self.feed = Feed(database)
        self.anchors = AnchorBook(database, key, self.gateway_id, clock)
        self.packs = PackShelf(folder / PACK_FOLDER, database, clock)
        self.libraries: Libraries = SpecimenLibraries(clock) if practice else Unconnected(clock)
        self.revocations = Revocations(database, clock)
        self._review = Review(database, clock)
        self.course = Course(database, clock)
        self.results = Results(database, blobs, clock)
        self.archive = Archive(database, blobs, clock)
        self.intake = Intake(
            database=database,
            blobs=self.blobs,
            registry=self.registry,
            review=self._review,
            pace=self.pace,
            key=key,
            gateway_id=self.gateway_id,
            practice=practice,
            auto_accept=auto_accept,
            clock=clock,
        )
        self.database = database

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        streets: Mapping[str, str] | None = None,
        practice: bool | None = None,
        auto_accept: bool = False,
        create: bool = True,
        database: str = "",
        blobs: str = "",
        limits: Limits = DEFAULT_LIMITS,
        clock: Callable[[], datetime] = system_clock,
    ) -> Office:
        """Open the office of a folder, making it at the first start.

        Args:
            folder: its place; made readable for its owner only.
            streets: code to name of the streets served, added to those known; with none known any street is.
            practice: training office or not; None takes what the folder is (production when new).
            auto_accept: accept each case as it arrives (demo).
            create: False refuses a folder that holds no office yet.
            database: `postgresql://...` keeps the rows on that server; nothing keeps them in the folder.
            blobs: `s3://bucket/prefix?endpoint=...&region=...` keeps the pages there; nothing: in the folder.
            limits: how much of the office one window may use.
            clock: gives aware times.

        Raises:
            WrongMode: the folder is of the other mode.
            FolderUnusable: it cannot be opened, or its key is damaged or not the one it began with.
            DatabaseUnusable: the server refuses or cannot be reached.
            StoreUnusable: the bucket refuses or cannot be reached.
        """
        beginning = KEY_FILE if database else DATABASE_FILE
        if not create and not (folder / beginning).exists():
            raise FolderUnusable(folder=folder, reason=beginning)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            opened = open_database(database, folder / DATABASE_FILE)
        except OSError as error:
            raise FolderUnusable(folder=folder, reason=type(error).__name__) from error
        try:
            key = gateway_key(folder)
            mode = _settled(opened, folder, practice, key_id(key.public_key()))
            store = open_blobs(blobs, folder / BLOB_FOLDER)
            office = cls(
                folder, opened, store, key, practice=mode, auto_accept=auto_accept, limits=limits, clock=clock
            )
            office.registry.set_streets(streets or {})
        except BaseException:
            opened.close()
            raise
        return office

    def close(self) -> None:
        """Close the rows; everything acknowledged is on the disk already."""
        self.database.close()

    def enrol(self, request: EnrolmentRequest) -> Enrolment:
        """Register a window by its one-time code; see `Registry.enrol` for refusals."""
        window = self.registry.enrol(request, self.clock())
        self.packs.welcome(window.window_id)
        self.revocations.welcome(window.window_id)
        return Enrolment(
            window_id=window.window_id,
            gateway_id=self.gateway_id,
            gateway_key=self.public_key,
            street=window.street,
            street_name=window.street_name,
            number_prefix=window.number_prefix,
            server_time=self.clock(),
        )

    def new_code(self, street: str, *, street_name: str = "", life: timedelta = CODE_LIFE) -> str:
        """Make a one-time enrolment code for one window of a street, e.g. `7KQM-2XPD-9HVA`.

        Raises:
            UnknownStreet: the office has a list of streets and this one is not on it.
        """
        return self.registry.new_code(street, self.clock(), street_name=street_name, life=life)

    def revoke(self, window_id: str) -> None:
        """Take a window's rights away.

        Raises:
            UnknownWindow: no such window.
        """
        self.registry.revoke(window_id, self.clock())
        self.tokens.forget()

    def decide(
        self,
        subject: str,
        kind: ChangeKind,
        *,
        actor: str,
        reason: str = "",
        number: str = "",
        due: date | None = None,
        defects: Sequence[ChangeDefect] = (),
        branch: str = "",
        seen: str = "",
        outcome: Outcome | None = None,
    ) -> Change:
        """Decide a case, or one approver's part of it, and tell its window; see `Review.decide`."""
        return self._review.decide(
            subject,
            kind,
            actor=actor,
            reason=reason,
            number=number,
            due=due,
            defects=defects,
            branch=branch,
            seen=seen,
            outcome=outcome,
        )

    def revoke_certificate(self, name: str) -> None:
        """Tell every window that an issuer took a certificate (its number) or a key (its id) back."""
        self.revocations.revoke(name)

    def branches(self, subject: str) -> tuple[Branch, ...]:
        """Return the approvers of a matter's case and where each part stands; none for a single item.

        Raises:
            UnknownSubject: no such case arrived.
        """
        with self.database.read() as rows:
            matter = matters.find(rows, subject)
            if matter is None:
                raise UnknownSubject(subject=subject)
            return branches.of_case(rows, matter) if matter.kind == "case" else ()

    def check_bag(self, number: str, differences: Sequence[ChangeDefect] = (), *, actor: str = "") -> Change:
        """Record the street's count of a bag; see `Review.check_bag`."""
        return self._review.check_bag(number, differences, actor=actor)

    def cases(self) -> tuple[Matter, ...]:
        """Return all cases and bags (kind `case` or `handover`), oldest first."""
        with self.database.read() as rows:
            return matters.everything(rows)

    def bundle(self, bundle_id: str) -> StoredBundle:
        """Return a bundle with its receipt; pages are in `blobs` by their hashes.

        Raises:
            UnknownBundle: it never arrived.
        """
        with self.database.read() as rows:
            row = rows.execute("SELECT * FROM bundle WHERE bundle_id = ?", (bundle_id,)).fetchone()
        if row is None:
            raise UnknownBundle(bundle=bundle_id)
        return StoredBundle(
            signed=SignedManifest.model_validate_json(row["manifest"]),
            receipt=SignedReceipt.model_validate_json(row["receipt"]),
            state=str(row["state"]),
        )

    def unsettled(self) -> tuple[StoredBundle, ...]:
        """Return the bundles held for an earlier version, and the stray ones, in the order of arrival."""
        with self.database.read() as rows:
            found = rows.execute(
                "SELECT bundle_id FROM bundle WHERE state <> ? ORDER BY serial", (ACCEPTED,)
            ).fetchall()
        return tuple(self.bundle(str(row["bundle_id"])) for row in found)

    def bundle_ids(self) -> tuple[str, ...]:
        """Return every bundle the office holds, in the order of arrival."""
        with self.database.read() as rows:
            return tuple(
                str(row["bundle_id"]) for row in rows.execute("SELECT bundle_id FROM bundle ORDER BY serial")
            )

    def gauges(self) -> list[tuple[str, dict[str, str], float]]:
        """Return what the rows say of the office's work, as gauges without a person in them."""
        counts = (
            ("gateway_bundles", "SELECT state, count(*) FROM bundle GROUP BY state"),
            ("gateway_matters", "SELECT state, count(*) FROM matter GROUP BY state"),
        )
        with self.database.read() as rows:
            found = [
                (name, {"state": str(row[0])}, float(row[1]))
                for name, sql in counts
                for row in rows.execute(sql)
            ]
            windows = only_value(rows.execute('SELECT count(*) FROM "window" WHERE revoked_at IS NULL'))
            conflicts = only_value(rows.execute("SELECT count(*) FROM conflict"))
            oldest = only_value(
                rows.execute("SELECT min(received_at) FROM matter WHERE state = ?", (MatterState.RECEIVED,))
            )
        age = 0.0 if oldest is None else (self.clock() - datetime.fromisoformat(oldest)).total_seconds()
        return [
            *found,
            ("gateway_windows", {}, float(windows)),
            ("gateway_conflicts", {}, float(conflicts)),
            ("gateway_oldest_undecided_seconds", {}, age),
        ]

    def conflicts(self) -> tuple[SetAside, ...]:
        """Return the manifests refused with 409, oldest first."""
        with self.database.read() as rows:
            found = rows.execute("SELECT * FROM conflict ORDER BY received_at").fetchall()
        return tuple(
            SetAside(
                signed=SignedManifest.model_validate_json(row["manifest"]),
                manifest_sha256=str(row["manifest_sha256"]),
                received_at=datetime.fromisoformat(row["received_at"]),
                code=str(row["code"]),
            )
            for row in found
        )


def _settled(database: Database, folder: Path, practice: bool | None, key: str) -> bool:
    """Return the folder's mode, fixing mode and key at the first start."""

    def settle(rows: Rows) -> dict[str, str]:
        # Of two first starts the second waits for the first one's rows and reads them.
        for name, value in (("practice", "1" if practice else "0"), ("key_id", key)):
            rows.execute("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value))
        return {str(row["name"]): str(row["value"]) for row in rows.execute("SELECT name, value FROM meta")}

    with database.read() as rows:
        check_here(
            {str(row["name"]): str(row["value"]) for row in rows.execute("SELECT name, value FROM meta")}
        )
    meta = database.write(settle)
    settled = meta["practice"] == "1"
    if practice is not None and practice != settled:
        raise WrongMode(folder=folder)
    if meta["key_id"] != key:
        # Windows would take receipts of a new key for forgeries, so a lost key is never replaced in silence.
        raise FolderUnusable(folder=folder, reason="gateway.key")
    return settled
