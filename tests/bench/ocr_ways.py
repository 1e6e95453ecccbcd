"""One way of reading pages, alone in a process: `python -m tests.bench.ocr_ways WAY`.

Takes a line of JSON for each page, `{"file", "kind"}`, and answers with a line: `fields` (name to value,
confidence, whether it counts as valid, what the confidence was told from, checks), `reason` when nothing
could be read, `cpu_s` of this process and the recogniser's. A way that is not installed answers its first
line with `{"missing": why}`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import math
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from ocr.port import Engine
from tests.bench.ocr_flow import Piece, lines_of, score_of
from tests.bench.ocr_rules import fields_of, labels_of

Fields = dict[str, tuple[str, float, bool, float, tuple[str, ...]]]
Answer = tuple[Fields, str]
"""The fields, and why there are none where a way says so."""
Way = Callable[[Path, str], Answer]
WATERMARK = {"样本", "样", "本"}
"""No real paper has it, so nobody is charged for reading it where it stands alone."""
SURE = 1.0
"""What a recogniser that gives plain text says about each of its words."""


def _plainly(value: str, score: float) -> tuple[str, float, bool, float, tuple[str, ...]]:
    """Return a field of a way that checks nothing."""
    return value, score if value else 0.0, bool(value), score if value else 0.0, ()


def plain() -> Way:
    """Tesseract on the whole page through pytesseract, then rules."""
    import pytesseract

    def read(file: Path, kind: str) -> Answer:
        with Image.open(file) as picture:
            text = pytesseract.image_to_string(picture, lang="chi_sim", config="--psm 6")
        lines = ["".join(line.split()) for line in text.splitlines()]
        found = fields_of(kind, lines)
        return {name: _plainly(value, SURE) for name, value in found.items()}, ""

    return read


def rapidocr() -> Way:
    """RapidOCR's whole pipeline as it comes, on one thread, then the same rules."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.log_level": "error",
        }
    )

    def read(file: Path, kind: str) -> Answer:
        pieces = _pieces(engine(str(file)))
        found = fields_of(kind, lines_of(pieces, labels_of(kind)))
        return {name: _plainly(value, score_of(value, pieces)) for name, value in found.items()}, ""

    return read


def _pieces(result: Any) -> list[Piece]:
    """Return the pieces as they lie once the page is levelled by the slope of its lines."""
    if result.boxes is None:
        return []
    wide = [box for box in result.boxes if math.dist(box[0], box[1]) > 2 * math.dist(box[1], box[2])]
    slopes = [math.atan2(box[1][1] - box[0][1], box[1][0] - box[0][0]) for box in wide]
    slope = median(slopes) if slopes else 0.0
    return [
        _levelled(text, float(score), box, slope)
        for text, score, box in zip(result.txts, result.scores, result.boxes, strict=True)
        if text not in WATERMARK
    ]


def _levelled(text: str, score: float, box: Any, slope: float) -> Piece:
    across, along = math.cos(slope), math.sin(slope)
    xs = [float(x) * across + float(y) * along for x, y in box]
    ys = [float(y) * across - float(x) * along for x, y in box]
    return Piece(text, score, min(xs), min(ys), max(xs), max(ys))


def base() -> Way:
    """Ours with Tesseract alone."""
    from ocr.engines.tesseract import TesseractEngine

    return _ours(TesseractEngine())


def extra() -> Way:
    """Ours with the extra."""
    module = importlib.import_module("ocr.engines.hybrid")
    return _ours(module.best_engine())


def _ours(engine: Engine) -> Way:
    from ocr import imaging
    from ocr.documents import KINDS, read

    def read_page(file: Path, kind: str) -> Answer:
        if kind not in KINDS:
            return {}, ""
        reading = read(engine, imaging.open_image(file), kind)
        fields = {
            name: (one.value, one.confidence, one.valid, one.evidence, one.checks)
            for name, one in reading.fields.items()
        }
        return fields, reading.reason

    return read_page


WAYS: Mapping[str, Callable[[], Way]] = {
    "pytesseract": plain,
    "rapidocr": rapidocr,
    "ours": base,
    "ours+extra": extra,
}
"""The ways that are compared; `ours` is without the extra."""


def cpu_s() -> float:
    """Return the processor seconds of this process and of those it waited for."""
    return sum(os.times()[:4])


def main() -> int:
    """Answer pages until the input ends."""
    logging.disable(logging.WARNING)
    # What the engines write must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with contextlib.redirect_stdout(sys.stderr):
        try:
            read = WAYS[sys.argv[1]]()
        except (ImportError, AttributeError) as error:
            answers.write(json.dumps({"missing": str(error)}) + "\n")
            return 0
        answers.write(json.dumps({"ready": True}) + "\n")
        answers.flush()
        for line in sys.stdin:
            page = json.loads(line)
            before = cpu_s()
            fields, reason = read(Path(page["file"]), page["kind"])
            said = {"fields": fields, "reason": reason, "cpu_s": cpu_s() - before}
            answers.write(json.dumps(said) + "\n")
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
