"""`workstation gateway publish FOLDER`: hand a signed item pack to every window of a back office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workstation.i18n import _

if TYPE_CHECKING:
    import argparse

    from sync.contract.models import PackFiles
    from sync.gateway.office import Office

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def add_publish(actions: Actions) -> argparse.ArgumentParser:
    """Add the sub-command."""
    publish = actions.add_parser("publish", help=_("发布已签名的事项包, 各窗口在办件之间启用"))
    publish.add_argument("pack", type=Path, help=_("事项包文件夹"))
    return publish


def publish(office: Office, folder: Path) -> int:
    """Check and publish a pack.

    Raises:
        CatalogueError: no trusted key signed it, or it is broken.
        OfficeError: this version was published with other content.
    """
    files = read_pack_files(folder)
    told = office.packs.publish(files)
    print(
        _("已发布 {pack} {version}: {files} 个文件, 已通知 {windows} 个窗口").format(
            pack=files.pack_id, version=files.version, files=len(files.files), windows=told
        )
    )
    return 0


def read_pack_files(folder: Path) -> PackFiles:
    """Return the signed files of a pack that was loaded whole: what is published can be used.

    Raises:
        CatalogueError: no trusted key signed it, or it is broken.
    """
    from sync.contract.models import PackFiles
    from workstation.catalogue.schema import parse
    from workstation.catalogue.schema_pack import ManifestEntry
    from workstation.catalogue.signing import MANIFEST, SIGNATURE
    from workstation.catalogue.source import read_document
    from workstation.cli.wiring import load_whole_pack

    pack = load_whole_pack(folder)
    manifest = (folder / MANIFEST).read_bytes().decode()
    signed = parse(ManifestEntry, read_document(manifest, MANIFEST)).files
    names = [SIGNATURE, *(entry.path for entry in signed)]
    # Bytes, not text: what is signed must not lose a carriage return on its way.
    texts = {MANIFEST: manifest, **{name: (folder / name).read_bytes().decode() for name in names}}
    return PackFiles(pack_id=pack.id, version=pack.version, files=texts)
