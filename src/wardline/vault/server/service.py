"""The vault's server: keeps, orders and serves ciphertext and signed documents. It can open nothing.

Three sides, one method per thing that is asked: people (`asking`, `viewing`, `telling`, `watching`), agents (`handing`)
and custodians (`working`), which come in by their keys (`machines`). Whoever has root here may write what they like:
every party checks everything again.
"""

from wardline.vault.server.asking import Asking
from wardline.vault.server.handing import Handing
from wardline.vault.server.machines import Machines
from wardline.vault.server.telling import Telling
from wardline.vault.server.watching import Watching
from wardline.vault.server.working import Working


class Vault(Asking, Watching, Telling, Handing, Working, Machines):
    """The vault of an installation. Stateless: any number of nodes may hold one over the same database."""
