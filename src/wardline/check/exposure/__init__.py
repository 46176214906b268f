"""The one package of the house with something in it: others program against `wardline.check.exposure.scan_text`.

A function and no re-export: the engine is imported when it is first asked, so that start-up stays fast.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wardline.findings.report import Finding

__all__ = ["scan_text"]


def scan_text(text: str, path: str = "") -> "list[Finding]":
    """Return the credentials and personal data in a text, most urgent first; `path` is what the text is called.

    The same rules, decoding and models as `wardline check`. No finding holds a value or a part of one. A finding is in
    the file `path`, or at the resource `text` where there is none. A path that ends in `.ipynb` is read as a notebook;
    text is never taken for an archive.
    """
    from wardline.check.exposure.wording import found_in_text

    return found_in_text(text, path)
