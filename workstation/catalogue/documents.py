"""The document kinds that OCR knows and the fields of each: what a pack may name as a source."""

from __future__ import annotations

DOCUMENT_FIELDS: dict[str, frozenset[str]] = {
    "id-card-front": frozenset({"name", "sex", "ethnicity", "birth_date", "address", "id_number"}),
    "id-card-back": frozenset({"authority", "valid_from", "valid_until"}),
    "household-register-page": frozenset(
        {
            "name",
            "relation",
            "sex",
            "birth_place",
            "ethnicity",
            "native_place",
            "birth_date",
            "id_number",
            "education",
            "marital_status",
            "employer",
            "registered_on",
        }
    ),
    "marriage-certificate": frozenset(
        {
            "holder",
            "registered_on",
            "certificate_number",
            "husband_name",
            "husband_birth_date",
            "husband_id_number",
            "wife_name",
            "wife_birth_date",
            "wife_id_number",
        }
    ),
    "birth-certificate": frozenset(
        {
            "certificate_number",
            "newborn_name",
            "sex",
            "born_at",
            "birth_place",
            "hospital",
            "mother_name",
            "mother_id_number",
            "father_name",
            "father_id_number",
            "issued_on",
        }
    ),
    "business-licence": frozenset(
        {
            "uscc",
            "name",
            "kind",
            "legal_person",
            "registered_capital",
            "established_on",
            "address",
            "business_scope",
            "issued_on",
        }
    ),
    "disability-certificate": frozenset(
        {
            "name",
            "sex",
            "ethnicity",
            "birth_date",
            "certificate_number",
            "kind",
            "grade",
            "address",
            "guardian",
            "issuer",
            "issued_on",
            "valid_until",
        }
    ),
    "passport": frozenset(
        {
            "issuing_state",
            "surname",
            "given_names",
            "passport_number",
            "nationality",
            "birth_date",
            "sex",
            "expires_on",
            "personal_number",
        }
    ),
    "social-security-card": frozenset({"name", "id_number", "card_number", "issued_on"}),
    "residence-permit-front": frozenset({"name", "sex", "ethnicity", "birth_date", "address", "id_number"}),
    "residence-permit-back": frozenset({"residence_address", "authority", "issued_on"}),
    "property-certificate": frozenset(
        {
            "certificate_number",
            "owner",
            "co_ownership",
            "location",
            "unit_number",
            "right_type",
            "right_nature",
            "use",
            "area",
            "term",
        }
    ),
}
