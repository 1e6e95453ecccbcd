"""Files as scan software, telephones and ill-wishers leave them: sound ones to mutate, bad ones to refuse."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

SIZE = (60, 80)
A4_PT = (595, 842)


def noise(size: tuple[int, int] = (90, 120)) -> Image.Image:
    """Return a picture that compresses badly and is the same each time."""
    width, height = size
    return Image.frombytes("RGB", size, random.Random(width).randbytes(3 * width * height))


def picture(kind: str, image: Image.Image | None = None, **settings: object) -> bytes:
    """Return a picture file of a kind that Pillow writes."""
    target = io.BytesIO()
    (image or noise()).save(target, kind, **settings)
    return target.getvalue()


def several(kind: str, count: int, **settings: object) -> bytes:
    """Return a file with several pictures: the pages of a TIFF, or an animation of any other kind."""
    frames = [Image.new("L", SIZE, 10 * number) for number in range(1, count + 1)]
    if kind != "TIFF":
        frames = [frame.convert("RGB") for frame in frames]
    return picture(kind, frames[0], save_all=True, append_images=frames[1:], **settings)


def pdf(pages: int = 1, *, size: tuple[float, float] = A4_PT, text: str = "SPECIMEN") -> bytes:
    """Return a PDF with a line of text and a number on each page."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica", 40)
        canvas.drawString(60, 700, f"{text} {number}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def scanned_pdf(size_px: tuple[int, int], size_pt: tuple[float, float]) -> bytes:
    """Return a PDF whose one page is one picture, as scan software writes it."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size_pt, invariant=1)
    canvas.drawImage(ImageReader(noise(size_px)), 0, 0, *size_pt)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def form_pdf(value: str) -> bytes:
    """Return an application form whose one field was filled in."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4_PT, invariant=1)
    canvas.acroForm.textfield(name="name", value=value, x=100, y=500, width=300, height=40, fontSize=20)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def saved(document: pikepdf.Pdf, **settings: object) -> bytes:
    """Return the file of a document, the same each time unless it is encrypted."""
    target = io.BytesIO()
    document.save(target, **{"static_id": True, **settings})  # type: ignore[arg-type]
    return target.getvalue()


def changed(source: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(source))


def script_pdf() -> bytes:
    """Return a PDF that runs JavaScript when it is opened."""
    document = changed(pdf())
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    return saved(document)


def launch_pdf() -> bytes:
    """Return a PDF with a link that starts a program, packed into a compressed object stream."""
    document = changed(pdf())
    action = Dictionary(S=Name.Launch, F=String("/bin/sh"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=action)
    document.pages[0].Annots = Array([document.make_indirect(link)])
    return saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def attachment_pdf() -> bytes:
    """Return a PDF with another file inside."""
    document = changed(pdf())
    document.attachments["invoice.xml"] = b"<xml/>"
    return saved(document)


def xfa_pdf() -> bytes:
    """Return a PDF whose content is a program for one vendor's reader."""
    document = changed(pdf())
    document.Root.AcroForm = Dictionary(XFA=String("<xdp/>"), Fields=Array([]))
    return saved(document)


def locked_pdf() -> bytes:
    return saved(changed(pdf()), encryption=pikepdf.Encryption(owner="owner", user="user"))


def owned_pdf() -> bytes:
    """Return a PDF that anybody may open but not change: many offices send such files."""
    return saved(changed(pdf()), encryption=pikepdf.Encryption(owner="owner", user=""))


def pageless_pdf() -> bytes:
    return saved(pikepdf.new())


def wide_pdf() -> bytes:
    """Return a PDF with a page of one kilometre square."""
    side = 1_000_000 / 25.4 * 72
    document = changed(pdf())
    document.pages[0].MediaBox = Array([0, 0, side, side])
    return saved(document)


def bomb_pdf() -> bytes:
    """Return a PDF whose one small page shows a picture of 900 million px, a few kB long."""
    document = changed(pdf())
    side = 30_000
    rows = zlib.compress(zlib.compress(bytes(side * side // 64), 9), 9)
    image = pikepdf.Stream(document, rows)
    image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
    image.Width, image.Height, image.BitsPerComponent = side, side, 8
    image.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    page = document.pages[0]
    page.Resources.XObject = Dictionary(Im0=document.make_indirect(image))
    page.Contents = pikepdf.Stream(document, b"q 595 0 0 842 0 0 cm /Im0 Do Q")
    return saved(document)


def endless_pdf() -> bytes:
    """Return a PDF whose form draws itself twice: nobody lives to see its end."""
    document = changed(pdf())
    form = document.make_indirect(pikepdf.Stream(document, b"/Fm0 Do /Fm0 Do"))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 595, 842])
    form.Resources = Dictionary(XObject=Dictionary(Fm0=form))
    document.pages[0].Resources.XObject = Dictionary(Fm0=form)
    document.pages[0].Contents = pikepdf.Stream(document, b"/Fm0 Do")
    return saved(document)


def bomb_png(width: int, height: int) -> bytes:
    """Return a PNG whose header promises a huge black picture and whose data compress to little."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(200)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bomb_tiff(width: int, height: int) -> bytes:
    """Return a TIFF of a few bytes that promises a huge picture."""
    shape = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1)]
    entries = [*shape, (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, width * height % (1 << 32))]
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + body + bytes(4)


def looped_tiff() -> bytes:
    """Return a TIFF whose second directory names the first as the next one."""
    data = bytearray(several("TIFF", 2))
    first = struct.unpack_from("<I", data, 4)[0]
    second_at = first + 2 + 12 * struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<I", data, second_at)[0]
    last_at = second + 2 + 12 * struct.unpack_from("<H", data, second)[0]
    struct.pack_into("<I", data, last_at, first)
    return bytes(data)


def cut_tiff() -> bytes:
    """Return a TIFF with two pages whose second ends in the middle."""
    sheets = [Image.effect_noise((200, 200), 80) for _ in range(2)]
    data = picture("TIFF", sheets[0], save_all=True, append_images=sheets[1:])
    with Image.open(io.BytesIO(data)) as image:
        image.seek(1)
        offset = int(image.tag_v2[273][0])  # type: ignore[attr-defined]
    return data[: offset + 1000]


def plain_cmyk_jpeg(ink: tuple[int, int, int, int]) -> bytes:
    """Return a CMYK JPEG without Adobe's mark, whose values are therefore not inverted."""
    inverted = Image.new("CMYK", SIZE, tuple(255 - part for part in ink))
    data = picture("JPEG", inverted)
    start = data.index(b"\xff\xee")
    length = struct.unpack_from(">H", data, start + 2)[0]
    return data[:start] + data[start + 2 + length :]


def seeds() -> dict[str, bytes]:
    """Return one sound file of each kind that is read, small, for mutation."""
    return {
        "plain.pdf": pdf(2),
        "scan.pdf": scanned_pdf((120, 160), (60, 80)),
        "form.pdf": form_pdf("SPECIMEN"),
        "packed.pdf": saved(changed(pdf(2)), object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "raw.tif": several("TIFF", 3),
        "lzw.tif": picture("TIFF", compression="tiff_lzw"),
        "jpeg.tif": picture("TIFF", compression="jpeg"),
        "fax.tif": picture("TIFF", noise().convert("1"), compression="group4", dpi=(204, 98)),
        "deflate.tif": picture("TIFF", compression="tiff_adobe_deflate"),
        "photo.jpg": picture("JPEG", exif=turned()),
        "progressive.jpg": picture("JPEG", progressive=True),
        "print.jpg": picture("JPEG", noise().convert("CMYK")),
        "page.png": picture("PNG"),
        "palette.png": picture("PNG", noise().convert("P"), transparency=3),
        "deep.png": picture("PNG", Image.new("I;16", SIZE, 0x4080)),
        "page.webp": picture("WEBP"),
        "lossless.webp": picture("WEBP", lossless=True),
        "page.bmp": picture("BMP"),
        "page.ppm": picture("PPM"),
        "page.gif": picture("GIF"),
    }


def turned(orientation: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif
