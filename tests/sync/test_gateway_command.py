"""`workstation gateway`: what an approver types and reads."""

from __future__ import annotations

import json
import re
import socket
import sys
from pathlib import Path

import pytest

from sync.contract.models import BundleKind
from tests.sync.gateway_hall import Hall, WindowSeat, open_hall, open_office, options_of
from workstation.cli import main
from workstation.texts import describe

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "office"


@pytest.fixture
def window(folder: Path) -> WindowSeat:
    """A window whose case and bag lie in the folder."""
    hall: Hall = open_hall(folder)
    window = hall.window()
    window.delivered(window.manifest(subject="W001-1"))
    window.delivered(window.manifest(subject="W001-bag", kind=BundleKind.HANDOVER))
    return window


def gateway(folder: Path, *arguments: str) -> int:
    return main(["gateway", *arguments, *options_of(folder)])


def test_a_code_is_printed_alone_and_enrols(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gateway(folder, "code", "--street", "huafu", "--street-name", "华富街道", "--expires", "2") == 0
    code = capsys.readouterr().out.strip()
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", code)


def test_the_list_is_for_people_and_for_machines(
    folder: Path, window: WindowSeat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gateway(folder, "list") == 0
    shown = capsys.readouterr().out
    assert "W001-1  已收件  综合窗口 03  敬老优待证" in shown and "文件袋  W001-bag  在途" in shown
    assert gateway(folder, "list", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [(line["subject"], line["state"]) for line in found] == [
        ("W001-1", "RECEIVED"),
        ("W001-bag", "LISTED"),
    ]


def test_what_waits_or_conflicts_is_not_hidden(
    folder: Path, window: WindowSeat, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = window.manifest(subject="W001-2")
    window.delivered(window.next_version(lost))
    assert window.put(window.manifest(subject="W001-1")).status_code == 409
    assert gateway(folder, "list") == 0
    shown = capsys.readouterr().out
    assert "1 个封装包在等前一版本" in shown and "1 个封装包与已收内容冲突" in shown


def test_an_empty_office_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_office(folder).close()
    assert gateway(folder, "list") == 0
    assert "还没有收到办件" in capsys.readouterr().out


def test_a_correction_reaches_the_window_with_its_defects(
    folder: Path, window: WindowSeat, capsys: pytest.CaptureFixture[str]
) -> None:
    defects = ("--defect", "照片|模糊|重拍", "--defect", "申请表|未签名|补签|第五条|form")
    assert gateway(folder, "decide", "W001-1", "correction", "--due", "2026-12-01", *defects) == 0
    assert "补正-W001-000001" in capsys.readouterr().out
    (change,) = window.news()["changes"]
    assert change["due"] == "2026-12-01"
    assert [(d["material_id"], d["material"], d["basis"]) for d in change["defects"]] == [
        ("照片", "照片", ""),
        ("form", "申请表", "第五条"),
    ]


def test_a_bag_is_checked_in(folder: Path, window: WindowSeat) -> None:
    assert gateway(folder, "check", "W001-bag", "--actor", "陈样本") == 0
    assert window.news()["changes"][0]["actor"] == "陈样本"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("decide", "nothing", "accepted"), "Y501"),
        (("decide", "W001-1", "delivered"), "Y502"),
        (("decide", "W001-1", "refused"), "Y509"),
        (("check", "W001-1"), "Y501"),
        (("serve", "--practice"), "Y504"),
    ],
)
def test_a_refusal_is_a_sentence_with_a_next_step(
    folder: Path,
    window: WindowSeat,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: str,
) -> None:
    assert gateway(folder, *arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"[{code}] ") and "{" not in said and "Traceback" not in said


def test_looking_into_a_folder_without_an_office_makes_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gateway(folder, "list") == 1
    assert capsys.readouterr().err.startswith("[Y508] ")
    assert not folder.exists()


def test_a_password_of_the_environment_is_neither_asked_for_nor_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKSTATION_GATEWAY_DATABASE", "postgresql://clerk:secret@127.0.0.1:1/office")
    monkeypatch.setenv("PGPASSWORD", "secret")
    assert main(["gateway", "code", "--street", "huafu", "--folder", str(folder)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("[Y511] ") and "postgresql://127.0.0.1:1/office" in said and "secret" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("serve", "--port", "70000"),
        ("serve", "--street", "=x"),
        ("code",),
        ("code", "--street", "a", "--expires", "0"),
        ("decide", "a", "archived"),
        ("decide", "a", "accepted", "--due", "tomorrow"),
        ("list", "--database", "mysql://db/office"),
        ("list", "--database", "postgresql://clerk:secret@db/office"),
        ("list", "--database", "postgresql://db/office?user=clerk&password=secret"),
        ("list", "--database", "postgresql://[db/office"),
        ("list", "--blobs", "https://s3.example/pages"),
        ("list", "--blobs", "s3://key:secret@pages"),
        ("decide", "a", "correction", "--defect", "材料|问题"),
        ("decide", "a", "correction", "--defect", "材料||需要"),
    ],
)
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["gateway", *arguments])
    assert stopped.value.code == 2


def test_a_taken_port_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert gateway(folder, "serve", "--port", str(port), "--street", "huafu=华富") == 1
    assert f"127.0.0.1:{port}" in capsys.readouterr().err
    office = open_office(folder)
    assert office.registry.streets() == {"huafu": "华富"}
    office.close()


def test_an_address_of_the_network_comes_with_a_warning(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sync.gateway.serve.GatewayServer.serve", lambda server: server.stop())
    assert gateway(folder, "serve", "--host", "0.0.0.0", "--port", "0", "--practice") == 0  # noqa: S104
    said = capsys.readouterr()
    assert "练习" in said.out and "HTTPS" in said.err


def test_a_missing_extra_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("sync.gateway.serve")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert gateway(folder, "serve") == 1
    assert "gateway" in capsys.readouterr().err
    assert not folder.exists()


def test_the_command_without_the_extra_still_lists_and_decides() -> None:
    import subprocess

    program = (
        "import sys; sys.modules['fastapi'] = sys.modules['uvicorn'] = None\n"
        "import workstation.cli.gateway, sync.gateway.office"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_every_code_of_the_office_has_words() -> None:
    from sync.gateway import errors

    for error in errors.OfficeError.__subclasses__():
        assert describe(error()).what != describe(Exception()).what, error
