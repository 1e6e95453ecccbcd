"""What the picker says of an item: one line in the list, facts and marks of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from workstation.catalogue.listing import Listing
from workstation.catalogue.search import Hit
from workstation.catalogue.words import limit_words, named
from workstation.domain.items import Item, Matter
from workstation.i18n import _, listed
from workstation.tui.cells import fit
from workstation.tui.theme import AMBER, BLUE, GREEN, QUIET


def line_of(hit: Hit) -> Text:
    """Return one line of the list."""
    return line(hit.listing) if hit.matter is None else matter_line(hit.matter)


def matter_line(matter: Matter) -> Text:
    """Return the line of a matter: how many items it is, and when all of it is done."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(fit(matter.title, 24), Style(bold=True))
    text.append(f" {fit(_('一件事'), 6)} ", Style(color=BLUE, bold=True))
    text.append(f"{fit(_('{n} 个事项').format(n=len(matter.items)), 12)}  ", Style(color=QUIET))
    text.append(
        _("承诺 {limit} · 材料只交一次").format(limit=limit_words(matter.promised)), Style(color=QUIET)
    )
    return text


def matter_facts(matter: Matter, titles: Sequence[str]) -> Text:
    """Return what a matter is in plain words, and the items it is made of."""
    text = Text(_("{n} 个事项: {titles}").format(n=len(titles), titles=listed(titles)))
    text.append(f"\n{matter.explanation}", Style(color=QUIET))
    return text


def line(listing: Listing) -> Text:
    """Return the line of an item."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(fit(listing.title, 24), Style(bold=True))
    text.append(f" {fit(listing.city, 6)} {listing.code}  ", Style(color=QUIET))
    for word in marks(listing):
        text.append(f"{word} ", Style(color=AMBER if listing.online_only else GREEN))
    text.append(listing.plain_title, Style(color=QUIET))
    return text


def marks(listing: Listing) -> tuple[str, ...]:
    """Return what a clerk must know before opening it."""
    if listing.online_only:
        return (_("只能网上办"),)
    return (
        *((_("秒批"),) if listing.review_free else (_("即办"),) if listing.instant else ()),
        *((_("延时可办"),) if listing.extended else ()),
    )


def facts(item: Item) -> Text:
    """Return who decides, how fast, and the published marks of the item."""
    text = Text()
    text.append(f"{item.authority}\n", Style(color=QUIET))
    if item.online_only:
        text.append(_("只能网上办: {where}").format(where=item.online_at), Style(color=AMBER, bold=True))
    else:
        accept = _("窗口可受理") if item.acceptance_delegated else _("窗口收件, 属地街道受理")
        text.append(f"{accept} · {_('承诺')} {limit_words(item.promised)} · {item.fee} · {item.result}")
    text.append("\n")
    flags = [named(flag) for flag in sorted(item.flags)]
    if flags:
        text.append(f"{' '.join(flags)} · ", Style(color=GREEN))
    text.append(item.hours.words, Style(color=QUIET))
    return text


def redirect(item: Item) -> list[tuple[str, str]]:
    """Return what to tell a citizen whose item the window does not take."""
    return [
        (_("事项"), item.title),
        (_("在哪里办"), item.online_at),
        (_("咨询"), item.contact),
        ("", _("窗口不收这个事项的材料, 没有开立办件。")),
    ]


def elsewhere(listing: Listing) -> Text:
    """Return where an item of another kind of window is handled."""
    category = named(listing.category) if listing.category is not None else ""
    words = _("本窗口不办「{title}」, 请到「{category}」类窗口取号").format(
        title=listing.title, category=category
    )
    return Text(words, style=AMBER)
