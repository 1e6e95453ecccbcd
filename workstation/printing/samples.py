"""One sample of each paper, with specimen people only (serials 996-999): for tests, manuals and training."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from workstation.printing.forms import (
    LICENCE_LAW_ACCEPT,
    LICENCE_LAW_REFUSE,
    LICENCE_LAW_SILENCE,
    AcceptanceForm,
    CorrectionForm,
    DefectLine,
    HandoverForm,
    HandoverLine,
    MaterialLine,
    ReceiptForm,
    RefusalForm,
    ReuseForm,
    ReuseLine,
    ToleratedLine,
)
from workstation.printing.ink import BEIJING

RECEIVED_AT = datetime(2026, 11, 20, 10, 42, tzinfo=BEIJING)
SHA256 = "9f2c41d07be85a36c1d4f0927e6b3a58d90e17c4b25f8a6301de947cb8f25a60"

CASE: dict[str, Any] = {
    "case_number": "FT-03-20261120-0042",
    "item_title": "敬老优待证核发（首次办理）",
    "item_code": "440714003000",
    "applicant_name": "赵样本",
    "id_masked": "440304********997X",
    "hall": "福田区华富街道便民服务中心",
    "window": "综合窗口 03",
    "clerk": "王样本",
    "phone": "0755-0000 0000",
    "complaint_phone": "12345",
    "bundle_sha256": SHA256,
}

MATERIALS = (
    MaterialLine(title="居民身份证（正反面）", original="原件已核退还", pages=2),
    MaterialLine(title="居民户口簿（首页、本人页）", original="复用", pages=2, note="2025年3月2日核验，B 级"),
    MaterialLine(title="近期免冠照片数码照相回执", original="原件留存", sheets=1, pages=1),
    MaterialLine(title="敬老优待证申请表", original="原件留存", sheets=2, pages=2, note="现场签字"),
    MaterialLine(title="居住证或者居住登记凭证", original="原件已核退还", pages=2),
)


def receipt_form() -> ReceiptForm:
    """Return a receipt given online."""
    return ReceiptForm(
        number="SJ-03-20261120-0042",
        received_at=RECEIVED_AT,
        home_street="香蜜湖街道",
        materials=MATERIALS,
        answer_by=date(2026, 11, 27),
        answer_way="短信，并可电话查询",
        silence_basis=LICENCE_LAW_SILENCE,
        **CASE,
    )


def provisional_receipt_form() -> ReceiptForm:
    """Return the same receipt given while the network was down, to an agent."""
    return replace(receipt_form(), provisional=True, agent="钱样本（女儿）")


def acceptance_form() -> AcceptanceForm:
    """Return a notice of acceptance with one tolerated material."""
    return AcceptanceForm(
        number="SL-03-20261120-0042",
        received_at=RECEIVED_AT,
        accepted_on=date(2026, 11, 20),
        basis=LICENCE_LAW_ACCEPT,
        materials=MATERIALS,
        promised_limit="5 个工作日",
        statutory_limit="20 个工作日",
        due=date(2026, 11, 27),
        office="福田区香蜜湖街道办事处",
        office_contact="0755-0000 0001",
        result="敬老优待证",
        pickup="邮寄（中国邮政）或窗口领取",
        fee="不收费",
        tolerated=(
            ToleratedLine(
                title="户口簿变更记载页（曾用名）", due=date(2026, 11, 27), way="到任一综合窗口或邮寄"
            ),
        ),
        overdue_consequence="视为撤回申请",
        **CASE,
    )


def correction_form() -> CorrectionForm:
    """Return a correction notice with three defects."""
    return CorrectionForm(
        number="BZ-03-20261120-0042",
        received_at=RECEIVED_AT,
        told_on=date(2026, 11, 20),
        defects=(
            DefectLine(
                material="居民户口簿（本人页）",
                problem="登记的姓名与身份证不一致，缺少变更记载",
                needed="载明曾用名的户口簿本人页，或者派出所出具的变更证明",
                basis="《深圳市敬老优待证办理指南》受理条件二",
            ),
            DefectLine(
                material="近期免冠照片数码照相回执",
                problem="回执已超过有效期（2026年9月1日）",
                needed="六个月内的数码照相回执一张",
                basis="同上，材料要求三",
            ),
            DefectLine(
                material="敬老优待证申请表",
                problem="第二页没有申请人签字",
                needed="由申请人本人在第二页签字",
                basis="《中华人民共和国行政许可法》第二十九条",
            ),
        ),
        deadline=date(2026, 12, 11),
        where="本市任一街道综合窗口；或者邮寄至福田区香蜜湖街道便民服务中心（请写明办件编号）",
        consequence="期满没有补正又没有说明理由的，视为撤回申请；材料齐全后可以重新申请",
        returned="居民户口簿、数码照相回执已当场退还；申请表留存一份",
        **CASE,
    )


def refusal_form() -> RefusalForm:
    """Return a refusal for want of competence."""
    return RefusalForm(
        number="BY-03-20261120-0042",
        received_at=RECEIVED_AT,
        decided_on=date(2026, 11, 20),
        reason="申请人的户籍和居住地均不在本市，敬老优待证由户籍所在地或者居住地的民政部门核发，不属于本机关职权范围。",
        basis=LICENCE_LAW_REFUSE,
        competent_body="广州市越秀区北京街道办事处",
        competent_contact="广州市越秀区（地址以当地公布为准），电话 020-12345",
        review_body="福田区人民政府",
        court="深圳市盐田区人民法院",
        materials=(
            MaterialLine(title="居民身份证（正反面）", original="原件已退还"),
            MaterialLine(title="敬老优待证申请表", original="原件已退还", sheets=2),
        ),
        **CASE,
    )


def reuse_form() -> ReuseForm:
    """Return a confirmation for two archived copies."""
    return ReuseForm(
        number="FY-03-20261120-0042",
        asked_at=RECEIVED_AT,
        lines=(
            ReuseLine(
                material="居民户口簿（首页、本人页）",
                source_case="FT-01-20250302-0007",
                checked_on=date(2025, 3, 2),
                checked_by="李样本",
                level="B",
                pages=2,
                sha256="5b1e" * 16,
                valid_until=date(2027, 3, 1),
            ),
            ReuseLine(
                material="居住登记凭证",
                source_case="FT-02-20260518-0113",
                checked_on=date(2026, 5, 18),
                checked_by="数据共享",
                level="A",
                pages=1,
                sha256="c07d" * 16,
            ),
        ),
        **CASE,
    )


def handover_form() -> HandoverForm:
    """Return a handover list of three cases."""
    lines = (
        ("FT-03-20261120-0038", "临时救助对象认定", "孙*本", "申请书（签字原件）", 3, ""),
        ("FT-03-20261120-0038", "临时救助对象认定", "孙*本", "医疗费用票据", 12, "粘贴成册"),
        ("FT-03-20261120-0042", "敬老优待证核发（首次办理）", "赵*本", "敬老优待证申请表", 2, ""),
        ("FT-03-20261120-0042", "敬老优待证核发（首次办理）", "赵*本", "数码照相回执", 1, ""),
        ("FT-03-20261120-0044", "残疾人证新办", "周*本", "残疾评定表", 2, "密封件"),
    )
    return HandoverForm(
        number="LZ-03-20261120-02",
        bag_number="D-03-20261120-02",
        hall=CASE["hall"],
        from_street="华富街道",
        to_street="香蜜湖街道",
        to_address="福田区香蜜湖街道便民服务中心收件组",
        listed_at=datetime(2026, 11, 20, 16, 30, tzinfo=BEIJING),
        due_at=datetime(2026, 11, 23, 18, 0, tzinfo=BEIJING),
        lines=tuple(
            HandoverLine(case_number=a, item_title=b, applicant_masked=c, paper=d, sheets=e, note=f)
            for a, b, c, d, e, f in lines
        ),
        seal_number="FQ-0088231",
        waybill="1043827650123",
        clerk="王样本",
        supervisor="吴样本",
        phone="0755-0000 0000",
        bundle_sha256=SHA256[::-1],
    )
