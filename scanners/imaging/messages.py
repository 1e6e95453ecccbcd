"""What the darkroom says, as JSON between its process and this one."""

from __future__ import annotations

from collections.abc import Sequence

from scanners.frames import Header
from scanners.imaging.port import Barcode, Corners, Layers, Packed, PageFault, PageReport, PictureReport


def corners_of(numbers: Sequence[float]) -> Corners:
    """Return eight numbers as corners, rounded to whole px."""
    a, b, c, d, e, f, g, h = (round(float(number)) for number in numbers)
    return a, b, c, d, e, f, g, h


def report_to_wire(report: PictureReport) -> Header:
    """Return a report as a JSON object."""
    return {
        "pages": [_page_to_wire(page) for page in report.pages],
        "barcodes": codes_to_wire(report.barcodes),
        "elapsed_ms": report.elapsed_ms,
    }


def _page_to_wire(page: PageReport) -> Header:
    return {
        "corners": list(page.corners),
        "size_px": list(page.size_px),
        "faults": [fault.value for fault in page.faults],
        "turn_certain": page.turn_certain,
        "fingerprint": page.fingerprint,
        "measures": {name: float(value) for name, value in page.measures.items()},
    }


def report_from_wire(wire: Header) -> PictureReport:
    """Return the report that `report_to_wire` wrote."""
    return PictureReport(
        pages=tuple(_page_from_wire(page) for page in wire["pages"]),
        barcodes=codes_from_wire(wire["barcodes"]),
        elapsed_ms=wire["elapsed_ms"],
    )


def codes_to_wire(codes: Sequence[Barcode]) -> list[Header]:
    """Return codes as JSON objects."""
    return [{"text": code.text, "format": code.format, "corners": list(code.corners)} for code in codes]


def codes_from_wire(wire: Sequence[Header]) -> tuple[Barcode, ...]:
    """Return the codes that `codes_to_wire` wrote."""
    return tuple(
        Barcode(text=code["text"], format=code["format"], corners=corners_of(code["corners"]))
        for code in wire
    )


def _page_from_wire(page: Header) -> PageReport:
    return PageReport(
        corners=corners_of(page["corners"]),
        size_px=(page["size_px"][0], page["size_px"][1]),
        faults=tuple(PageFault(fault) for fault in page["faults"]),
        turn_certain=page["turn_certain"],
        fingerprint=page["fingerprint"],
        measures=page["measures"],
    )


def packed_to_wire(packed: Packed) -> tuple[Header, bytes]:
    """Return a packed page as a JSON object and one body: its file, then the layers' two."""
    header: Header = {
        "is": "packed",
        "media_type": packed.media_type,
        "width": packed.width_px,
        "height": packed.height_px,
        "dpi": packed.resolution_dpi,
        "file_bytes": len(packed.data),
        "layers": None,
    }
    layers = packed.layers
    if layers is None:
        return header, packed.data
    header["layers"] = {
        "paper_bytes": len(layers.paper),
        "stencil_px": list(layers.stencil_px),
        "ink": list(layers.ink),
    }
    return header, packed.data + layers.paper + layers.stencil


def packed_from_wire(header: Header, body: bytes) -> Packed:
    """Return a packed page from what `packed_to_wire` made of it."""
    file_end = int(header["file_bytes"])
    layers, said = None, header["layers"]
    if said is not None:
        paper_end = file_end + int(said["paper_bytes"])
        width, height = said["stencil_px"]
        red, green, blue = said["ink"]
        layers = Layers(
            paper=body[file_end:paper_end],
            stencil=body[paper_end:],
            stencil_px=(width, height),
            ink=(red, green, blue),
        )
    return Packed(
        data=body[:file_end],
        media_type=header["media_type"],
        width_px=header["width"],
        height_px=header["height"],
        resolution_dpi=header["dpi"],
        layers=layers,
    )
