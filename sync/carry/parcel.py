"""What is in a bag: bundles with their pages, each file sealed for the back office.

    data/key.json     format, gateway, window, the cipher, and the public bytes the box opens with
    data/index.bin    which bundle and which page is which file
    data/b-00001.bin  a signed manifest
    data/p-00001.bin  a page

Every file but the first is sealed (`box`). Nothing outside names a person, a case or a page's hash.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from sync.carry.bag import BagReader, writing
from sync.carry.box import NONCE_BYTES, TAG_BYTES, Box, closed_for, opened_by
from sync.carry.errors import BagDamaged, BoxClosed, NotABag, NothingToCarry
from sync.contract.models import MAX_BLOB_BYTES, MAX_MANIFEST_BYTES, PageEntry, SignedManifest
from sync.contract.signing import b64url_decode, b64url_encode
from sync.contract.suites import AES_256_GCM, CIPHER_NAMES, Suite
from sync.errors import UnreadableBundle
from sync.port import Line, Outbox

log = logging.getLogger(__name__)

FORMAT = "window-carry-1"
FORMAT_WITH_CIPHER = "window-carry-2"
"""Names its cipher; an older back office says that it is none of its bags."""
KEY_FILE, INDEX_FILE = "key.json", "index.bin"
MAX_INDEX_BYTES = 16 << 20
_SEALED = NONCE_BYTES + TAG_BYTES
_MANIFEST_BYTES = 8192
"""About the size of a manifest, to foresee what a bag needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """A bundle of which some pages cannot be read here any more; manifest and other pages are in the bag."""

    bundle_id: str
    lacking: tuple[str, ...]
    """The pages left out, each as `slot/number in the slot` (from 1)."""
    of: int
    """Pages the manifest names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was packed."""

    bag: Path
    bundles: tuple[str, ...]
    """Those that are whole."""
    torn: tuple[Torn, ...]
    unreadable: tuple[tuple[str, str], ...]
    """Bundles whose manifest cannot be read, each with the reason's code; they are not in the bag."""


def pack(
    outbox: Outbox,
    lines: Sequence[Line],
    medium: Path,
    *,
    window_id: str,
    gateway_id: str,
    gateway_key: Ed25519PublicKey,
    now: datetime,
    suite: Suite = Suite.INTERNATIONAL,
) -> Packed:
    """Write `lines` with their pages as one bag into the folder `medium`; the queue stays as it is.

    Raises:
        NothingToCarry: there are none, or none can be read.
        CipherUnknown: this computer lacks what the suite asks for.
        NoRoom: they do not fit.
        MediumFailed: the medium cannot be written; nothing that looks like a bag is left there.
    """
    name = f"carry-{window_id}-{now:%Y%m%d-%H%M%S}"
    size = sum(line.size + _MANIFEST_BYTES for line in lines)
    box, public = closed_for(gateway_key, suite)
    with writing(medium, name, size) as bag:
        packing = _Packing(box, bag.add)
        head = {**_format(suite), "gateway_id": gateway_id, "window_id": window_id}
        bag.add(KEY_FILE, json.dumps({**head, "public": b64url_encode(public)}).encode())
        for line in lines:
            packing.take(outbox, line.bundle_id)
        if not packing.bundles:  # whole or torn
            raise NothingToCarry
        index = {"bundles": packing.bundles, "pages": packing.pages}
        bag.add(INDEX_FILE, box.seal(INDEX_FILE, json.dumps(index).encode()))
        bag.finish(now.date(), External_Identifier=name, Bag_Group_Identifier=window_id)
    torn = {one.bundle_id for one in packing.torn}
    return Packed(
        bag=medium / name,
        bundles=tuple(bundle_id for bundle_id in packing.bundles if bundle_id not in torn),
        torn=tuple(packing.torn),
        unreadable=tuple(packing.unreadable),
    )


@dataclass
class _Packing:
    """Puts bundles into a bag, each page once."""

    box: Box
    add: Callable[[str, bytes], None]
    bundles: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    torn: list[Torn] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def take(self, outbox: Outbox, bundle_id: str) -> None:
        """Add a bundle, pages first; what of it cannot be read is named and left out, the rest is saved."""
        try:
            signed = outbox.load(bundle_id)
        except UnreadableBundle as error:
            log.warning("bundle %s not carried: %s", bundle_id, error.code)
            self.unreadable.append((bundle_id, error.code))
            return
        pages = signed.manifest.pages
        lacking = tuple(place for place, page in _places(pages) if not self._take_page(outbox, page.sha256))
        if lacking:
            log.warning("bundle %s carried without %d pages", bundle_id, len(lacking))
            self.torn.append(Torn(bundle_id=bundle_id, lacking=lacking, of=len(pages)))
        self.bundles[bundle_id] = self._put("b", len(self.bundles), signed.model_dump_json().encode())

    def _take_page(self, outbox: Outbox, sha256: str) -> bool:
        """Add a page once; False when it cannot be read."""
        if sha256 in self.pages:
            return True
        try:
            data = outbox.blob(sha256)
        except UnreadableBundle:
            return False
        self.pages[sha256] = self._put("p", len(self.pages), data)
        return True

    def _put(self, kind: str, number: int, data: bytes) -> str:
        name = f"{kind}-{number + 1:05d}.bin"
        self.add(name, self.box.seal(name, data))
        return name


def _places(pages: Iterable[PageEntry]) -> Iterator[tuple[str, PageEntry]]:
    """Yield each page with its place, as people count."""
    counts = Counter[str]()
    for page in pages:
        counts[page.slot] += 1
        yield f"{page.slot}/{counts[page.slot]}", page


class Parcel:
    """A bag opened by the back office it was packed for; every file was checked."""

    def __init__(self, folder: Path, *, gateway_id: str, key: Ed25519PrivateKey) -> None:
        """Open a bag.

        Raises:
            NotABag: it is none, or of a newer program.
            BagDamaged: a file is missing, altered or cannot be understood.
            BoxClosed: it was packed for another back office.
            CipherUnknown: a newer program packed it, or this computer lacks the cipher.
            MediumFailed: the medium cannot be read.
        """
        self._bag = BagReader(folder)
        head = _object(self._bag.read(KEY_FILE, 4096), KEY_FILE)
        if head.get("format") not in (FORMAT, FORMAT_WITH_CIPHER):
            raise NotABag(path=folder.name)
        cipher = AES_256_GCM if head["format"] == FORMAT else str(head.get("cipher"))
        if head.get("gateway_id") != gateway_id:
            raise BoxClosed(KEY_FILE)
        try:
            self._box = opened_by(key, b64url_decode(str(head.get("public"))), cipher)
        except ValueError as error:
            raise BagDamaged(file=KEY_FILE) from error
        index = _object(self._read(INDEX_FILE, MAX_INDEX_BYTES), INDEX_FILE)
        self._bundles, self._pages = _names(index, "bundles"), _names(index, "pages")

    def bundles(self) -> Iterator[SignedManifest]:
        """Yield the signed manifests in the order they were packed.

        Raises:
            BagDamaged: one cannot be understood.
        """
        for bundle_id, name in self._bundles.items():
            try:
                signed = SignedManifest.model_validate_json(self._read(name, MAX_MANIFEST_BYTES))
            except ValidationError as error:
                raise BagDamaged(file=name) from error
            if signed.manifest.bundle_id != bundle_id:
                raise BagDamaged(file=name)
            yield signed

    def page(self, sha256: str) -> bytes | None:
        """Return a page, None when it is not in the bag.

        Raises:
            BagDamaged: the file holds something else.
        """
        name = self._pages.get(sha256)
        if name is None:
            return None
        data = self._read(name, MAX_BLOB_BYTES)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BagDamaged(file=name)
        return data

    def _read(self, name: str, limit: int) -> bytes:
        return self._box.open(name, self._bag.read(name, limit + _SEALED))


def _format(suite: Suite) -> dict[str, str]:
    if suite is Suite.INTERNATIONAL:
        return {"format": FORMAT}
    return {"format": FORMAT_WITH_CIPHER, "cipher": CIPHER_NAMES[suite]}


def _object(data: bytes, name: str) -> dict[str, object]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BagDamaged(file=name) from error
    if not isinstance(found, dict):
        raise BagDamaged(file=name)
    return found


def _names(index: dict[str, object], key: str) -> dict[str, str]:
    found = index.get(key)
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in _values(found)):
        raise BagDamaged(file=INDEX_FILE)
    return found


def _values(found: dict[object, object]) -> Iterable[object]:
    return (*found.keys(), *found.values())
