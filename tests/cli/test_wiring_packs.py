"""Which of the packs on a machine new cases are taken under."""

from __future__ import annotations

import shutil
from pathlib import Path

from workstation.catalogue.loader import bundled_pack
from workstation.catalogue.signing import read_private_key, sign_pack
from workstation.cli.settings import Settings
from workstation.cli.wiring import PACKS, load_catalogue

KEY = Path(__file__).parents[2] / "packaging" / "dev-keys" / "sample-pack-issuer.pem"


def lay_down(folder: Path, version: str) -> None:
    """Lay the bundled pack down as another version of the same day."""
    made = folder / PACKS / f"sample-guangdong@{version}"
    shutil.copytree(bundled_pack(), made)
    pack = made / "pack.yaml"
    text = pack.read_text("utf-8")
    old = text.split("version: '")[1].split("'")[0]
    pack.write_text(text.replace(f"version: '{old}'", f"version: '{version}'"), "utf-8")
    sign_pack(made, read_private_key(KEY))


def test_of_packs_of_one_day_the_higher_version_is_current_after_a_restart(tmp_path: Path) -> None:
    for version in ("2099.1", "2099.10", "2099.9"):
        lay_down(tmp_path, version)
    (tmp_path / PACKS / ".incoming-dead").mkdir()
    catalogue = load_catalogue(Settings(data_folder=tmp_path, config_file=tmp_path / "workstation.toml"))
    versions = [pack.version for pack in catalogue.packs]
    assert versions[:3] == ["2099.10", "2099.9", "2099.1"]
    assert len(versions) == 4, "the pack of the program stays last, for the cases taken under it"
    assert catalogue.refused == ()
