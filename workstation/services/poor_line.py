"""What is wrong with a line that holds and is slow, late or often cut."""

from __future__ import annotations

from sync.gauge import POOR_CUTS, POOR_KBIT_S, POOR_LATENCY_MS, LinkQuality
from workstation.i18n import _


def poor_words(quality: LinkQuality) -> str:
    """Say what makes a line poor, with the figure."""
    found = []
    if quality.kbit_s is not None and quality.kbit_s < POOR_KBIT_S:
        found.append(_("上行 {n} kbit/s").format(n=quality.kbit_s))
    if quality.latency_ms is not None and quality.latency_ms > POOR_LATENCY_MS:
        found.append(_("应答 {n} 毫秒").format(n=quality.latency_ms))
    if quality.cuts >= POOR_CUTS:
        found.append(_("两分钟内断线 {n} 次").format(n=quality.cuts))
    return " · ".join(found)
