"""What the gateway refuses (problems on the wire) and what an office operation refuses (for the command).

Refused                 one class per problem of the wire, with its status and stable code
OfficeError             one class per operation an approver or administrator may not do
"""

from __future__ import annotations


class Refused(Exception):
    """Base of all refusals on the wire; `detail` names ids, hashes and rules, never a person."""

    status = 422
    code = "refused"
    title = "The request is refused"
    retry_after: int | None = None
    """Seconds after which the same may be taken; None: it will not pass by itself, or nobody knows when."""
    authenticate = False
    """True when the answer must carry `WWW-Authenticate`."""

    def __init__(self, detail: str = "", *, missing: tuple[str, ...] = ()) -> None:
        """Keep what the problem document says beside its code."""
        super().__init__(f"{self.code}: {detail}")
        self.detail = detail
        self.missing = missing


class CodeInvalid(Refused):
    """The one-time code is unknown."""

    status, code, title = 403, "code-invalid", "The enrolment code is not known"


class CodeUsed(Refused):
    """The one-time code enrolled another key before."""

    status, code, title = 403, "code-used", "The enrolment code was used before"


class CodeExpired(Refused):
    """The one-time code is too old."""

    status, code, title = 403, "code-expired", "The enrolment code has expired"


class CodeForAnotherStreet(Refused):
    """The one-time code was issued for another street."""

    status, code, title = 403, "code-street", "The enrolment code was issued for another street"


class SceneRefused(Refused):
    """No case or booking of this window allows the look."""

    status, code, title = 403, "scene-refused", "No case of this window allows this look"


class PublicKeyInvalid(Refused):
    """The public key is not 32 bytes of base64url."""

    code, title = "public-key-invalid", "The public key cannot be read"


class PracticeRefused(Refused):
    """Practice data must not reach a production office."""

    status, code, title = 403, "practice-refused", "A production office takes no practice data"


class ProductionRefused(Refused):
    """Real data must not reach a practice office."""

    status, code, title = 403, "production-refused", "A practice office takes practice data only"


class AssertionRefused(Refused):
    """The client assertion does not prove who asks (RFC 7523, 3)."""

    status, code, title = 401, "assertion-invalid", "The client assertion is refused"
    authenticate = True


class AssertionExpired(AssertionRefused):
    """The assertion is too old; most often the window's clock is behind."""

    code, title = "assertion-expired", "The client assertion has expired"


class AssertionFromFuture(AssertionRefused):
    """The assertion was made in the future; the window's clock is ahead."""

    code, title = "assertion-from-future", "The client assertion was issued in the future"


class AssertionReplayed(AssertionRefused):
    """The assertion's `jti` was seen before."""

    code, title = "assertion-replayed", "The client assertion was used before"


class GrantInvalid(Refused):
    """The token request is not client credentials with a JWT assertion."""

    status, code, title = 400, "grant-invalid", "The token request is malformed"


class TokenInvalid(Refused):
    """No access token, an unknown one or an expired one."""

    status, code, title = 401, "token-invalid", "A valid access token is needed"
    authenticate = True


class WindowRevoked(Refused):
    """The office took the window's rights away."""

    status, code, title = 403, "window-revoked", "The window's enrolment was revoked"


class HashInvalid(Refused):
    """The path is not a lower-case hex SHA-256."""

    code, title = "hash-invalid", "The path does not name a SHA-256"


class DigestMismatch(Refused):
    """The bytes, the path and `Content-Digest` (RFC 9530) do not agree."""

    code, title = "digest-mismatch", "The content does not have the named hash"


class Sm3Mismatch(Refused):
    """The SM3 of a page or of the manifest is not what the window says."""

    code, title = "sm3-mismatch", "The content does not have the named SM3"


class Sm3Unavailable(Refused):
    """This office's cryptographic library has no SM3, so it cannot check one; nothing is taken unchecked."""

    status, code, title = 503, "sm3-unavailable", "The office cannot check SM3"


class TooLarge(Refused):
    """The body is longer than the gateway takes."""

    status, code, title = 413, "too-large", "The content is too large"


class UploadUnknown(Refused):
    """Nothing of this page has arrived, or it was given up."""

    status, code, title = 404, "upload-unknown", "Nothing of this page is kept"


class OffsetMoved(Refused):
    """The part ends elsewhere than the call believes; it asks again."""

    status, code, title = 409, "offset-moved", "The upload has another offset"


class UploadVersion(Refused):
    """`Tus-Resumable` names no version of the protocol that is spoken here."""

    status, code, title = 412, "upload-version", "The upload protocol is tus 1.0.0"


class UploadForm(Refused):
    """The body of an upload is not `application/offset+octet-stream`."""

    status, code, title = 415, "upload-form", "The body is not a piece of an upload"


class TooManyCalls(Refused):
    """The window calls more often than the office takes; it waits."""

    status, code, title = 429, "too-many-calls", "The window calls too often"

    def __init__(self, retry_after: int) -> None:
        """Keep how many seconds are left of the minute."""
        super().__init__()
        self.retry_after = retry_after


class TooManyPages(Refused):
    """The window has sent more pages than one bundle may have, several times over, and no bundle."""

    status, code, title = 429, "too-many-pages", "Too many pages wait for their bundle"
    retry_after = 60


class TooManyHeld(Refused):
    """Too many of the window's bundles wait for the version before them."""

    status, code, title = 429, "too-many-held", "Too many bundles wait for the version before"
    retry_after = 60


class StorageFull(Refused):
    """The gateway's disk is full; the window waits."""

    status, code, title = 507, "storage-full", "The gateway has no room left"


class IdMismatch(Refused):
    """The path names another bundle than the manifest."""

    code, title = "id-mismatch", "Path and manifest name different bundles"


class ManifestInvalid(Refused):
    """The manifest has no canonical form, so it cannot be hashed."""

    code, title = "manifest-invalid", "The manifest cannot be hashed"


class NotYourWindow(Refused):
    """The manifest speaks for another window."""

    status, code, title = 403, "not-your-window", "The manifest names another window"


class NotYourStreet(Refused):
    """The manifest names a receiving street that is not the window's."""

    status, code, title = 403, "not-your-street", "The manifest names another receiving street"


class HomeStreetUnknown(Refused):
    """This office serves no such home street."""

    code, title = "street-unknown", "The home street is not served here"


class SignatureInvalid(Refused):
    """The manifest is not signed by the window's enrolled key."""

    status, code, title = 403, "signature-invalid", "The manifest is not signed by the enrolled key"


class SizeMismatch(Refused):
    """A page's stored bytes are not as many as the manifest says."""

    code, title = "size-mismatch", "A page does not have the named size"


class BlobsMissing(Refused):
    """Pages of the manifest have not arrived."""

    status, code, title = 424, "blobs-missing", "Pages of the bundle are missing"


class ChainInvalid(Refused):
    """`version` and `supersedes` contradict each other or the version before."""

    code, title = "chain-invalid", "The version does not follow the one it names"


class ContentConflict(Refused):
    """The bundle id is taken by other content; both are kept."""

    status, code, title = 409, "content-conflict", "The bundle id holds other content"


class VersionConflict(Refused):
    """Another bundle already stands in this place of the chain; both are kept."""

    status, code, title = 409, "version-conflict", "Another bundle stands in this place"


class SubjectTaken(Refused):
    """Another window uses the same case or bag number; both are kept."""

    status, code, title = 409, "subject-taken", "Another window uses this number"


class AnchorForked(Refused):
    """The window's audit chain has another link where this office saw one: it was bent."""

    status, code, title = 409, "anchor-forked", "The audit chain differs from what was seen before"


class AnchorBehind(Refused):
    """The window's audit chain is shorter than it was: its end was cut, or an older copy was put back."""

    status, code, title = 409, "anchor-behind", "The audit chain is shorter than what was seen before"


class AnchorGap(Refused):
    """The request does not tell what stands where the chain was seen last."""

    status, code, title = 409, "anchor-gap", "The request does not follow the last anchor"


class PackUnknown(Refused):
    """No item pack of this id and version was published here."""

    code, title = "pack-unknown", "The item pack is not published here"


class ResultUnknown(Refused):
    """The window was told of no result of this hash."""

    status, code, title = 404, "result-unknown", "No result of this hash was issued to this window"


class OfficeError(Exception):
    """Base of all operations the office refuses; `details` fill the text shown to a person."""

    code = "Y500"

    def __init__(self, **details: object) -> None:
        """Keep the values for the placeholders of this code's text."""
        super().__init__(self.code, details)
        self.details = details


class UnknownSubject(OfficeError):
    """No case or bag of this number has arrived."""

    code = "Y501"


class IllegalDecision(OfficeError):
    """The case's state does not allow the decision."""

    code = "Y502"


class UnknownStreet(OfficeError):
    """The office's list of streets has no such street."""

    code = "Y503"


class WrongMode(OfficeError):
    """The folder holds a production office and practice was asked for, or the other way round."""

    code = "Y504"


class UnknownBundle(OfficeError):
    """No bundle of this id has arrived."""

    code = "Y505"


class CannotListen(OfficeError):
    """The address or port cannot be listened on."""

    code = "Y506"


class UnknownWindow(OfficeError):
    """No window of this id is enrolled."""

    code = "Y507"


class FolderUnusable(OfficeError):
    """The office's folder cannot be opened, or a newer program wrote it."""

    code = "Y508"


class OfficeBusy(OfficeError):
    """Another process writes to the office for too long; try again."""

    code = "Y510"


class DatabaseUnusable(OfficeError):
    """The database server refuses or cannot be reached, or a newer program made its tables."""

    code = "Y511"


class StoreUnusable(OfficeError):
    """The bucket of the pages refuses or cannot be reached."""

    code = "Y512"


class IncompleteDecision(OfficeError):
    """A correction without a defect, or a refusal without its ground (行政许可法 art. 32, 38)."""

    code = "Y509"


class StoppedAlready(OfficeError):
    """A special procedure runs: it must end before another begins, and before the decision."""

    code = "Y551"


class NotStopped(OfficeError):
    """No special procedure runs."""

    code = "Y552"


class BadExtension(OfficeError):
    """An extension of no days, or of more than the law allows (行政许可法 art. 42)."""

    code = "Y553"


class ExtendedBefore(OfficeError):
    """The limit was extended once; the law gives no second time."""

    code = "Y554"


class PackDiffers(OfficeError):
    """This version of the item pack was published with other content; a change needs a new version."""

    code = "Y540"


class UnknownBranch(OfficeError):
    """The case has no approver of this item code."""

    code = "Y520"


class MovedMeanwhile(OfficeError):
    """The case is not as the approver saw it: somebody else decided, or a new version came."""

    code = "Y521"


class UnknownReviewer(OfficeError):
    """No account of this name."""

    code = "Y522"


class ReviewerExists(OfficeError):
    """An account of this name is there already."""

    code = "Y523"


class BadReviewerName(OfficeError):
    """A name that cannot be typed at the log-in, or no street."""

    code = "Y524"


class BadResult(OfficeError):
    """A result file that is no PDF, JPEG or PNG, or too large."""

    code = "Y525"
