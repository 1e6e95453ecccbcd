from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.catalogue.packs import ITEM, PACK, signed_pack, write_pack
from workstation.catalogue import loader
from workstation.catalogue.errors import (
    BadKeyFile,
    BadPackSignature,
    CatalogueError,
    KeyOutOfScope,
    PackFileAltered,
    PackInvalid,
    PackTooLarge,
    PackUnreadable,
)
from workstation.catalogue.loader import bundled_pack, load_pack
from workstation.catalogue.signing import Scope, TrustedKey, read_private_key, read_trusted_keys, sign_pack
from workstation.texts import describe, tables


def sign_again(folder: Path) -> tuple[TrustedKey, ...]:
    """Sign the manifest as it stands now, as somebody would who holds the key."""
    key = Ed25519PrivateKey.generate()
    signature = key.sign((folder / "manifest.yaml").read_bytes())
    (folder / "manifest.sig").write_bytes(base64.b64encode(signature))
    return (TrustedKey(Scope.ANY, "test", key.public_key().public_bytes_raw()),)


def test_a_signed_pack_comes_back_as_it_was_written(tmp_path: Path) -> None:
    pack = load_pack(tmp_path, trusted_keys=signed_pack(tmp_path))
    assert (pack.id, pack.version, pack.streets) == ("sample-test", "2026.11", {"HF": "华富街道"})
    item = pack.item("442090001001")
    assert [material.id for material in item.materials] == ["id-card", "statement"]
    assert item.search_keys[0].startswith("样yang例li")


def test_a_signature_by_nobody_we_trust_is_refused(tmp_path: Path) -> None:
    signed_pack(tmp_path)
    with pytest.raises(BadPackSignature):
        load_pack(tmp_path)
    with pytest.raises(BadPackSignature):
        load_pack(tmp_path, trusted_keys=())


@pytest.mark.parametrize("signature", [b"", b"not base64!", base64.b64encode(b"x" * 64), b"AAAA"])
def test_a_broken_signature_is_refused(tmp_path: Path, signature: bytes) -> None:
    keys = signed_pack(tmp_path)
    (tmp_path / "manifest.sig").write_bytes(signature)
    with pytest.raises(BadPackSignature):
        load_pack(tmp_path, trusted_keys=keys)


def test_the_signature_is_checked_before_the_manifest_is_read(tmp_path: Path) -> None:
    keys = signed_pack(tmp_path)
    (tmp_path / "manifest.yaml").write_text("a: " + "[" * 50_000)
    with pytest.raises(BadPackSignature):
        load_pack(tmp_path, trusted_keys=keys)


def test_a_sample_key_signs_sample_packs_only(tmp_path: Path) -> None:
    city = PACK.replace("sample-test", "shenzhen")
    keys = signed_pack(tmp_path, pack=city)
    with pytest.raises(KeyOutOfScope) as caught:
        load_pack(tmp_path, trusted_keys=keys)
    assert "shenzhen" in describe(caught.value).what
    assert (
        load_pack(tmp_path, trusted_keys=signed_pack(tmp_path, pack=city, scope=Scope.ANY)).id == "shenzhen"
    )


def test_an_altered_file_is_named(tmp_path: Path) -> None:
    keys = signed_pack(tmp_path)
    path = tmp_path / "items" / "item-1.yaml"
    path.write_text(ITEM.replace("need: REQUIRED", "need: TOLERABLE", 1), "utf-8")
    with pytest.raises(PackFileAltered) as caught:
        load_pack(tmp_path, trusted_keys=keys)
    assert caught.value.details == {"path": "items/item-1.yaml"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    keys = signed_pack(tmp_path)
    (tmp_path / "items" / "item-1.yaml").unlink()
    with pytest.raises(PackUnreadable) as caught:
        load_pack(tmp_path, trusted_keys=keys)
    assert caught.value.details == {"path": "items/item-1.yaml"}
    with pytest.raises(PackUnreadable):
        load_pack(tmp_path / "nowhere", trusted_keys=keys)


def test_a_file_the_manifest_does_not_name_is_ignored(tmp_path: Path) -> None:
    keys = signed_pack(tmp_path)
    (tmp_path / "items" / "zzz.yaml").write_text("not: an item")
    assert len(load_pack(tmp_path, trusted_keys=keys).items) == 1


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/passwd", "items/../../x.yaml", "items/a.py"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    signed_pack(tmp_path)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("items/item-1.yaml", path))
    with pytest.raises(PackInvalid) as caught:
        load_pack(tmp_path, trusted_keys=sign_again(tmp_path))
    assert caught.value.findings[0].code == "C133"


def test_sizes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = signed_pack(tmp_path, ITEM + "#" * (loader.MAX_FILE_BYTES + 1))
    with pytest.raises(PackTooLarge):
        load_pack(tmp_path, trusted_keys=keys)
    keys = signed_pack(tmp_path)
    monkeypatch.setattr(loader, "MAX_FILES", 2)
    with pytest.raises(PackTooLarge):
        load_pack(tmp_path, trusted_keys=keys)


def test_a_fault_of_an_item_is_told_in_full_when_it_is_opened(tmp_path: Path) -> None:
    signed_pack(tmp_path, ITEM, ITEM.replace("001001", "002001"))
    for name, old, new in (("item-1", "fee:", "fees:"), ("item-2", "mode: LOCAL", "mode: LOCALLY")):
        path = tmp_path / "items" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    manifest = tmp_path / "manifest.yaml"
    lines = manifest.read_text().splitlines()
    for n, line in enumerate(lines):
        if "items/" in line:
            digest = hashlib.sha256((tmp_path / line.split()[-1]).read_bytes()).hexdigest()
            lines[n + 1] = f"  sha256: {digest}"
    manifest.write_text("\n".join(lines))
    pack = load_pack(tmp_path, trusted_keys=sign_again(tmp_path))
    with pytest.raises(PackInvalid) as other:
        pack.item("442090002001")
    assert [(f.file, f.code) for f in other.value.findings] == [("items/item-2.yaml", "C132")]
    with pytest.raises(PackInvalid) as caught:
        tuple(pack.items)
    found = {(f.file, f.code) for f in caught.value.findings}
    assert found == {("items/item-1.yaml", "C130"), ("items/item-1.yaml", "C131")}
    near = next(f for f in caught.value.findings if f.code == "C130")
    assert "fee" in near.remedy
    assert ITEM.splitlines()[near.line - 1].startswith("fee:")
    assert "2" in describe(caught.value).what


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("search.json", b"[1, 2"),
        ("search.json", b"[1]"),
        ("search.json", b'{"a": 1}'),
        ("pack.yaml", b"id: \xff"),
    ],
)
def test_content_that_was_signed_broken_is_invalid(tmp_path: Path, path: str, content: bytes) -> None:
    signed_pack(tmp_path)
    digest = hashlib.sha256((tmp_path / path).read_bytes()).hexdigest()
    (tmp_path / path).write_bytes(content)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace(digest, hashlib.sha256(content).hexdigest()))
    with pytest.raises(PackInvalid) as caught:
        load_pack(tmp_path, trusted_keys=sign_again(tmp_path))
    assert [(finding.file, finding.code) for finding in caught.value.findings] == [(path, "C120")]


def test_two_items_with_one_code_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackInvalid) as caught:
        load_pack(tmp_path, trusted_keys=signed_pack(tmp_path, ITEM, ITEM))
    assert caught.value.findings[0].code == "C140"


def test_a_manifest_of_another_version_is_refused(tmp_path: Path) -> None:
    signed_pack(tmp_path)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("2026.11", "2026.12"))
    with pytest.raises(PackInvalid) as caught:
        load_pack(tmp_path, trusted_keys=sign_again(tmp_path))
    assert caught.value.findings[0].code == "C134"


def test_signing_an_invalid_pack_leaves_no_signature(tmp_path: Path) -> None:
    write_pack(tmp_path, ITEM.replace("title:", "titel:", 1))
    with pytest.raises(PackInvalid):
        sign_pack(tmp_path, Ed25519PrivateKey.generate())
    assert not (tmp_path / "manifest.sig").exists()
    with pytest.raises(PackUnreadable):
        sign_pack(tmp_path / "nowhere", Ed25519PrivateKey.generate())


def test_only_an_ed25519_key_can_sign(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    other = X25519PrivateKey.generate()
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for bad in (path, tmp_path / "nowhere.pem", write_pack(tmp_path) / "pack.yaml"):
        with pytest.raises(BadKeyFile):
            read_private_key(bad)


def test_a_malformed_line_of_the_trusted_keys_is_named(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    for line in (
        "any name",
        "any name AAAA",
        "every name " + base64.b64encode(b"x" * 32).decode(),
        "any n !!",
    ):
        path.write_text(f"# comment\n{line}\n")
        with pytest.raises(BadKeyFile) as caught:
            read_trusted_keys(path)
        assert caught.value.details["line"] == 2
    with pytest.raises(BadKeyFile):
        read_trusted_keys(tmp_path / "nowhere.txt")


def test_shipped_keys_with_a_public_private_half_have_the_narrow_scope() -> None:
    public = (
        read_private_key(Path("packaging/dev-keys/sample-pack-issuer.pem")).public_key().public_bytes_raw()
    )
    scopes = {key.scope for key in read_trusted_keys() if key.public_key == public}
    assert scopes == {Scope.SAMPLE}


def test_loading_and_searching_does_not_load_the_pinyin_tables() -> None:
    program = (
        "import sys; from workstation.catalogue.loader import *; from workstation.catalogue.search import *;"
        "hits = SearchIndex(load_pack(bundled_pack()).items).find('jlyd'); assert hits;"
        "assert not {'pypinyin', 'textual', 'sqlmodel'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )


def test_the_newest_shipped_pack_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sample-2026.9", "sample-2026.11", "sample-2027.1-unsigned"):
        write_pack(tmp_path / name)
    for name in ("sample-2026.9", "sample-2026.11"):
        (tmp_path / name / "manifest.yaml").touch()
    monkeypatch.setattr(loader, "PACKS", tmp_path)
    assert bundled_pack().name == "sample-2026.11"
    monkeypatch.setattr(loader, "PACKS", tmp_path / "nowhere")
    with pytest.raises(PackUnreadable):
        bundled_pack()


def test_every_catalogue_code_has_a_text() -> None:
    pending = [CatalogueError]
    while pending:
        error = pending.pop()
        pending.extend(error.__subclasses__())
        assert error.code in tables()
