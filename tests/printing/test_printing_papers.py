"""Each paper says what it must, in embedded fonts, on the pages it counts, with a code to check it by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from PIL import Image

from workstation.printing import acceptance, handover, receipt
from workstation.printing import samples as specimen
from workstation.printing.fonts import Fonts
from workstation.printing.forms import HandoverLine, MaterialLine
from workstation.printing.ink import grouped
from workstation.printing.layout import MARGIN, QR_SIDE, TOP, PrintedFile

Run = Callable[..., str]
ReadText = Callable[[Path], str]
Samples = dict[str, PrintedFile]

CASE = (
    "FT-03-20261120-0042",
    "敬老优待证核发（首次办理）",
    "440714003000",
    "赵样本",
    "440304********997X",
    "福田区华富街道便民服务中心",
    "综合窗口03",
    "王样本",
    "0755-00000000",
    "12345",
    "2026年11月20日",
    *grouped(specimen.SHA256).split(),
)
FORM = CASE[:4]
UNDATED = tuple(word for word in CASE if word != "2026年11月20日")
UNSEALED = ("application", "agent-letter")
TWO_PAGES = ("receipt-matter", "tolerance-notice")
RECEIPT = (
    *CASE,
    "接收回执",
    "SJ-03-20261120-0042",
    "2026年11月20日10:42",
    "香蜜湖街道",
    "数码照相回执",
    "原件已核退还",
    "原件留存",
    "复用",
    "材料5项，留存纸质材料3张，扫描9页",
    "本回执仅证明收到材料，不代表受理",
    "2026年11月27日前（含当日）",
    "第三十二条第一款第四项",
    "即为受理",
    "短信",
    "（盖章处）",
    "申请人：",
    "签字",
)
WANTED = {
    "receipt": RECEIPT,
    "receipt-provisional": (
        *(word for word in RECEIPT if word != "申请人："),
        "临时编号：SJ-03-20261120-0042",
        "办件临时编号",
        "为窗口编发的临时编号，后台收到后转为正式编号",
        "不因网络中断而推迟",
        "钱样本（女儿）",
        "申请人（代理人）",
    ),
    "acceptance": (
        *CASE,
        "受理通知书",
        "SL-03-20261120-0042",
        "决定予以受理",
        "第三十二条第一款第五项",
        "20个工作日",
        "5个工作日",
        "2026年11月27日前（含当日）",
        "福田区香蜜湖街道办事处",
        "不收费",
        "邮寄（中国邮政）",
        "容缺后补的材料",
        "视为撤回申请",
        "（盖章处）",
    ),
    "correction": (
        *CASE,
        "申请材料补正告知书",
        "共3项",
        "登记的姓名与身份证不一致，缺少变更记载",
        "六个月内的数码照相回执一张",
        "第二页没有申请人签字",
        "第二十九条",
        "2026年12月11日",
        "本市任一街道综合窗口",
        "视为撤回申请",
        "一次列明需要补正的全部内容",
        "已收到本告知书",
        "（盖章处）",
    ),
    "refusal": (
        *CASE,
        "不予受理通知书",
        "决定不予受理",
        "不属于本机关职权范围",
        "广州市越秀区北京街道办事处",
        "六十日内向福田区人民政府申请行政复议",
        "六个月内依法向深圳市盐田区人民法院提起行政诉讼",
        "（盖章处）",
    ),
    "reuse": (
        *CASE,
        "材料复用确认书",
        "FT-01-20250302-0007",
        "2025年3月2日",
        "李样本",
        "B（窗口核验）",
        "2027年3月1日",
        "未设期限",
        *grouped("5b1e" * 16).split(),
        "内容没有变化",
        "同意仅对本次办件",
        "签字或按指印",
    ),
    "receipt-matter": (
        *RECEIPT[:1],
        "我要开理发店（一件事）",
        "香蜜湖街道、南山区粤海街道",
        "由下列3个机关并联办理",
        "福田区卫生健康局",
        "容缺后补的材料：户口簿变更记载页（曾用名），2026年11月27日前（含当日）",
        "以书面承诺代替的材料：从业人员健康合格证明",
        "已过有效期的事项目录（2026.11，有效期至2026年11月15日）",
    ),
    "application": (
        *FORM,
        "敬老优待证申请表",
        "440304195503089980",
        "□男■女",
        "■首次办理□到期换领□遗失补领",
        "广东省深圳市福田区香蜜湖街道样本路七号样本花园三栋502",
        "照片",
        "承诺所填内容和所交材料真实",
        "签字（按指印）",
        "街道办事处意见",
        "民政部门意见",
        "证件编号",
        "签字（盖章）",
    ),
    "agent-letter": (
        *FORM,
        "授权委托书",
        "440304195503089980",
        "440304198001019986",
        "钱样本",
        "女儿",
        "代为提交材料",
        "代为补正",
        "代为领取结果",
        "办结并领取结果之日止",
        "愿意接受委托",
    ),
    "tolerance-undertaking": (
        *CASE,
        "容缺受理承诺书",
        "主要材料已经齐全",
        "第三十二条",
        "户口簿变更记载页（曾用名）",
        "2026年11月26日",
        "系统上传",
        "补交联系人",
        "以办理机关收到的时间为准",
        "逾期没有补交或者补交的材料不符合要求的，办理机关可以终止办理",
        "承诺人（申请人）",
        "代理人：钱样本（女儿）",
    ),
    "tolerance-notice": (
        *CASE,
        "容缺受理通知书",
        "第一联交申请人",
        "第二联存档",
        "户口簿变更记载页（曾用名）",
        "2026年11月27日",
        "中国邮政寄交",
        "不超过本事项的承诺期限（5个工作日）",
        "办理机关可以终止办理",
        "已收到本通知书",
        "（盖章处）",
    ),
    "commitment": (
        *CASE,
        "告知承诺书",
        "无固定收入证明",
        "没有领取养老保险待遇",
        "国办发〔2020〕42号",
        "追回已发放的款项",
        "可以自愿选择是否承诺",
        "860.00",
        "（盖章处）",
    ),
    "special-procedure": (
        *UNDATED,
        "特殊程序审查期限告知书",
        "残疾评定",
        "第四十五条",
        "不计算在办理期限内",
        "2026年11月23日",
        "2026年12月21日前（含当日）",
        "（盖章处）",
    ),
    "extension": (
        *UNDATED,
        "延长办理期限通知书",
        "第四十二条",
        "延长10个工作日",
        "需要补充调查",
        "周样本",
        "2026年12月11日前（含当日）",
        "2026年12月25日前（含当日）",
        "（盖章处）",
    ),
    "certificate-proofs": (
        "电子证照核验单",
        "FY-03-20261120-0042-E",
        "户口簿电子证照",
        "有效",
        "样本市政务服务数据管理局",
        "申请人当面出示",
        "9f2c41d07ab35e18",
        "2026年11月20日09:58",
        "待核验",
        "尚未答复",
        "核验时吊销名单较旧",
    ),
    "data-checks": (
        "数据核验表单",
        "户籍信息核验",
        "不一致",
        "人口库（样本）",
        "申请人当面同意",
        "景华苑1栋804",
        "不作为拒绝办理的依据",
        "核验人",
    ),
    "handover": (
        "物料流转凭证",
        "LZ-03-20261120-02",
        "袋号：D-03-20261120-02",
        "华富街道",
        "香蜜湖街道",
        "FQ-0088231",
        "1043827650123",
        "2026年11月23日18:00前",
        "FT-03-20261120-0038",
        "孙*本",
        "医疗费用票据",
        "办件3件，材料5项，共20张",
        "实收张数",
        "是否相符",
        "差异记录",
        "移交人（王样本）签字",
        "复核人（吴样本）签字",
        "揽收人签字",
        "接收人签字",
    ),
}


@pytest.mark.parametrize("name", WANTED)
def test_every_required_field_is_on_the_paper(name: str, samples: Samples, read_text: ReadText) -> None:
    text = read_text(samples[name].path)
    assert [word for word in WANTED[name] if word not in text] == []


@pytest.mark.parametrize("name", WANTED)
def test_the_usual_case_fits_its_page_and_nothing_is_boxed(name: str, samples: Samples, run: Run) -> None:
    paper = samples[name]
    pages = 2 if name in TWO_PAGES else 1
    assert (paper.pages, paper.missing) == (pages, ())
    information = run("pdfinfo", paper.path)
    assert re.search(rf"^Pages:\s+{pages}$", information, re.MULTILINE)
    assert "A4" in information


@pytest.mark.parametrize("name", WANTED)
def test_all_fonts_are_embedded_as_subsets(name: str, samples: Samples, run: Run) -> None:
    lines = run("pdffonts", samples[name].path).splitlines()[2:]
    assert len(lines) >= 2
    for line in lines:
        assert re.match(r"[A-Z]{6}\+\S+ +TrueType +WinAnsi +yes yes yes ", line), line


@pytest.mark.parametrize("name", WANTED)
def test_the_code_carries_the_number_and_the_hash(
    name: str, samples: Samples, run: Run, tmp_path: Path, read_text: ReadText
) -> None:
    paper = samples[name]
    number = WANTED["handover"][1] if name == "handover" else ""
    number = (
        number
        or re.findall(
            r"(?<!办件)(?<!办件临时)编号：([A-Z]{2}-03-\d{8}-\d{4}(?:-[A-Z])?)", read_text(paper.path)
        )[-1]
    )
    sha256 = specimen.SHA256[::-1] if name == "handover" else "" if name in UNSEALED else specimen.SHA256
    code = segno.make_qr(f"WS1:{number}:{sha256}", error="m")
    run("pdftoppm", "-r", 300, "-gray", "-png", "-l", 1, "-singlefile", paper.path, tmp_path / "page")
    assert _modules(tmp_path / "page.png", len(code.matrix)) == [
        [bool(m) for m in row] for row in code.matrix
    ]


def _modules(page: Path, count: int) -> list[list[bool]]:
    """Return which modules are dark, read in the middle of each square of the printed code."""
    scale = 300 / 72
    with Image.open(page) as image:
        left, top, step = (
            int(image.width - (MARGIN + QR_SIDE) * scale),
            int(TOP * scale),
            QR_SIDE * scale / count,
        )
        dark = image.convert("L").point([value < 128 for value in range(256)])
        middles = [int((place + 0.5) * step) for place in range(count)]
        return [[bool(dark.getpixel((left + x, top + y))) for x in middles] for y in middles]


@pytest.mark.parametrize("name", WANTED)
def test_the_file_tells_nothing_about_the_person(name: str, samples: Samples, run: Run) -> None:
    information = run("pdfinfo", samples[name].path)
    assert "样本" not in information
    assert "440304" not in information
    assert "FT-03" not in information


def test_equal_forms_give_equal_files(fonts: Fonts, samples: Samples, tmp_path: Path) -> None:
    again = receipt.render(specimen.receipt_form(), tmp_path / "other name.pdf", fonts=fonts)
    assert again.sha256 == samples["receipt"].sha256
    assert hashlib.sha256(again.path.read_bytes()).hexdigest() == again.sha256


@pytest.mark.parametrize("name", WANTED)
def test_practice_paper_is_marked_and_asks_for_no_seal(
    name: str, practice_samples: Samples, samples: Samples, read_text: ReadText
) -> None:
    text = read_text(practice_samples[name].path)
    assert "练习样本" in text
    assert "（练习）" in text
    assert "不具任何效力" in text
    assert "盖章处" not in text
    assert "练习" not in read_text(samples[name].path)


def test_eight_materials_fit_one_page(fonts: Fonts, tmp_path: Path) -> None:
    form = replace(specimen.provisional_receipt_form(), materials=_materials(8))
    assert receipt.render(form, tmp_path / "r.pdf", fonts=fonts).pages == 1
    notice = replace(specimen.acceptance_form(), materials=_materials(8), tolerated=())
    assert acceptance.render(notice, tmp_path / "a.pdf", fonts=fonts).pages == 1


def test_sixty_materials_flow_over_pages_with_the_head_repeated(
    fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    paper = receipt.render(
        replace(specimen.receipt_form(), materials=_materials(60)), tmp_path / "r.pdf", fonts=fonts
    )
    text = read_text(paper.path)
    assert paper.pages >= 2
    assert text.count("序号材料名称") >= 2
    assert [n for n in range(1, 61) if f"第{n}份证明材料" not in text] == []
    assert "材料60项，留存纸质材料60张，扫描120页" in text
    assert f"第{paper.pages}页共{paper.pages}页" in text


def test_a_full_bag_lists_every_line(fonts: Fonts, tmp_path: Path, read_text: ReadText) -> None:
    line = specimen.handover_form().lines[0]
    lines: tuple[HandoverLine, ...] = tuple(replace(line, case_number=f"FT-{n:04}") for n in range(80))
    paper = handover.render(replace(specimen.handover_form(), lines=lines), tmp_path / "h.pdf", fonts=fonts)
    text = read_text(paper.path)
    assert [n for n in range(80) if f"FT-{n:04}" not in text] == []
    assert "办件80件，材料80项，共240张" in text


def test_the_receipt_promises_no_silent_acceptance_without_a_law(
    fonts: Fonts, tmp_path: Path, read_text: ReadText
) -> None:
    form = replace(specimen.receipt_form(), silence_basis="", answer_by=None)
    text = read_text(receipt.render(form, tmp_path / "r.pdf", fonts=fonts).path)
    assert "即为受理" not in text
    assert "最迟答复日" not in text


def test_deemed_acceptance_says_why(fonts: Fonts, tmp_path: Path, read_text: ReadText) -> None:
    form = replace(specimen.acceptance_form(), deemed=True)
    text = read_text(acceptance.render(form, tmp_path / "a.pdf", fonts=fonts).path)
    assert "自收到申请材料之日起即为受理" in text
    assert "决定予以受理" not in text


def _materials(count: int) -> tuple[MaterialLine, ...]:
    return tuple(
        MaterialLine(title=f"第{n}份证明材料", original="原件留存", sheets=1, pages=2)
        for n in range(1, count + 1)
    )
