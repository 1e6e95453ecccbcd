"""The steps of one case, each a widget of the workspace: situation, applicant, materials, form, decision."""

from __future__ import annotations

from enum import StrEnum

from workstation.i18n import N_


class StepName(StrEnum):
    """The steps in their order."""

    SITUATION = "situation"
    APPLICANT = "applicant"
    MATERIALS = "materials"
    FORM = "form"
    DECISION = "decision"


STEP_WORDS = {
    StepName.SITUATION: N_("情形"),
    StepName.APPLICANT: N_("申请人"),
    StepName.MATERIALS: N_("材料"),
    StepName.FORM: N_("表单"),
    StepName.DECISION: N_("收件"),
}
