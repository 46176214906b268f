"""Every refusal of the vault's protocol, each with a code of its own, so that people and programs can tell them apart.

A refusal says that something that came from outside is not to be relied on: nothing was opened, sealed or changed. None
of them ever holds a value, a key or a token.
"""

from wardline.kernel.errors import WardlineError


class RefusedError(WardlineError):
    """Something the protocol does not accept. Its `code` says which check failed."""

    kind = "cannot say"
    code = "vault-refused"


class MalformedError(RefusedError):
    """Bytes that are no document: wrong shape, wrong size, not canonical, or of another kind."""

    code = "vault-malformed"


class WrongKindError(RefusedError):
    """A document of another kind than was asked for: its signature covers its kind."""

    code = "vault-wrong-kind"


class SignatureError(RefusedError):
    """A signature that is missing, or not by the key that has to have made it."""

    code = "vault-signature"


class ForeignRootError(RefusedError):
    """A document of another root: another installation's, a staging one's, or a trial's."""

    code = "vault-foreign-root"


class RootError(RefusedError):
    """A root that does not follow from the one that is known, or that no root may be."""

    code = "vault-root"


class UnpinnedRootError(RootError):
    """The first root is not the one whose digest was given at install."""

    code = "vault-root-unpinned"


class SoloRootError(RootError):
    """A root that one person approves alone, or a trial's, shown to a party of the ordinary kind, or the reverse."""

    code = "vault-root-standing"


class ThresholdError(RefusedError):
    """Fewer distinct people, or fewer distinct keys, than it takes."""

    code = "vault-threshold"


class GrantError(RefusedError):
    """A grant that does not follow from the one that is known, or contradicts itself."""

    code = "vault-grant"


class ExpiredGrantError(GrantError):
    """A grant that has ended: that is a revocation of everybody in it."""

    code = "vault-grant-expired"


class NotGrantedError(RefusedError):
    """A workload or a person that the grant does not name."""

    code = "vault-not-granted"


class RevokedError(RefusedError):
    """A reader or writer whose grant was taken away."""

    code = "vault-revoked"


class EvidenceError(RefusedError):
    """Evidence that does not show who a workload is, or not for these keys."""

    code = "vault-evidence"


class BindingError(RefusedError):
    """A binding of identity and keys that is not valid now, or lives too long."""

    code = "vault-binding"


class InstancesError(BindingError):
    """One binding more than the granted number of instances: a finding."""

    code = "vault-instances"


class UnknownCustodianError(RefusedError):
    """Something signed in a custodian's name that the root does not name for this zone."""

    code = "vault-custodian"


class OldVersionError(RefusedError):
    """A number below the highest one seen: something old is being served as new."""

    code = "vault-rolled-back"


class EquivocationError(RefusedError):
    """Two different documents under one number: somebody forks the history. A finding."""

    code = "vault-equivocation"


class StaleError(RefusedError):
    """A version that no unexpired freshness statement vouches for."""

    code = "vault-stale"


class FreshnessError(RefusedError):
    """A freshness statement that no custodian may make: too long, from the future, or ended."""

    code = "vault-freshness"


class EpochError(RefusedError):
    """A document of an epoch that has ended, or one that two approvers did not raise."""

    code = "vault-epoch"


class ContextError(RefusedError):
    """A wrap that was made for something else: another version, path, recipient or key."""

    code = "vault-wrap-context"


class UnopenedError(RefusedError):
    """A wrap or a ciphertext that does not open with the key and the context it should."""

    code = "vault-unopened"


class CommitmentError(RefusedError):
    """A data key that is not the one the version's header commits to."""

    code = "vault-commitment"


class LedgerError(RefusedError):
    """A head or a proof that does not show what it should: not signed, not consistent, or without the document."""

    code = "vault-ledger"


class ForkError(LedgerError):
    """Two heads that cannot both be of one ledger. A finding."""

    code = "vault-ledger-fork"


class ClockError(RefusedError):
    """A clock that jumped: whoever signs stops until it is looked at."""

    code = "vault-clock"


class PutError(RefusedError):
    """A put that is not to be applied: ended, repeated, or sealed to somebody else."""

    code = "vault-put"


class PutConflictError(PutError):
    """A put that expected another current number (`cas`)."""

    code = "vault-put-conflict"


class ReceiptError(RefusedError):
    """A receipt that no consumer of this version made."""

    code = "vault-receipt"


class RevocationError(RefusedError):
    """A revocation or its acknowledgement that does not hold."""

    code = "vault-revocation"


class BreakGlassError(RefusedError):
    """Leave to break the glass that does not hold: ended, used, or for another key."""

    code = "vault-break-glass"
