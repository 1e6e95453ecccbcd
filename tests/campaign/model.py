"""What must be true when all faults have ended and everything has settled, whatever happened before."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.campaign.window import sheet
from workstation.services.darkroom import encode

Found = dict[str, Any]
NEED_NEXT_TRY = ("WAITING",)
RESTED = ("DELIVERED", "REPLACED")
"""Of what is replaced, `_versions_follow` says what must have come of it."""
NEED_CODE = ("WAITING", "FIX", "ASK", "QUARANTINED")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that did not hold."""

    rule: str
    words: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}"


@dataclass(frozen=True)
class Evidence:
    """All that is known of a run."""

    seed: int
    events: list[Found]
    windows: list[Found | None]
    gateway: Found | None
    arrived: Path
    """Folder of the pages the gateway holds."""
    poisoned_pages: list[set[str]]
    poisoned_bundles: list[set[str]]
    disk_faults: list[bool]
    """Of each window: its disk refused work at some time."""
    restored: bool
    problems: list[str]

    def said(self, word: str, window: int | None = None) -> Iterator[Found]:
        """Yield what was said, by one window or by all."""
        for event in self.events:
            if event["is"] == word and (window is None or event["source"] == f"window{window}"):
                yield event


def check(evidence: Evidence) -> list[Violation]:
    """Return every rule that was broken."""
    broken = [Violation("orderly", words) for words in evidence.problems]
    if evidence.gateway is None or None in evidence.windows:
        return [*broken, Violation("readable", "a store could not be read at the end")]
    for rule in RULES:
        broken += [Violation(rule.__name__.strip("_").replace("_", "-"), words) for words in rule(evidence)]
    return broken


def _windows(evidence: Evidence) -> list[Found]:
    return [window for window in evidence.windows if window is not None]


def _office(evidence: Evidence) -> Found:
    assert evidence.gateway is not None
    return evidence.gateway


def _kept_what_was_told(evidence: Evidence) -> Iterator[str]:
    """A bundle or a page the clerk was told of is in the store."""
    for number, window in enumerate(_windows(evidence)):
        held = {line["bundle"]: line["sha256"] for line in window["lines"]}
        for event in evidence.said("sealed", number):
            if held.get(event["bundle"]) != event["sha256"]:
                yield f"window{number} was told that {event['number']} is sealed"
        for sha256 in set(window["lost_pages"]) - evidence.poisoned_pages[number]:
            yield f"window{number} was told that page {sha256[:12]} is safe"


def _at_rest(evidence: Evidence) -> Iterator[str]:
    """Every bundle is delivered, or set aside because somebody altered it."""
    for number, window in enumerate(_windows(evidence)):
        for line in window["lines"]:
            if line["state"] in RESTED:
                continue
            is_poisoned = line["bundle"] in evidence.poisoned_bundles[number] or bool(
                set(line["pages"]) & evidence.poisoned_pages[number]
            )
            if line["state"] != "QUARANTINED":
                yield f"window{number} {line['subject']} is {line['state']} {line['code']}"
            elif not is_poisoned:
                yield f"window{number} {line['subject']} is quarantined without cause: {line['detail']}"


def _has_a_reason(evidence: Evidence) -> Iterator[str]:
    """At every look each line said why it waits and what would move it."""
    for event in evidence.said("status"):
        for line in event["lines"]:
            if line["state"] in NEED_CODE and not (line["code"] and line["why"] and line["mover"]):
                yield f"{event['source']} {line['state']} without words"
            if line["state"] in NEED_NEXT_TRY and not line["next_try"]:
                yield f"{event['source']} waits without a next try"


def _exactly_once(evidence: Evidence) -> Iterator[str]:
    """What is delivered is one row of the office, with the same hash and the same valid receipt."""
    rows = Counter(row["bundle"] for row in _office(evidence)["bundles"])
    held = {row["bundle"]: row for row in _office(evidence)["bundles"]}
    yield from (f"{bundle} is held {count} times" for bundle, count in rows.items() if count > 1)
    for number, window in enumerate(_windows(evidence)):
        for line in window["lines"]:
            row = held.get(line["bundle"])
            if line["state"] == "DELIVERED":
                yield from _delivery(f"window{number} {line['subject']}", line, row)
            elif line["receipt"] is not None and not evidence.restored:
                yield f"window{number} {line['subject']} is {line['state']} with a receipt"


def _delivery(name: str, line: Found, row: Found | None) -> Iterator[str]:
    if row is None:
        yield f"{name} is delivered here, and the office does not hold it"
        return
    if row["sha256"] != line["sha256"]:
        yield f"{name} differs from what the office holds"
    if line["receipt"] != row["receipt"]:
        yield f"{name} has another receipt than the office signed"
    if not row["is_signed"]:
        yield f"{name} has a receipt that is not signed"


def _nothing_foreign(evidence: Evidence) -> Iterator[str]:
    """The office holds nothing that no window sealed, and saw no two contents of one id."""
    sealed = {line["bundle"] for window in _windows(evidence) for line in window["lines"]}
    for row in _office(evidence)["bundles"]:
        if row["bundle"] not in sealed:
            yield f"{row['subject']} was sealed by nobody"
        if row["state"] != "accepted" and not _waits_for_cause(evidence, row):
            yield f"{row['subject']} is {row['state']} at the office"
    yield from (f"set aside: {code}" for code in _office(evidence)["conflicts"])


def _waits_for_cause(evidence: Evidence, row: Found) -> bool:
    """True for a version that the office keeps because the one before was altered and never came."""
    states = {line["sha256"]: line["state"] for window in _windows(evidence) for line in window["lines"]}
    return row["state"] == "held" and states.get(row["supersedes"]) == "QUARANTINED"


def _versions_follow(evidence: Evidence) -> Iterator[str]:
    """Versions of a case are 1, 2, 3 and each names the one before; what was replaced has its next one."""
    rows = {row["bundle"]: row for row in _office(evidence)["bundles"]}
    for window in _windows(evidence):
        lines = {line["bundle"]: line for line in window["lines"]}
        for case in window["cases"]:
            before = None
            for version, bundle in enumerate(case["bundles"], 1):
                line, row = lines.get(bundle), rows.get(bundle)
                if line and line["state"] == "REPLACED" and version == len(case["bundles"]):
                    yield f"version {version} of {case['number']} was replaced by nothing"
                if row and (row["version"], row["supersedes"]) != (version, before):
                    yield f"version {version} of {case['number']} stands wrong in its chain"
                before = line["sha256"] if line else None


def _pages_are_equal(evidence: Evidence) -> Iterator[str]:
    """Each page of a bundle arrived bit by bit, and shows the picture that was scanned."""
    told = {
        event["sha256"]: (int(event["source"].removeprefix("window")), event)
        for event in evidence.said("page")
    }
    for row in _office(evidence)["bundles"]:
        for sha256 in row["pages"]:
            path = evidence.arrived / sha256
            if not path.exists():
                yield f"{row['subject']} lacks page {sha256[:12]} at the office"
                continue
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != sha256:
                yield f"{row['subject']} has an altered page {sha256[:12]} at the office"
            elif sha256 in told and not _shows(data, evidence.seed, *told[sha256]):
                yield f"{row['subject']} shows another picture on page {sha256[:12]}"


def _shows(data: bytes, seed: int, window: int, event: Found) -> bool:
    """True when the bytes are those that the sheet's picture gives, made anew here."""
    return data == encode(sheet(seed, window, event["case"], event["page"], event["side"]))


def _numbers_are_unique(evidence: Evidence) -> Iterator[str]:
    """Case numbers, bundle ids and receipt numbers: none was given twice, in no store and on no paper."""
    cases = [case["number"] for window in _windows(evidence) for case in window["cases"]]
    bundles = [line["bundle"] for window in _windows(evidence) for line in window["lines"]]
    yield from (f"case number {number} twice" for number in _twice(cases))
    yield from (f"bundle id {bundle} twice" for bundle in _twice(bundles))
    receipts: dict[str, str] = {}
    for bundle, number in _receipts(evidence):
        if receipts.setdefault(number, bundle) != bundle:
            yield f"receipt number {number} for two bundles"


def _receipts(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield every receipt that was ever shown: at the end here and there, and what a window saw before."""
    for window in _windows(evidence):
        for line in window["lines"]:
            if line["receipt"] is not None:
                yield line["bundle"], line["receipt"]["receipt"]["number"]
    for row in _office(evidence)["bundles"]:
        yield row["bundle"], row["receipt"]["receipt"]["number"]
    for event in evidence.said("delivered"):
        yield event["bundle"], event["number"]


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _feed_is_applied_once(evidence: Evidence) -> Iterator[str]:
    """Each change of the office is known to its window, and moved its case once."""
    known = [change for window in _windows(evidence) for change in window["changes"]]
    yield from (f"change {change} applied twice" for change in _twice(known))
    for row in _office(evidence)["changes"]:
        if row["change"] not in known:
            yield f"change {row['change']} of {row['window']} never came home"
    for window in _windows(evidence):
        for case in window["cases"]:
            if case["accepted"] > 1:
                yield f"{case['number']} was accepted {case['accepted']} times"


def _one_sender(evidence: Evidence) -> Iterator[str]:
    """No two processes of a machine held the sender's lock at the same time."""
    gone = {event["pid"]: event["at"] for event in evidence.events if event["is"] == "gone"}
    spans: dict[str, list[tuple[float, float, int]]] = {}
    released = {event["pid"]: event["at"] for event in evidence.said("released")}
    for event in evidence.said("holds"):
        pid = event["pid"]
        ends = min(released.get(pid, float("inf")), gone.get(pid, float("inf")))
        spans.setdefault(event["source"][-1], []).append((event["at"], ends, pid))
    for machine, held in spans.items():
        held.sort()
        for (_, ends, first), (begins, _, second) in zip(held, held[1:], strict=False):
            if begins < ends and first != second:
                yield f"machine {machine}: two senders at once"


def _work_is_refused_for_cause(evidence: Evidence) -> Iterator[str]:
    """A clerk is only turned away when the disk was really at fault."""
    for number in range(len(evidence.windows)):
        if evidence.disk_faults[number]:
            continue
        for word in ("refused", "unopened", "unread"):
            for event in evidence.said(word, number):
                yield f"window{number} {word} with {event['code']}"


def _balances(evidence: Evidence) -> Iterator[str]:
    """Sealed is delivered and set aside, and the same bundles stand with their cases."""
    for number, window in enumerate(_windows(evidence)):
        lines = {line["bundle"] for line in window["lines"]}
        stated = {bundle for case in window["cases"] for bundle in case["bundles"]}
        if lines != stated:
            yield f"window{number}: {len(stated)} sealed in cases, {len(lines)} lines in the queue"


RULES = (
    _kept_what_was_told,
    _at_rest,
    _has_a_reason,
    _exactly_once,
    _nothing_foreign,
    _versions_follow,
    _pages_are_equal,
    _numbers_are_unique,
    _feed_is_applied_once,
    _one_sender,
    _work_is_refused_for_cause,
    _balances,
)
