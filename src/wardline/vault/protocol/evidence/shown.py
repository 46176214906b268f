"""What evidence comes to, whatever form it had."""

from dataclasses import dataclass
from datetime import datetime

from wardline.vault.protocol.grants import Identity


@dataclass(frozen=True, slots=True)
class Shown:
    """Who evidence shows, until when, and which instance: a pod, a run of a job, a certificate's subject, a join."""

    identity: Identity
    instance: str
    expires: datetime
