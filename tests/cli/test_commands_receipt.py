"""The back office's receipt on paper and as a file, and what passes for one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from sync.contract.models import SignedReceipt
from tests.cli.conftest import Seat


@pytest.fixture
def delivered(enrolled: Seat, capsys: pytest.CaptureFixture[str]) -> str:
    """A bundle with its receipt; its id."""
    bundle = enrolled.seal()
    assert enrolled.open("sync", "--once") == 0
    capsys.readouterr()
    return bundle


def test_the_paper_holds_the_signed_receipt_as_a_code(enrolled: Seat, delivered: str, tmp_path: Path) -> None:
    paper = tmp_path / "回执.pdf"
    assert enrolled.open("queue", "receipt", delivered, "--out", str(paper)) == 0
    subprocess.run(["pdftoppm", "-r", "150", "-png", paper, tmp_path / "page"], check=True)
    (picture,) = tmp_path.glob("page*.png")
    with Image.open(picture) as image:
        codes = {code.text for code in zxingcpp.read_barcodes(image)}
    (text,) = [code for code in codes if code.startswith("{")]
    with enrolled.store() as store:
        assert SignedReceipt.model_validate_json(text) == store.outbox.receipt(delivered)
    scanned = tmp_path / "scanned.txt"
    scanned.write_text(text)
    assert enrolled.open("queue", "verify-receipt", str(scanned)) == 0


def test_a_receipt_that_was_altered_proves_nothing(
    enrolled: Seat, delivered: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "receipt.json"
    assert enrolled.open("queue", "receipt", delivered, "--out", str(file)) == 0
    capsys.readouterr()
    assert enrolled.open("queue", "verify-receipt", str(file), "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["genuine"] and said["matches_this_window"] and said["bundle_id"] == delivered
    document = json.loads(file.read_text())
    document["receipt"]["manifest_sha256"] = "a" * 64
    file.write_text(json.dumps(document))
    assert enrolled.open("queue", "verify-receipt", str(file)) == 1
    assert "签名无效" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[1]"])
def test_what_is_no_receipt_is_told_so(
    enrolled: Seat, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    assert enrolled.open("queue", "verify-receipt", str(file)) == 1
    said = capsys.readouterr().err
    assert "V132" in said or "W143" in said


def test_what_is_not_delivered_has_no_receipt(
    enrolled: Seat, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = enrolled.seal()
    assert enrolled.open("queue", "receipt", bundle, "--out", str(tmp_path / "r.pdf")) == 1
    assert "V131" in capsys.readouterr().err
    assert enrolled.open("queue", "verify-receipt", str(tmp_path / "none")) == 1
    assert "W143" in capsys.readouterr().err
