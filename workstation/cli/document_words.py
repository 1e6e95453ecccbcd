"""Words for documents and their fields, as they are printed on the papers."""

from __future__ import annotations

from workstation.i18n import N_, _

DOCUMENTS = {
    "id-card-front": N_("居民身份证 (人像面)"),
    "id-card-back": N_("居民身份证 (国徽面)"),
    "household-register-page": N_("常住人口登记卡"),
    "marriage-certificate": N_("结婚证"),
    "birth-certificate": N_("出生医学证明"),
    "business-licence": N_("营业执照"),
    "disability-certificate": N_("残疾人证"),
    "passport": N_("护照"),
    "social-security-card": N_("社会保障卡"),
    "residence-permit-front": N_("居住证 (正面)"),
    "residence-permit-back": N_("居住证 (背面)"),
    "property-certificate": N_("不动产权证书"),
}
FIELDS = {
    "address": N_("住址"),
    "area": N_("面积"),
    "authority": N_("签发机关"),
    "birth_date": N_("出生日期"),
    "birth_place": N_("出生地"),
    "born_at": N_("出生时间"),
    "business_scope": N_("经营范围"),
    "card_number": N_("卡号"),
    "certificate_number": N_("证号"),
    "co_ownership": N_("共有情况"),
    "education": N_("文化程度"),
    "employer": N_("服务处所"),
    "established_on": N_("成立日期"),
    "ethnicity": N_("民族"),
    "expires_on": N_("有效期至"),
    "father_id_number": N_("父亲身份证件号"),
    "father_name": N_("父亲姓名"),
    "given_names": N_("名 (拉丁字母)"),
    "grade": N_("等级"),
    "guardian": N_("监护人"),
    "holder": N_("持证人"),
    "hospital": N_("医疗机构"),
    "husband_birth_date": N_("丈夫出生日期"),
    "husband_id_number": N_("丈夫身份证件号"),
    "husband_name": N_("丈夫姓名"),
    "id_number": N_("公民身份号码"),
    "issued_on": N_("签发日期"),
    "issuer": N_("发证机关"),
    "issuing_state": N_("签发国"),
    "kind": N_("类型"),
    "legal_person": N_("法定代表人"),
    "location": N_("坐落"),
    "marital_status": N_("婚姻状况"),
    "mother_id_number": N_("母亲身份证件号"),
    "mother_name": N_("母亲姓名"),
    "name": N_("姓名"),
    "nationality": N_("国籍"),
    "native_place": N_("籍贯"),
    "newborn_name": N_("新生儿姓名"),
    "owner": N_("权利人"),
    "passport_number": N_("护照号"),
    "personal_number": N_("个人号码"),
    "registered_capital": N_("注册资本"),
    "registered_on": N_("登记日期"),
    "relation": N_("户主或与户主关系"),
    "residence_address": N_("居住地址"),
    "right_nature": N_("权利性质"),
    "right_type": N_("权利类型"),
    "sex": N_("性别"),
    "surname": N_("姓 (拉丁字母)"),
    "term": N_("使用期限"),
    "unit_number": N_("不动产单元号"),
    "uscc": N_("统一社会信用代码"),
    "use": N_("用途"),
    "valid_from": N_("有效期起"),
    "valid_until": N_("有效期止"),
    "wife_birth_date": N_("妻子出生日期"),
    "wife_id_number": N_("妻子身份证件号"),
    "wife_name": N_("妻子姓名"),
}
OTHERWISE = {"business-licence.name": N_("名称"), "business-licence.address": N_("住所")}
"""Fields that one kind of document prints otherwise."""


def document_word(kind: str) -> str:
    """Return the name of a document kind; the kind itself where it has none."""
    return _(DOCUMENTS[kind]) if kind in DOCUMENTS else kind


def field_word(kind: str, name: str) -> str:
    """Return the label of a field of a document kind; its name where it has none."""
    word = OTHERWISE.get(f"{kind}.{name}") or FIELDS.get(name)
    return _(word) if word else name
