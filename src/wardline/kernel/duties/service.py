"""The use cases of duties: see how they stand, let one have its turn now, run them."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from wardline.kernel.database.engine import Database
from wardline.kernel.duties import store
from wardline.kernel.duties.model import Duty, Standing
from wardline.kernel.duties.runner import Hook, Runner
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import Principal, require


class Duties:
    """The duties of an installation. Stateless: any number of nodes may hold one over the same database.

    `node` is this node's name, as pages show it. `on_failing` is told of a duty after each failure from the fifth in a
    row on, or once it has failed for 15 minutes; `on_recovered` when such a one succeeds. Both may be told twice.
    `elapsed` counts seconds that no setting of a clock changes.
    """

    def __init__(  # noqa: PLR0913 - each has a name where it is given
        self,
        database: Database,
        clock: Callable[[], datetime],
        node: str,
        *,
        on_failing: Hook | None = None,
        on_recovered: Hook | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database: Final = database
        self._clock: Final = clock
        self.node: Final = node
        self._on_failing: Final = on_failing
        self._on_recovered: Final = on_recovered
        self._elapsed: Final = elapsed

    def runner(self, duties: Sequence[Duty], *, threads: int = 4) -> Runner:
        """Return what runs these duties on this node: at most `threads` at a time, beside the resident ones.

        Raises: `ValueError` for two duties of one name.
        """
        return Runner(
            self._database,
            duties,
            node=self.node,
            clock=self._clock,
            elapsed=self._elapsed,
            threads=threads,
            on_failing=self._on_failing,
            on_recovered=self._on_recovered,
        )

    def list(self, who: Principal) -> Sequence[Standing]:
        """Return how every duty stands, by name. Raises: `DeniedError`."""
        require(who, "duty:read")
        with self._database.reading() as tx:
            return store.standings(tx)

    def run_now(self, who: Principal, name: str) -> None:
        """Let a duty have a turn at once, on whichever node comes first; after its present turn, if it has one.

        Raises: `DeniedError`; `NotFoundError`.
        """
        require(who, "duty:run")
        with self._database.transaction() as tx:
            if not store.ask(tx, name):
                raise NotFoundError("there is no such duty")
