"""Samples of the papers around a case: the form, the letter, promises, and notices on its limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from workstation.printing.forms import (
    LICENCE_LAW_EXTENSION,
    LICENCE_LAW_PROCEDURE,
    AgentLetterForm,
    ApplicationForm,
    BranchLine,
    CommitmentForm,
    ComparedLine,
    ExtensionForm,
    FormCell,
    FormPart,
    ProofForm,
    ProofLine,
    ReceiptForm,
    SpecialProcedureForm,
    ToleranceNoticeForm,
    ToleranceUndertakingForm,
    ToleratedLine,
)
from workstation.printing.forms_notice import DenialForm, PrivacyNoticeForm
from workstation.printing.samples import CASE, RECEIVED_AT, receipt_form

APPLICATION_PARTS = (
    FormPart(
        title="一、申请人信息",
        cells=(
            FormCell(label="姓名", value="赵样本"),
            FormCell(label="性别", value="女", choices=("男", "女")),
            FormCell(label="民族", value="汉"),
            FormCell(label="出生日期", value="1955-03-08"),
            FormCell(label="公民身份号码", value="440304195503089980", columns=2),
            FormCell(
                label="户籍地址", value="广东省深圳市福田区香蜜湖街道样本路七号样本花园三栋502", columns=2
            ),
            FormCell(label="联系电话", value="19900000009"),
            FormCell(label="紧急联系人", value="钱样本（女儿）"),
        ),
    ),
    FormPart(
        title="二、申请内容",
        cells=(
            FormCell(
                label="申请类别", value="首次办理", choices=("首次办理", "到期换领", "遗失补领"), columns=2
            ),
            FormCell(label="证件种类", value="蓝证（60 至 64 岁）", choices=(), columns=2),
            FormCell(label="领取方式", value="邮寄", choices=("窗口领取", "邮寄")),
            FormCell(label="邮寄地址", value=""),
        ),
    ),
)


def application_form() -> ApplicationForm:
    """Return an application form with a photo, choices, and boxes for two agencies."""
    return ApplicationForm(
        **{**CASE, "bundle_sha256": ""},
        number="FT-03-20261120-0042",
        authority="福田区民政局",
        title="敬老优待证申请表",
        filled_on=date(2026, 11, 20),
        parts=APPLICATION_PARTS,
        office_parts=(
            FormPart(title="发证记录", cells=(FormCell(label="证件编号"), FormCell(label="发证日期"))),
        ),
        agency_boxes=("街道办事处意见", "民政部门意见"),
        wants_photo=True,
    )


def agent_letter_form() -> AgentLetterForm:
    """Return a letter of authority for this case only."""
    return AgentLetterForm(
        **{**CASE, "bundle_sha256": ""},
        number="FT-03-20261120-0042-W",
        authority="福田区民政局",
        principal_number="440304195503089980",
        agent_name="钱样本",
        agent_number="440304198001019986",
        relation="女儿",
        agent_phone="19900000001",
        powers=("代为提交材料", "代为补正", "代为领取结果"),
        written_on=date(2026, 11, 20),
    )


def privacy_notice_form() -> PrivacyNoticeForm:
    """Return the notice before the scan."""
    return PrivacyNoticeForm(
        **{**CASE, "bundle_sha256": ""},
        number="FT-03-20261120-0042-G",
        authority="福田区民政局",
        told_on=date(2026, 11, 20),
        materials=("居民身份证", "户口簿", "数码照相回执"),
        keep_days=1095,
    )


_TOLERATED = (
    ToleratedLine(title="户口簿变更记载页（曾用名）", due=date(2026, 11, 27), way="窗口提交或者邮寄"),
    ToleratedLine(title="近期收入证明", due=date(2026, 11, 26), way="系统上传"),
)


def tolerance_undertaking_form() -> ToleranceUndertakingForm:
    """Return an undertaking for two materials, signed by an agent too."""
    return ToleranceUndertakingForm(
        **CASE,
        number="RC-03-20261120-0042",
        agent="钱样本（女儿）",
        authority="福田区民政局",
        lines=_TOLERATED,
        promised_on=date(2026, 11, 20),
        basis="《广东省优化营商环境条例》第三十二条",
        consequence="办理机关可以终止办理",
        cells=(FormCell(label="补交联系人", value="钱样本"), FormCell(label="联系电话", value="19900000001")),
    )


def tolerance_notice_form() -> ToleranceNoticeForm:
    """Return the notice on the same two materials."""
    return ToleranceNoticeForm(
        **CASE,
        number="RT-03-20261120-0042",
        authority="福田区民政局",
        lines=_TOLERATED,
        told_on=date(2026, 11, 20),
        received_at=RECEIVED_AT,
        where="任一综合窗口提交、中国邮政寄交或者系统上传",
        consequence="办理机关可以终止办理",
        limit="5 个工作日",
    )


def commitment_form() -> CommitmentForm:
    """Return a commitment in place of one proof."""
    return CommitmentForm(
        **CASE,
        number="CN-03-20261120-0042",
        authority="福田区民政局",
        lines=("无固定收入证明",),
        text="本人目前无固定工作单位，没有领取养老保险待遇，家庭人均月收入低于本市最低生活保障标准。",
        basis="《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》（国办发〔2020〕42号）",
        consequence="撤销已作出的决定，追回已发放的款项，记入信用记录，构成犯罪的依法追究刑事责任。",
        told_on=date(2026, 11, 20),
        cells=(FormCell(label="家庭人口", value="2"), FormCell(label="月均收入（元）", value="860.00")),
    )


def special_procedure_form() -> SpecialProcedureForm:
    """Return the notice on an assessment whose days are not counted."""
    return SpecialProcedureForm(
        **CASE,
        number="TS-03-20261120-0042",
        authority="福田区残疾人联合会",
        procedure="残疾评定",
        started_on=date(2026, 11, 23),
        expected=date(2026, 12, 21),
        basis=LICENCE_LAW_PROCEDURE,
        office="福田区残疾人联合会",
    )


def extension_form() -> ExtensionForm:
    """Return the notice on ten more working days."""
    return ExtensionForm(
        **CASE,
        number="YC-03-20261120-0042",
        authority="福田区民政局",
        extended_on=date(2026, 12, 10),
        workdays=10,
        reason="申请人户籍所在地的核查结果尚未返回，需要补充调查。",
        approver="福田区民政局负责人　周样本",
        due_before=date(2026, 12, 11),
        due=date(2026, 12, 25),
        basis=LICENCE_LAW_EXTENSION,
        office="福田区民政局",
    )


BRANCHES = (
    BranchLine(item_title="个体工商户设立登记", authority="福田区市场监督管理局", limit="1 个工作日"),
    BranchLine(item_title="公共场所卫生许可（告知承诺）", authority="福田区卫生健康局", limit="1 个工作日"),
    BranchLine(item_title="户外招牌设置备案", authority="福田区城市管理和综合执法局", limit="3 个工作日"),
)


def matter_receipt_form() -> ReceiptForm:
    """Return the receipt of a matter with three approvers, a promise, a debt and an outdated pack."""
    return replace(
        receipt_form(),
        item_title="我要开理发店（一件事）",
        second_street="南山区粤海街道",
        tolerated=_TOLERATED[:1],
        committed=("从业人员健康合格证明",),
        branches=BRANCHES,
        stamp="本件按已过有效期的事项目录（2026.11，有效期至 2026年11月15日）办理，以现行目录为准",
    )


def certificate_proof_form() -> ProofForm:
    """Return a sheet for one signed certificate and one that nobody has answered for yet."""
    return ProofForm(
        number="FY-03-20261120-0042-E",
        made_at=RECEIVED_AT,
        certificates=True,
        lines=(
            ProofLine(
                material="居民户口簿",
                title="户口簿电子证照",
                outcome="有效",
                holder="赵样本",
                source="样本市政务服务数据管理局",
                ground="申请人当面出示",
                asked_by="王样本",
                verified_at=RECEIVED_AT,
                number="样本5B1E20C4",
                key_id="9f2c41d07ab35e18",
                revocation="2026年11月20日 09:58",
                warning="核验时吊销名单较旧",
            ),
            ProofLine(
                material="居民身份证",
                title="1.2.156.3005.2.11100000000013127D001.11440300000000001X.5B1E.001.7",
                outcome="待核验",
                holder="赵样本",
                source="",
                ground="申请人当面出示",
                asked_by="王样本",
            ),
        ),
        **CASE,
    )


def data_check_form() -> ProofForm:
    """Return a form of a check that found one value otherwise."""
    return ProofForm(
        number="FY-03-20261120-0042-H",
        made_at=RECEIVED_AT,
        certificates=False,
        lines=(
            ProofLine(
                material="居民户口簿",
                title="户籍信息核验",
                outcome="不一致",
                holder="赵样本",
                source="人口库（样本）",
                ground="申请人当面同意",
                asked_by="王样本",
                verified_at=RECEIVED_AT,
                reference="01990000-0000-7000-8000-000000000001",
                compared=(
                    ComparedLine(title="姓名", given="赵样本", agrees=True),
                    ComparedLine(title="证件号码", given="440304195503089980", agrees=True),
                    ComparedLine(
                        title="住址",
                        given="广东省深圳市福田区香蜜湖街道样本路七号样本花园三栋502",
                        agrees=False,
                        held="广东省深圳市福田区华富街道样本路102号景华苑1栋804",
                    ),
                ),
            ),
        ),
        **CASE,
    )


def denial_form() -> DenialForm:
    """Return the notice of a decision against the applicant."""
    return DenialForm(
        **CASE,
        number="W03-20261120-0042-N",
        received_at=RECEIVED_AT,
        decided_on=date(2026, 12, 11),
        decision_number="决定-W03-000042",
        authority="福田区民政局",
        reason="经核查，申请人在本市的居住时间不满一年，不符合办理条件。",
        basis="《中华人民共和国行政许可法》第三十八条第二款",
    )
