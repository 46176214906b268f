"""Keeps files from templates up to date: each is written again once a secret in it changed, and told as delivered."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from wardline.kernel.errors import WardlineError
from wardline.vault.agent import templates
from wardline.vault.agent.holding import Holding
from wardline.vault.agent.shelf import NotNowError
from wardline.vault.agent.templates import Template
from wardline.vault.protocol.accepting import Accepted
from wardline.vault.protocol.model.statement import Delivered

_LOG: Final = logging.getLogger("wardline.vault.agent")


class Rendering:
    """The files of one agent. A file that cannot be written anew stays as it is, and its version undelivered."""

    def __init__(
        self, holding: Holding, files: Sequence[Template], delivered: Callable[[Accepted, Delivered], None]
    ) -> None:
        self._holding = holding
        self._files = files
        self._delivered = delivered

    def changed(self, path: str, accepted: Accepted) -> None:
        """Write every file that this secret stands in."""
        del accepted
        for one in self._files:
            if path in one.paths:
                self.write(one)

    def write_all(self) -> None:
        """Write every file whose secrets are all held."""
        for one in self._files:
            self.write(one)

    def write(self, template: Template) -> bool:
        """Write one file; tell whether it was."""
        read: dict[str, Accepted] = {}

        def fields(path: str) -> Mapping[str, Any]:
            if path not in read:
                found = self._holding.read(path)
                if found is None:
                    raise NotNowError(f"{path} is not held")
                read[path] = found
            return read[path].fields

        try:
            templates.write(template, fields)
        except WardlineError as error:
            _LOG.warning("%s was not written: %s", template.target, error.detail)
            return False
        for accepted in read.values():
            self._delivered(accepted, "template")
        return True

    def dropped(self, path: str) -> None:
        """Take away every file that this secret stands in: it is not this workload's any more."""
        for one in self._files:
            if path in one.paths:
                one.target.unlink(missing_ok=True)

    def remove_all(self) -> None:
        """Take the files away: an agent that ends leaves no secret behind."""
        for one in self._files:
            one.target.unlink(missing_ok=True)
