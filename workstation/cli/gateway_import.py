"""`workstation gateway import BAG`: take what a window sent by stick, and write the receipts beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workstation.i18n import _

if TYPE_CHECKING:
    import argparse

    from sync.gateway.office import Office

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def add_import(actions: Actions) -> argparse.ArgumentParser:
    """Add the sub-command."""
    taking = actions.add_parser("import", help=_("导入窗口用 U 盘带来的包, 回执写在包旁边"))
    taking.add_argument("bag", type=Path, metavar="BAG", help=_("名为 carry- 开头的文件夹"))
    return taking


def import_bag(office: Office, bag: Path) -> int:
    """Take every bundle of a bag; 1 when one was refused.

    Raises:
        CarryError: the bag cannot be read, or is for another back office.
    """
    from sync.gateway.carried import accept

    fared = accept(office, bag)
    for one in fared:
        if one.refusal:
            print(f"✘ {one.subject}  {one.bundle_id}  {one.refusal} {one.detail}")
        else:
            known = "" if one.is_new else _("  (早已收到)")
            print(f"✔ {one.subject}  {one.number}{known}")
    refused = sum(bool(one.refusal) for one in fared)
    new = sum(one.is_new for one in fared)
    print(
        _("新收 {new} 件, 早已收到 {known} 件, 不收 {refused} 件; 回执已写在包旁边").format(
            new=new, known=len(fared) - new - refused, refused=refused
        )
    )
    return 1 if refused else 0
