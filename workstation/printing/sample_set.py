"""All sample papers by name, and the folder of them that tests and manuals look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from workstation.printing import (
    acceptance,
    agent_letter,
    application,
    commitment,
    correction,
    denial,
    extension,
    handover,
    privacy_notice,
    proof,
    receipt,
    refusal,
    reuse,
    special_procedure,
    tolerance_notice,
    tolerance_undertaking,
)
from workstation.printing.fonts import Fonts
from workstation.printing.layout import PrintedFile
from workstation.printing.samples import (
    acceptance_form,
    correction_form,
    handover_form,
    provisional_receipt_form,
    receipt_form,
    refusal_form,
    reuse_form,
)
from workstation.printing.samples_around import (
    agent_letter_form,
    application_form,
    certificate_proof_form,
    commitment_form,
    data_check_form,
    denial_form,
    extension_form,
    matter_receipt_form,
    privacy_notice_form,
    special_procedure_form,
    tolerance_notice_form,
    tolerance_undertaking_form,
)

SAMPLES: dict[str, tuple[Any, Any]] = {
    "receipt": (receipt.render, receipt_form),
    "receipt-provisional": (receipt.render, provisional_receipt_form),
    "receipt-matter": (receipt.render, matter_receipt_form),
    "acceptance": (acceptance.render, acceptance_form),
    "correction": (correction.render, correction_form),
    "refusal": (refusal.render, refusal_form),
    "denial": (denial.render, denial_form),
    "reuse": (reuse.render, reuse_form),
    "certificate-proofs": (proof.render, certificate_proof_form),
    "data-checks": (proof.render, data_check_form),
    "handover": (handover.render, handover_form),
    "application": (application.render, application_form),
    "agent-letter": (agent_letter.render, agent_letter_form),
    "privacy-notice": (privacy_notice.render, privacy_notice_form),
    "tolerance-undertaking": (tolerance_undertaking.render, tolerance_undertaking_form),
    "tolerance-notice": (tolerance_notice.render, tolerance_notice_form),
    "commitment": (commitment.render, commitment_form),
    "special-procedure": (special_procedure.render, special_procedure_form),
    "extension": (extension.render, extension_form),
}
"""Name of each sample -> who draws it and what it says."""


def render_all(folder: Path, *, fonts: Fonts, practice: bool = False) -> dict[str, PrintedFile]:
    """Put one sample of each paper into the folder as `NAME.pdf`; `practice` marks them all as training."""
    return {
        name: render(replace(form(), practice=practice), folder / f"{name}.pdf", fonts=fonts)
        for name, (render, form) in SAMPLES.items()
    }
