"""yarn: `yarn.lock`, version 1 (yarn 0 and 1) and the YAML of yarn 2 and later (metadata versions up to 10).

Workspaces, `link:`, `portal:` and folders (`file:`) are local; an alias (`npm:real@1.0`) and a patch (`patch:`) count
as the real package. Packages from git, URLs and archives are reported at the version that the lockfile gives. A
dependency whose range `resolutions` replaced is taken to mean every locked version of its name.

yarn 2 and later write what workspaces ask for into the lockfile; whether it is a development dependency stands in each
workspace's `package.json`, and without one it counts as production. Yarn 1 writes neither: what is direct stands in
`package.json`. Without one, or where its `workspaces` are patterns (`packages/*`), only the root's dependencies and
packages that no other needs are known to be direct, and everything counts as production.

A package that another one brings is raised by `yarn up -R NAME` (yarn 2 and later); yarn 1 has no command for that, and
takes `resolutions` in `package.json`.

Not known: dates.

Source: yarn's documentation of both generations.
"""

import re
from typing import Final

from wardline.check.dependencies.lockfiles._yarn_berry import read_berry
from wardline.check.dependencies.lockfiles._yarn_classic import read_classic
from wardline.check.dependencies.model import Lockfile, Source
from wardline.check.dependencies.reading import decoded

ID = "yarn"
TITLE = "yarn.lock (yarn)"
PATTERNS = ("yarn.lock",)
ECOSYSTEMS = ("npm",)

_BERRY: Final = re.compile(r"""^["']?__metadata["']?:""", re.MULTILINE)


def read(source: Source) -> Lockfile:
    """Return the packages of a `yarn.lock`. Raises: `LockfileError`."""
    content = decoded(source.data)
    return read_berry(source) if _BERRY.search(content) else read_classic(source, content)
