"""What every child of a campaign would do first, done once before they are forked.

Nothing here changes what the product does: modules are imported, caches are filled, certificates are read.
"""

from __future__ import annotations

import importlib
import ssl
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from tests.campaign.breaking import module_with, put

LATE = (
    "anyio._backends._asyncio",
    "sync.gateway.carried",
    "sync.gateway.serve",
    "tomllib",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "workstation.cli.gateway_import",
    "workstation.cli.gateway_serve",
    "workstation.cli.gateway",
    "workstation.cli.sync",
    "workstation.services.desk",
    "workstation.services.link",
    "workstation.store.migrate",
)
"""Modules that the product imports when it first needs them."""


def preload() -> None:
    """Import what children need, and load the catalogue; a fork then costs milliseconds."""
    for name in LATE:
        importlib.import_module(name)
    from workstation import i18n
    from workstation.cli import wiring
    from workstation.cli.settings import Settings

    i18n.install("zh_CN")
    nowhere = Path("/nonexistent")
    ready = wiring.load_catalogue(Settings(data_folder=nowhere, config_file=nowhere))
    tuple(ready.current.items)
    put(wiring, "load_catalogue", lambda settings: ready)
    _share_statements()
    _share_trust()


def _share_statements() -> None:
    """Let all stores use the statements that the first one has put into SQL; each engine has its own file."""
    from workstation.store import engine as place

    make = vars(place)["create_engine"]
    first: list[Engine] = []

    def make_alike(*given: Any, **named: Any) -> Engine:
        made: Engine = make(*given, **named)
        first.extend([made] * (not first))
        made.dialect, made._compiled_cache = first[0].dialect, first[0]._compiled_cache
        return made

    put(place, "create_engine", make_alike)


def _share_trust() -> None:
    """Read the machine's certificates once: no address of a campaign has one."""
    import sync.wire

    trust = ssl.create_default_context()
    put(sync.wire, "ssl", module_with(ssl, create_default_context=lambda: trust))
