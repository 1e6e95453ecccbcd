"""What seals pages: each file names its cipher by a number, so a folder may hold files of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.contract.suites import Aead, NoNationalAlgorithms, Sm4Gcm, Suite, has_national, sm3_hex
from workstation.store.errors import SuiteUnavailable, UnknownAlgorithm
from workstation.store.keys import DataKey

AES_256_GCM, SM4_GCM = 1, 2
"""Algorithm bytes of a file's header; another cipher gets the next number."""
WRITTEN: Mapping[Suite, int] = {Suite.INTERNATIONAL: AES_256_GCM, Suite.GUOMI: SM4_GCM}
SUITE_OF: Mapping[int, Suite] = {number: suite for suite, number in WRITTEN.items()}


def check_suite(suite: Suite) -> None:
    """Pass silently when this computer can write what the policy asks for.

    Raises:
        SuiteUnavailable: the library lacks it; nobody falls back to another suite.
    """
    if suite is Suite.GUOMI and not has_national():
        raise SuiteUnavailable()


def sm3_of(data: bytes) -> str:
    """Return the lower-case hex SM3.

    Raises:
        SuiteUnavailable: this computer has none.
    """
    try:
        return sm3_hex(data)
    except NoNationalAlgorithms as error:
        raise SuiteUnavailable() from error


class Ciphers:
    """The ciphers for one purpose, each with a key of its own out of the data key."""

    def __init__(self, key: DataKey, purpose: str, suite: Suite) -> None:
        """Derive the keys.

        Raises:
            SuiteUnavailable: this computer cannot write what the suite asks for.
        """
        check_suite(suite)
        self.written = WRITTEN[suite]
        """Number of the cipher that new files get."""
        self._makers: Mapping[int, Callable[[], Aead]] = {
            AES_256_GCM: lambda: AESGCM(key.derive(purpose)),
            SM4_GCM: lambda: Sm4Gcm(key.derive_sm4(purpose)),
        }
        self._made: dict[int, Aead] = {}
        """Each is made when it is first asked for: most windows never ask for the other one."""

    def of(self, algorithm: int, what: str) -> Aead:
        """Return the cipher of this number, which `what` asks for.

        Raises:
            UnknownAlgorithm: no version so far has given this number.
            SuiteUnavailable: this computer does not have it.
        """
        if algorithm not in SUITE_OF:
            raise UnknownAlgorithm(what=what, algorithm=algorithm)
        made = self._made.get(algorithm)
        if made is None:
            check_suite(SUITE_OF[algorithm])
            made = self._made[algorithm] = self._makers[algorithm]()
        return made
