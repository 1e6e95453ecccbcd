"""A pack on its way into a window: proved before it is kept, taken over between cases, never a hindrance."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from sync.contract.models import ChangeKind, PackFiles
from sync.errors import ContentRefused, Unreachable
from tests.catalogue.packs import ITEM, PACK, signed_pack
from tests.services.conftest import NOW, MakeWindow, Window
from workstation.catalogue.errors import CatalogueError
from workstation.catalogue.loader import load_pack
from workstation.catalogue.signing import Scope, TrustedKey
from workstation.domain.case import Flag
from workstation.domain.items import Pack
from workstation.services.pack_updates import REST, UNFINISHED, PackUpdates, version_key

NEWER = PACK.replace("2026.11'", "2026.12'")
OLDER = PACK.replace("2026.11'", "2026.9'")


@dataclass
class Source:
    """A gateway that hands over what it is given, and counts how often it is asked."""

    files: PackFiles | None = None
    fault: Exception | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def pack(self, pack_id: str, version: str) -> PackFiles:
        self.asked.append((pack_id, version))
        if self.fault is not None:
            raise self.fault
        assert self.files is not None
        return self.files


def files_of(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes().decode() for p in folder.rglob("*") if p.is_file()
    }


@dataclass
class Scene:
    """A window that trusts one key, and packs signed with it."""

    window: Window
    updates: PackUpdates
    root: Path
    keys: list[TrustedKey]

    def made(self, pack: str = NEWER, item: str = ITEM, *, trusted: bool = True) -> PackFiles:
        folder = self.root / f"made-{len(list(self.root.iterdir()))}"
        keys = signed_pack(folder, item, pack=pack, scope=Scope.SAMPLE)
        if trusted:
            self.keys.extend(keys)
        version = pack.split("version: '")[1].split("'")[0]
        return PackFiles(pack_id="sample-test", version=version, files=files_of(folder))

    def announce(self, version: str = "2026.12") -> None:
        self.window.tell(ChangeKind.CATALOGUE, "sample-test", version=version)

    @property
    def current(self) -> str:
        return self.window.desk.catalogue.current.version


@pytest.fixture
def scene(make_window: MakeWindow, tmp_path: Path) -> Scene:
    keys: list[TrustedKey] = []
    root = tmp_path / "made"
    root.mkdir()
    keys.extend(signed_pack(root / "first"))
    first = load_pack(root / "first", trusted_keys=tuple(keys))
    window = make_window(packs=(first,))
    updates = window.desk.packs

    def load(folder: Path) -> Pack:
        return load_pack(folder, trusted_keys=tuple(keys))

    updates.load = load
    return Scene(window, updates, root, keys)


def test_an_announced_pack_is_fetched_and_taken_over_between_cases(scene: Scene) -> None:
    source = Source(scene.made())
    scene.announce()
    scene.updates.run(source)
    assert scene.current == "2026.11", "nothing changes under a case"
    taken = scene.updates.take_over()
    assert taken is not None
    assert scene.current == "2026.12"
    assert scene.window.desk.catalogue.search("样例"), "the search knows the new pack"
    assert scene.updates.take_over() is None
    assert (scene.updates.folder / "sample-test@2026.12" / "manifest.sig").exists()


def test_a_case_keeps_the_version_it_was_opened_under(scene: Scene) -> None:
    desk = scene.window.desk
    case = desk.intake.open_case(desk.catalogue.current.item("442090001001"))
    scene.announce()
    scene.updates.run(Source(scene.made(item=ITEM.replace("title: 样例事项", "title: 改名事项"))))
    scene.updates.take_over()
    assert desk.catalogue.item_of(desk.store.case(case.case_id)).title == "样例事项"
    assert desk.catalogue.current.item("442090001001").title == "改名事项"


def test_without_an_announcement_nobody_is_asked(scene: Scene) -> None:
    source = Source()
    scene.updates.run(source)
    assert source.asked == []


def test_the_same_announcement_again_changes_nothing(scene: Scene) -> None:
    source = Source(scene.made())
    for _ in range(2):
        scene.announce()
        scene.updates.run(source)
        scene.updates.take_over()
    assert source.asked == [("sample-test", "2026.12")]
    assert scene.current == "2026.12"
    assert len(scene.window.desk.catalogue.packs) == 2


def test_a_cut_line_is_tried_again_after_a_rest(scene: Scene) -> None:
    source = Source(fault=Unreachable("cut"))
    scene.announce()
    scene.updates.run(source)
    scene.updates.run(source)
    assert (len(source.asked), scene.updates.trouble()) == (1, None), "it rests a while, and is no trouble"
    source.fault, source.files = None, scene.made()
    scene.window.clock.forward(seconds=REST.total_seconds())
    scene.updates.run(source)
    assert scene.updates.take_over() is not None


def left_behind(scene: Scene) -> list[Path]:
    return list(scene.updates.folder.iterdir()) if scene.updates.folder.exists() else []


def unknown_key(scene: Scene) -> PackFiles:
    return scene.made(trusted=False)


def altered(scene: Scene) -> PackFiles:
    files = scene.made()
    items = files.files["items/item-1.yaml"].replace("fee: 不收费", "fee: 收费")
    return files.model_copy(update={"files": {**files.files, "items/item-1.yaml": items}})


def lacking(scene: Scene) -> PackFiles:
    files = scene.made()
    rest = {name: text for name, text in files.files.items() if not name.startswith("items/")}
    return files.model_copy(update={"files": rest})


def other_version(scene: Scene) -> PackFiles:
    return scene.made(PACK.replace("2026.11'", "2027.1'"))


def mislabelled(scene: Scene) -> PackFiles:
    return other_version(scene).model_copy(update={"version": "2026.12"})


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (unknown_key, "C102"),
        (altered, "C104"),
        (lacking, "C101"),
        (other_version, "V152"),
        (mislabelled, "V152"),
    ],
)
def test_what_is_wrong_is_told_and_leaves_no_trace(
    scene: Scene, make: Callable[[Scene], PackFiles], code: str
) -> None:
    source = Source(make(scene))
    scene.announce()
    scene.updates.run(source)
    trouble = scene.updates.trouble()
    assert trouble is not None
    assert (trouble.code, trouble.version, trouble.at) == (code, "2026.12", NOW)
    assert scene.updates.take_over() is None
    assert scene.current == "2026.11"
    assert left_behind(scene) == []
    scene.updates.run(source)
    assert len(source.asked) == 1, "a bad pack is not asked for again and again"


def test_a_new_announcement_ends_the_trouble(scene: Scene) -> None:
    scene.announce()
    scene.updates.run(Source(unknown_key(scene)))
    scene.announce()
    assert scene.updates.trouble() is None
    scene.updates.run(Source(scene.made()))
    assert scene.updates.take_over() is not None


def test_an_older_pack_is_refused_unasked(scene: Scene) -> None:
    source = Source(scene.made(OLDER))
    scene.announce("2026.9")
    scene.updates.run(source)
    trouble = scene.updates.trouble()
    assert trouble is not None
    assert (trouble.code, source.asked) == ("V151", [])


def test_a_gateway_that_denies_its_own_announcement_is_trouble(scene: Scene) -> None:
    scene.announce()
    scene.updates.run(Source(fault=ContentRefused("pack-unknown")))
    trouble = scene.updates.trouble()
    assert trouble is not None
    assert trouble.code == "V152"


def test_a_folder_that_was_half_written_is_swept_and_fetched_again(scene: Scene) -> None:
    left = scene.updates.folder / f"{UNFINISHED}dead"
    left.mkdir(parents=True)
    (left / "manifest.yaml").write_text("half")
    scene.announce()
    scene.updates.run(Source(scene.made()))
    assert [path.name for path in scene.updates.folder.iterdir()] == ["sample-test@2026.12"]


def test_a_full_disk_leaves_the_pack_in_use(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workstation.services.pack_updates.write_durably", full)
    scene.announce()
    scene.updates.run(Source(scene.made()))
    assert left_behind(scene) == []
    assert scene.current == "2026.11"


KILLED = """
import sys, time
from pathlib import Path
import workstation.services.pack_updates as updates
from sync.contract.models import PackFiles

root = Path(sys.argv[1])
def slowly(path, data, **_):
    path.write_bytes(data)
    print(path.name, flush=True)
    time.sleep(30)
updates.write_durably = slowly
files = PackFiles.model_validate_json((root / "files.json").read_bytes())
desk = updates.PackUpdates(None, None, None, root / "packs", None)
desk._lay_down(files, files.pack_id, files.version, root / "packs" / "sample-test@2026.12")
"""


def test_a_window_killed_while_it_writes_a_pack_has_none(scene: Scene, tmp_path: Path) -> None:
    files = scene.made()
    (tmp_path / "files.json").write_text(files.model_dump_json(), "utf-8")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)})
    assert child.stdout is not None
    assert child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    packs = tmp_path / "packs"
    assert [path.name.startswith(UNFINISHED) for path in packs.iterdir()] == [True]
    scene.updates.folder = packs
    scene.announce()
    scene.updates.run(Source(files))
    assert [path.name for path in packs.iterdir()] == ["sample-test@2026.12"]


def test_a_stale_pack_marks_the_cases_opened_under_it(scene: Scene) -> None:
    desk, clock = scene.window.desk, scene.window.clock
    item = desk.catalogue.current.item("442090001001")
    assert Flag.STALE_PACK not in desk.intake.open_case(item).flags
    clock.forward(days=(date(2028, 1, 1) - clock.now.date()).days)
    assert desk.catalogue.current.is_stale(clock.now.date())
    assert Flag.STALE_PACK in desk.intake.open_case(item).flags


def test_versions_are_compared_as_numbers() -> None:
    versions = ["2026.9", "2026.11", "2026.11.2", "2027.1"]
    assert sorted(reversed(versions), key=version_key) == versions


def test_an_element_changed_after_signing_is_refused_by_name(tmp_path: Path) -> None:
    keys = signed_pack(tmp_path / "pack")
    item = tmp_path / "pack" / "items" / "item-1.yaml"
    item.write_text(item.read_text("utf-8").replace("level: 3", "level: 5"), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_pack(tmp_path / "pack", trusted_keys=keys)
    assert caught.value.details == {"path": "items/item-1.yaml"}
