"""A package that this project pins was published to do harm.

**Why it matters.** It is no defect but an attack: a look-alike name, a hijacked account, a package that steals
credentials when it is installed. Whatever machine installed it is to be treated as compromised.

**How it is found.** The package and version stand in a malware record of the advisories (`MAL-…` and its kin).

**How to repair it.** Remove the package, and look for what wanted it: a misspelt name, or a dependency that was taken
over. Then rotate every credential that was within reach of the machines that installed it, CI included.

It blocks whatever `--fail-on` says, and cannot be suppressed.
"""

ID = "malicious-dependency"
TITLE = "A pinned package was published to do harm"
