"""What bars an e-certificate or a data check; texts live in `workstation.texts.proofs`."""

from __future__ import annotations

from workstation.services.errors import ServiceError


class ProofError(ServiceError):
    """Base of what a clerk is told about a certificate or a check."""

    code = "E100"


class CodeUnreadable(ProofError):
    """What came is neither a signed code nor an identifier."""

    code = "E101"


class CodeAltered(ProofError):
    """The signature does not fit: altered on the way, or never made by this key."""

    code = "E102"


class CertificateExpired(ProofError):
    """The certificate's last day is over."""

    code = "E103"


class CertificateNotYetValid(ProofError):
    """The certificate's first day has not come."""

    code = "E104"


class CertificateRevoked(ProofError):
    """The issuer took the certificate, or the key that signed it, back."""

    code = "E105"


class ForeignIssuer(ProofError):
    """The trust list does not name the issuer, or not for this kind of certificate."""

    code = "E106"


class UnknownKey(ProofError):
    """The issuer is known, the key is not, or was not in use on that day."""

    code = "E107"


class CodeReplayed(ProofError):
    """This showing was taken before, for something else."""

    code = "E108"


class OtherHolder(ProofError):
    """The certificate is not the checked person's."""

    code = "E109"


class PracticeCertificate(ProofError):
    """A practice certificate at a real window, or a real one in practice."""

    code = "E110"


class CodeStale(ProofError):
    """The few minutes for which it was shown are over, or have not begun by this window's clock."""

    code = "E111"


class WrongCertificate(ProofError):
    """A sound certificate, of another kind than this material takes."""

    code = "E112"


class CertificateUnknown(ProofError):
    """The certificate service has none of this identifier."""

    code = "E113"


class NotReplaceable(ProofError):
    """The item lets nothing stand in for this material, or not this."""

    code = "E114"


class NoSuchService(ProofError):
    """No connected data service answers this check."""

    code = "E115"


class IdentityNotCompared(ProofError):
    """Nobody has compared the person at the counter with the document yet."""

    code = "E116"


class NoGround(ProofError):
    """Neither a yes nor a law was named for the question."""

    code = "E117"


class NotAlike(ProofError):
    """The person at the counter is not the one on the document."""

    code = "E118"


class NoCodeSeen(ProofError):
    """The picture carries no code that could be read."""

    code = "E119"


class LibrarySilent(ProofError):
    """The library behind the back office does not answer now."""

    code = "E130"


CHECK_CHARACTER = "E140"
"""Warning: the identifier's check character is not the one computed."""
REVOCATIONS_OLD = "E141"
"""Warning: revocations have not been heard of for some time."""
REVOCATIONS_NEVER = "E142"
"""Warning: this window has never heard of revocations."""
