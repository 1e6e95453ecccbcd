"""The one frozen `Settings`, read once from TOML; unknown keys are refused with the nearest spelling."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.domain.kinds import WindowCategory

ENV_CONFIG = "WORKSTATION_CONFIG"
ENV_DATA = "WORKSTATION_DATA"
ENV_LANGUAGE = "WORKSTATION_LANGUAGE"
_LEAST = {"archive_keep_days": 1, "keep_delivered_days": 30, "disk_stop_mb": 100, "log_keep_days": 183}
CRYPTO_SUITES = ("international", "guomi")
"""As `sync.contract.suites.Suite` names them; it is not imported before the first frame."""
AUDITED = (
    "archive_keep_days",
    "calendar_file",
    "camera_frames",
    "categories",
    "clerk",
    "crypto_suite",
    "disk_stop_mb",
    "idle_lock_minutes",
    "keep_delivered_days",
    "log_keep_days",
    "machine_key",
    "packs_folder",
    "printer",
    "reuse_consent",
    "reuse_pending",
    "scan_folder",
    "scan_keep_days",
    "sync_kbit_s",
    "viewer",
)
"""Keys whose change is an entry of the audit: who sees data, what is kept how long, what rules hold."""
LEAST_KBIT_S = 64
"""A page would take minutes below it."""


class SettingsError(Exception):
    """The settings file cannot be used; the message names file, key and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What IT may set; every key has a default that works."""

    data_folder: Path
    config_file: Path
    language: str = "zh_CN"
    """`zh_CN` or `en`."""
    window_name: str = "综合窗口"
    hall: str = "政务服务大厅"
    clerk: str = ""
    """Name shown on screens and papers; asked at unlock when empty."""
    phone: str = ""
    complaint_phone: str = "12345"
    categories: str = ""
    """Kinds of items the window takes, e.g. `SOCIAL_AFFAIRS, OPERATION`; empty: all."""
    packs_folder: str = ""
    """Folder of signed item packs; empty: the packs that came with the program."""
    calendar_file: str = ""
    """JSON that replaces the built-in working-day table; empty: built in."""
    machine_key: str = ""
    """Key file of a kiosk PC; empty: the passphrase is asked."""
    idle_lock_minutes: int = 5
    """Minutes without a key after which the screens lock; at least 1, at most 60."""
    scan_folder: str = ""
    """Folder into which vendor software drops scans; empty: none."""
    scan_keep_days: int = 0
    """Days that files taken from it are kept in its `done` folder; 0: removed as soon as they are safe."""
    sync_kbit_s: int = 0
    """Most that sending may take of the line, in kbit/s, at least 64; 0: all of it."""
    sane: bool = True
    camera: bool = True
    """Whether document cameras are looked for."""
    camera_frames: str = ""
    """Folder of pictures or video shown as one more camera, to try things out; empty: none."""
    resolution_dpi: int = 200
    printer: str = ""
    """CUPS queue; empty: papers open in the system's viewer."""
    ticket_local: str = "A"
    """First letter of the queue numbers of each lane; a hall gives each window its own."""
    ticket_collect: str = "B"
    ticket_joint: str = "C"
    ticket_booking: str = "Y"
    viewer: str = ""
    """Program that opens a page; empty: the desktop's own."""
    reuse_pending: bool = False
    """Whether copies of cases that are not decided yet are offered for reuse."""
    reuse_consent: str = "sign"
    """How the citizen agrees to a reuse: `sign` on paper, or `tick` in their presence, the clerk signs."""
    archive_keep_days: int = 1095
    """Days a copy stays for reuse where its item sets no limit."""
    keep_delivered_days: int = 30
    """Days that pages stay here after the back office has signed for them; at least 30."""
    crypto_suite: str = "international"
    """What new data is written with: `international` (AES-256-GCM) or `guomi` (SM4-GCM, with SM3)."""
    log_keep_days: int = 183
    """Days that the program's log stays; at least six months (网络安全法 art. 21(3))."""
    disk_warning_mb: int = 2048
    """Free space below which every screen warns."""
    disk_stop_mb: int = 300
    """Free space below which nothing new is scanned or sealed; sending goes on. At least 100."""


def load_settings() -> Settings:
    """Read the settings file if there is one.

    Raises:
        SettingsError: it is not TOML, has an unknown key, or a value of the wrong type.
    """
    path = Path(os.environ.get(ENV_CONFIG) or _home("XDG_CONFIG_HOME", ".config") / "workstation.toml")
    data = Path(os.environ.get(ENV_DATA) or _home("XDG_DATA_HOME", ".local/share") / "workstation")
    values = _read(path) if path.exists() else {}
    _check(path, values)
    folder = (
        Path(str(values.pop("data_folder"))).expanduser()
        if "data_folder" in values and ENV_DATA not in os.environ
        else data
    )
    values.pop("data_folder", None)
    language = os.environ.get(ENV_LANGUAGE)
    if language:
        values["language"] = language
    return Settings(data_folder=folder, config_file=path, **values)  # type: ignore[arg-type]  # checked above


def audited(settings: Settings) -> dict[str, str]:
    """Return the settings whose change is recorded, as texts."""
    return {name: str(getattr(settings, name)) for name in AUDITED}


def window_categories(settings: Settings) -> frozenset[WindowCategory]:
    """Return the kinds of items the window takes.

    Raises:
        SettingsError: a kind is misspelt.
    """
    from workstation.domain.kinds import WindowCategory

    names = [name.strip() for name in settings.categories.split(",") if name.strip()]
    for name in names:
        if name not in WindowCategory.__members__:
            known = ", ".join(WindowCategory)
            raise SettingsError(
                _("设置文件 {path} 的 categories 中 {name} 不是窗口类别, 可用: {known}").format(
                    path=settings.config_file, name=name, known=known
                )
            )
    return frozenset(WindowCategory(name) for name in names)


def _home(variable: str, fallback: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / fallback)


def _read(path: Path) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            _("设置文件 {path} 无法读取: {error}。请改正后重新启动。").format(path=path, error=error)
        ) from error


def _check(path: Path, values: dict[str, object]) -> None:
    types = {field.name: str(field.type) for field in fields(Settings) if field.name != "config_file"}
    for key, value in values.items():
        if key not in types:
            raise _unknown(path, key, types)
        expected = "str" if types[key] == "Path" else types[key]
        if type(value).__name__ != expected:
            raise SettingsError(
                _("设置文件 {path} 的 {key} 应为 {kind}").format(path=path, key=key, kind=expected)
            )
    _check_room(path, values)
    if values.get("reuse_consent", "sign") not in ("sign", "tick"):
        raise SettingsError(_("设置文件 {path} 的 reuse_consent 只能是 sign 或 tick").format(path=path))
    if values.get("crypto_suite", "international") not in CRYPTO_SUITES:
        raise SettingsError(
            _("设置文件 {path} 的 crypto_suite 只能是 international 或 guomi").format(path=path)
        )
    if values.get("language", "zh_CN") not in ("zh_CN", "en"):
        raise SettingsError(_("设置文件 {path} 的 language 只能是 zh_CN 或 en").format(path=path))
    limit = values.get("sync_kbit_s", 0)
    if limit and isinstance(limit, int) and limit < LEAST_KBIT_S:
        raise SettingsError(
            _("设置文件 {path} 的 sync_kbit_s 应为 0 (不限速) 或不小于 {least}").format(
                path=path, least=LEAST_KBIT_S
            )
        )


def _check_room(path: Path, values: dict[str, object]) -> None:
    """Refuse numbers that would take the safety out of retention and of the disk watch."""
    for key, least in _LEAST.items():
        number = values.get(key)
        if isinstance(number, int) and number < least:
            raise SettingsError(
                _("设置文件 {path} 的 {key} 不能小于 {least}").format(path=path, key=key, least=least)
            )
    warning, stop = values.get("disk_warning_mb", 2048), values.get("disk_stop_mb", 300)
    if isinstance(warning, int) and isinstance(stop, int) and warning < stop:
        raise SettingsError(_("设置文件 {path} 的 disk_warning_mb 不能小于 disk_stop_mb").format(path=path))


def _unknown(path: Path, key: str, known: Iterable[str]) -> SettingsError:
    import difflib

    near = difflib.get_close_matches(key, known, n=1)
    hint = _("是否想写 {near}?").format(near=near[0]) if near else ""
    return SettingsError(
        _("设置文件 {path} 中有不认识的键 {key}。{hint}").format(path=path, key=key, hint=hint)
    )
