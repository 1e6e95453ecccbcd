"""What tells of citizens by a command: only for who signs in, with a reason; each case is an entry."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from workstation.cli.staff import add_staff_argument, sign_in_for
from workstation.i18n import _

if TYPE_CHECKING:
    from workstation.domain.audit import Action
    from workstation.domain.people import Permission
    from workstation.store.database import Store


def add_reason_arguments(parser: argparse.ArgumentParser) -> None:
    """Add who asks and why."""
    parser.add_argument("--reason", default="", help=_("理由, 会记入审计"))
    add_staff_argument(parser)


def account_for(
    store: Store, args: argparse.Namespace, numbers: Iterable[str], action: Action, permission: Permission
) -> None:
    """Sign in who asks, and write down case by case what they are about to see.

    Where nobody was ever enrolled the program itself signs: there is nobody to ask for a PIN.

    Args:
        store: open.
        args: with `--reason` and `--by`.
        numbers: of the cases.
        action: what happens to them.
        permission: who may.

    Raises:
        ReasonNeeded: none is given.
        NotPermitted: their part may not.
        WrongPin: it is wrong.
    """
    from workstation.domain.audit import MACHINE, Deed
    from workstation.domain.clock import now
    from workstation.domain.people import RIGHTS
    from workstation.services.people_errors import NotPermitted, ReasonNeeded

    actor, why = MACHINE, args.reason.strip()
    if store.people():
        if not why:
            raise ReasonNeeded
        who = sign_in_for(store, args, permission)
        if permission not in RIGHTS[who.role]:
            raise NotPermitted(role=who.role.value)
        actor = who.name
    found, at = [store.case_by_number(number) for number in dict.fromkeys(numbers)], now()
    with store.transaction() as tx:
        for case in filter(None, found):
            person = case.applicant.id_number if case.applicant else ""
            facts = Deed(action=action, person=person, case=case.number, item=case.item_code, reason=why)
            tx.note(facts, actor=actor, at=at)
