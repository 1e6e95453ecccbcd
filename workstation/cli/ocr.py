"""`workstation ocr`: read pictures of documents, for people or as one JSON object a line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.cli.document_words import document_word, field_word
from workstation.i18n import N_, _
from workstation.texts.ocr import REASONS, UNREAD

if TYPE_CHECKING:
    from ocr.errors import OcrError
    from ocr.port import Reading
    from ocr.reading_room import Equipment, ReadingRoom

HELP: str = N_("识别证件图片")
DONE, FAILED, USAGE = 0, 1, 2
_DEFAULT_TIMEOUT_S = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help=_("图片文件 (JPEG, PNG, TIFF 等)")
    )
    parser.add_argument("--document", metavar="KIND", help=_("材料种类, 如 id-card-front, id-card-back"))
    parser.add_argument("--engines", action="store_true", help=_("列出本机的识别程序、版本和模型"))
    parser.add_argument("--json", action="store_true", help=_("每个文件输出一行 JSON"))
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=_DEFAULT_TIMEOUT_S,
        metavar="SECONDS",
        help=_("每次识别最长的秒数"),
    )


def run(args: argparse.Namespace) -> int:
    """Read each file in turn; 0 when all were read, 1 when one was not, 2 for a kind that cannot be read."""
    from ocr.reading_room import ReadingRoom

    if not args.engines and (fault := _misuse(args)):
        print(fault, file=sys.stderr)
        return USAGE
    with ReadingRoom(timeout_s=args.timeout) as room:
        if args.engines:
            return _show_engines(room, as_json=args.json)
        outcomes = [_read_one(room, path, args.document, as_json=args.json) for path in args.files]
    return DONE if all(outcomes) else FAILED


def _misuse(args: argparse.Namespace) -> str:
    """Return what is wrong with the arguments, empty when nothing is."""
    from ocr.documents import KINDS

    if not args.files or not args.document:
        return _("请给出 --document 和图片文件, 或用 --engines 查看识别程序")
    if args.document not in KINDS:
        kinds = ", ".join(KINDS)
        return _("不能识别的材料种类 {kind}; 可选: {kinds}").format(kind=args.document, kinds=kinds)
    return ""


def _show_engines(room: ReadingRoom, *, as_json: bool) -> int:
    from dataclasses import asdict

    from ocr.errors import OcrError
    from workstation.texts import describe

    try:
        found = room.equipment()
    except OcrError as error:
        print(describe(error), file=sys.stderr)
        return FAILED
    print(json.dumps(asdict(found), ensure_ascii=False) if as_json else _equipment(found), flush=True)
    return DONE


def _equipment(found: Equipment) -> str:
    lines = [_("识别程序: {engine}").format(engine=found.engine)]
    lines += [f"  {name} {version}" for name, version in found.programs.items()]
    lines += [_("模型:"), *(f"  {name}" for name in found.models)]
    return "\n".join(
        [*lines, _("可识别的材料种类:"), *(f"  {name}  {document_word(name)}" for name in found.kinds)]
    )


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError(_("须大于 0 且不超过 3600"))
    return value


def _read_one(room: ReadingRoom, path: Path, kind: str, *, as_json: bool) -> bool:
    from ocr.errors import OcrError
    from ocr.imaging import content_of

    try:
        reading = room.read(content_of(path), kind)
    except OcrError as error:
        _report(path, error, as_json=as_json)
        return False
    print(
        json.dumps(as_object(path, reading), ensure_ascii=False) if as_json else _for_people(path, reading),
        flush=True,
    )
    return True


def as_object(path: Path, reading: Reading) -> dict[str, object]:
    """Return the JSON object of one file that was read."""
    return {
        "file": _printable(path),
        "document": reading.document,
        "engine": reading.engine,
        "elapsed_ms": reading.elapsed_ms,
        "quality": dict(reading.quality),
        "reason": reading.reason,
        "fields": {
            name: {
                "value": field.value,
                "confidence": field.confidence,
                "box": list(field.box) if field.box else None,
                "checks": list(field.checks),
                "valid": field.valid,
            }
            for name, field in reading.fields.items()
        },
    }


def _for_people(path: Path, reading: Reading) -> str:
    lines = [f"{_printable(path)}  {document_word(reading.document)}  {reading.elapsed_ms} ms"]
    if reading.reason:
        what, todo = REASONS.get(reading.reason, UNREAD)
        lines.append(f"  {_(what)}: {_(todo)}")
    for name, field in reading.fields.items():
        lamp = "✔" if field.valid else "✘" if field.value else "·"
        value = field.value or _("未识别")
        checks = " ".join(field.checks)
        title = field_word(reading.document, name)
        lines.append(f"  {lamp} {title}: {value}  {field.confidence:.2f}  {checks}".rstrip())
    return "\n".join(lines)


def _report(path: Path, error: OcrError, *, as_json: bool) -> None:
    from workstation.texts import describe

    message = describe(error)
    if as_json:
        reason = {"code": message.code, "what": message.what, "todo": message.todo}
        print(json.dumps({"file": _printable(path), "error": reason}, ensure_ascii=False), flush=True)
    else:
        print(f"{_printable(path)}: {message}", file=sys.stderr)


def _printable(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", errors="replace")
