"""`wardline check`, once the request is read: ask once, show."""

import sys
from pathlib import Path
from typing import Any

from wardline.check import asking
from wardline.check.model import Mode, Request
from wardline.check.reports import service as reports
from wardline.cli import terminal
from wardline.kernel import clock
from wardline.kernel.errors import EXIT_YES, AskedWronglyError


def check(path: Path, options: dict[str, Any]) -> int:
    """Examine `path` and show the verdict; return the exit status.

    `options` are those of `check_options`, by name. Raises: `WardlineError`.
    """
    if options["help_formats"]:
        for known in reports.formats():
            sys.stdout.write(f"  {known.name:<12} {known.title}\n")
        return EXIT_YES
    names = [options["format_name"], *(name for name, _ in options["writes"])]
    reports.check_names(names)
    request = _request(path, options, names, inventory=reports.want_components(names))
    with terminal.progress() as told:
        answer = asking.check(request, now=clock.now(), progress=told, meanwhile=lambda: reports.prepare(names))
    subject = answer.subject._replace(colour=terminal.colour(), width=terminal.width())
    for name, target in options["writes"]:
        _write(target, reports.render(name, answer.report, subject._replace(colour=False)))
    sys.stdout.buffer.write(reports.render(options["format_name"], answer.report, subject))
    status = asking.exit_status(answer.report.verdict)
    if options["send"] is None:
        return status
    from wardline.cli.remote import sending  # only here: a check that sends nothing does not pay for it

    sys.stdout.flush()
    return sending.checked(options["send"], answer.report, path, options, status)


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise AskedWronglyError(f"{target}: {error.strerror}", hint="name a file that can be written") from error


def _request(path: Path, options: dict[str, Any], names: list[str], *, inventory: bool) -> Request:
    modes: list[Mode] = [mode for mode, asked in _modes(options) if asked]
    if len(modes) > 1:
        raise AskedWronglyError(f"--{' and --'.join(modes)} exclude each other", hint="name one of them")
    return Request(
        path=path,
        mode=modes[0] if modes else "tree",
        base=options["base"],
        only=options["only"],
        fail_on=options["fail_on"],
        advisories=options["advisories"],
        kev=options["kev"],
        epss=options["epss"],
        vex=options["vex"],
        imports=options["imports"],
        inventory=inventory,
        require_sandbox=options["require_sandbox"],
        revision=any(name not in {"text", "json"} for name in names),
    )


def _modes(options: dict[str, Any]) -> list[tuple[Mode, bool]]:
    return [("diff", options["base"] is not None), ("staged", options["staged"]), ("history", options["history"])]
