"""The check every use case makes before it acts: may the part of who is at the window do this?"""

from __future__ import annotations

from workstation.domain.people import Permission, may
from workstation.services.people_errors import NotPermitted
from workstation.services.profile import WindowProfile


def is_permitted(profile: WindowProfile, permission: Permission) -> bool:
    """Return whether whoever is at the window may do this; screens grey out keys by it."""
    return may(profile.role, permission, practice=profile.practice)


def require(profile: WindowProfile, permission: Permission) -> None:
    """Pass silently when whoever is at the window may do this.

    Raises:
        NotPermitted: the part does not allow it.
    """
    if not is_permitted(profile, permission):
        raise NotPermitted(role=profile.role.value)
