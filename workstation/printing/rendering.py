"""One door to all papers: a form finds its page by its type."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from workstation.printing.delivery import DeliveryReceiptForm
from workstation.printing.fonts import Fonts, find_fonts
from workstation.printing.forms import (
    AcceptanceForm,
    AgentLetterForm,
    ApplicationForm,
    CommitmentForm,
    CorrectionForm,
    CoverSheetsForm,
    ExtensionForm,
    HandoverForm,
    ProofForm,
    ReceiptForm,
    RefusalForm,
    ReuseForm,
    SpecialProcedureForm,
    ToleranceNoticeForm,
    ToleranceUndertakingForm,
)
from workstation.printing.forms_notice import DenialForm, PrivacyNoticeForm
from workstation.printing.layout import PrintedFile
from workstation.printing.scanned import MaterialDocument

MODULES: dict[type, str] = {
    ReceiptForm: "receipt",
    AcceptanceForm: "acceptance",
    CorrectionForm: "correction",
    RefusalForm: "refusal",
    DenialForm: "denial",
    ReuseForm: "reuse",
    ProofForm: "proof",
    HandoverForm: "handover",
    ApplicationForm: "application",
    AgentLetterForm: "agent_letter",
    PrivacyNoticeForm: "privacy_notice",
    ToleranceUndertakingForm: "tolerance_undertaking",
    ToleranceNoticeForm: "tolerance_notice",
    CommitmentForm: "commitment",
    SpecialProcedureForm: "special_procedure",
    ExtensionForm: "extension",
    CoverSheetsForm: "cover_sheet",
    MaterialDocument: "page_pdf",
    DeliveryReceiptForm: "delivery_receipt",
}


@cache
def system_fonts() -> Fonts:
    """Return the fonts of this machine; see `find_fonts` for what is raised."""
    return find_fonts()


def render_form(form: object, target: Path) -> PrintedFile:
    """Render a form to a PDF and return what was made, with the characters that no font has.

    Raises:
        FontMissing: no Chinese font that can be embedded is installed.
        PrintingError: the file could not be written.
    """
    module = import_module(f"workstation.printing.{MODULES[type(form)]}")
    made: PrintedFile = module.render(form, target, fonts=system_fonts())
    return made
