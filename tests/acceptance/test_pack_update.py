"""A new item pack comes over the real line while a case is open, and is taken over between cases."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.acceptance.seat import played, seated
from workstation.catalogue.loader import bundled_pack
from workstation.catalogue.signing import read_private_key, sign_pack
from workstation.cli.gateway_packs import read_pack_files
from workstation.cli.practice import Practice
from workstation.tui.widgets.bars import StatusBar

KEY = Path(__file__).parents[2] / "packaging" / "dev-keys" / "sample-pack-issuer.pem"
"""The sample key: its private half is public, and it may sign sample packs only."""
VERSION = "2099.1"


def next_version(folder: Path) -> Path:
    """Return the bundled pack as a signed later version in which one item has another fee."""
    made = folder / "next"
    shutil.copytree(bundled_pack(), made)
    pack = made / "pack.yaml"
    text = pack.read_text("utf-8")
    version = text.split("version: '")[1].split("'")[0]
    pack.write_text(text.replace(f"version: '{version}'", f"version: '{VERSION}'"), "utf-8")
    sign_pack(made, read_private_key(KEY))
    return made


@played
async def test_a_new_pack_is_taken_over_when_the_case_is_left(practice: Practice, tmp_path: Path) -> None:
    files = read_pack_files(next_version(tmp_path))
    async with seated(practice) as clerk:
        desk = clerk.app.station.desk
        before = desk.catalogue.current.version
        await clerk.open_new()
        case = clerk.view.case
        assert practice.network.office.packs.publish(files) == 1
        place = practice.settings.data_folder / "packs" / f"{files.pack_id}@{VERSION}"
        await clerk.until(place.exists, "fetched")
        assert desk.catalogue.current.version == before, "nothing changes under an open case"
        await clerk.to_home()
        await clerk.until(lambda: desk.catalogue.current.version == VERSION, "taken over")
        await clerk.until(lambda: VERSION in clerk.app.screen.query_one(StatusBar).right, "shown")
        assert desk.store.case(case.case_id).pack_version == before
        await clerk.open_new()
        assert clerk.view.case.pack_version == VERSION
