"""Files brought here from a URL or a folder: only what changed, bounded, resumable, and never half.

A download goes to a hidden `.partial` file beside its target, is checked, and replaces the target in one step; whatever
fails before that leaves the target as it was. What an interrupted download had is kept and continued (RFC 9110 §14.2,
`Range` with `If-Range`); what has not changed is not sent (§13.1, `If-None-Match`, `If-Modified-Since`).
"""

import base64
import hashlib
import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, NamedTuple, Self
from urllib.parse import quote

import orjson

from wardline.kernel.errors import WardlineError
from wardline.kernel.http import shown
from wardline.kernel.text import printable
from wardline.kernel.version import VERSION

if TYPE_CHECKING:
    import httpx

Outcome = Literal["new", "unchanged", "absent"]
Report = Callable[[int, int], None]  # bytes done, bytes in all (0: unknown)
Check = Callable[[Path], None]  # raises TransferError where a download is not what it should be

_CHUNK: Final = 256 * 1024
_TRIES: Final = 3
_BACKOFF_SECONDS: Final = 0.5
_SECONDS_PER_FILE: Final = 1800.0
_GONE: Final = frozenset({403, 404, 410})  # a bucket that may not be listed answers 403 for what is not there


class TransferError(WardlineError):
    """A file that could not be brought here; the one that was here before is untouched."""

    code = "transfer"


class _AgainError(Exception):
    """A transfer broke off, and may be continued."""


class _Bounds(NamedTuple):
    """How much, and until when (`time.monotonic`), and who is told how far it is."""

    max_bytes: int
    deadline: float
    report: Report


class Remote:
    """An upstream, by the address or folder under which its files are."""

    def __init__(self, address: str, *, seconds: float = _SECONDS_PER_FILE) -> None:
        """Promise a connection; nothing is opened yet."""
        self.address = address.rstrip("/")
        self._seconds = seconds
        self._client: httpx.Client | None = None

    def __enter__(self) -> Self:
        """Open a pool of connections where the upstream is not a folder."""
        if self.address.lower().startswith(("http://", "https://")):
            import httpx

            headers = {"User-Agent": f"wardline/{VERSION}"}
            timeout = httpx.Timeout(30.0, connect=10.0)
            self._client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=True)
        elif not Path(self.address).is_dir():
            raise TransferError(f"{printable(self.address)} is neither an http(s) address nor a folder")
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        if self._client is not None:
            self._client.close()

    def bring(
        self, name: str, target: Path, *, max_bytes: int, check: Check, report: Report = lambda _done, _total: None
    ) -> Outcome:
        """Bring the file `name` to `target` where it changed; say whether it is new, unchanged or not there.

        Raises: `TransferError` where it cannot be brought whole, is larger than `max_bytes`, or fails `check`.
        """
        if self._client is None:
            return _copied(Path(self.address) / name, target, max_bytes, check)
        url = f"{self.address}/{quote(name)}"
        state = State(target)
        bounds = _Bounds(max_bytes, time.monotonic() + self._seconds, report)
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_BACKOFF_SECONDS * 2**attempt)
            try:
                found = self._attempt(url, target, state, bounds)
            except _AgainError as error:
                reason = str(error)
                continue
            if found is None:
                return "unchanged" if target.exists() else "absent"
            with _refusing(state.partial, url):
                check(state.partial)
            state.settle(url, found)
            return "new"
        raise TransferError(f"{shown(url)}: {reason}", hint="what has arrived is kept; run it again to continue")

    def beside(self, ecosystem: str) -> list[str]:
        """Return the names of loose records beside an ecosystem's zip, where the upstream is a folder."""
        if self._client is not None:
            return []
        return sorted(path.name for path in (Path(self.address) / ecosystem).glob("[!.]*.json"))

    def lines(self, name: str, *, max_lines: int) -> Generator[str] | None:
        """Yield a text file's lines as they arrive, None where there is no such file. Close it to stop early."""
        if self._client is None:
            path = Path(self.address) / name
            return _file_lines(path, max_lines) if path.is_file() else None
        return self._remote_lines(f"{self.address}/{quote(name)}", max_lines)

    def _remote_lines(self, url: str, max_lines: int) -> Generator[str] | None:
        first = self._request_lines(url, max_lines)
        return None if next(first, None) is None else first

    def _request_lines(self, url: str, max_lines: int) -> Generator[str]:
        """Yield an empty line where the file is there, then its lines; nothing at all where it is not."""
        import httpx

        client = self._client
        assert client is not None  # noqa: S101 - for the type checker: `lines` has looked
        try:
            with client.stream("GET", url) as response:
                if response.status_code != 200:
                    return
                _same_safety(response, url)
                yield ""
                for number, line in enumerate(_bounded_lines(response.iter_text(_CHUNK))):
                    if number >= max_lines:
                        return
                    yield line
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransferError(f"{shown(url)}: {_words(error)}") from error

    def _attempt(self, url: str, target: Path, state: "State", bounds: _Bounds) -> dict[str, str] | None:
        """Bring a file into its partial file; return the validators, None where it has not changed or is not there."""
        import httpx

        client = self._client
        assert client is not None  # noqa: S101 - for the type checker: `bring` has looked
        try:
            with client.stream("GET", url, headers=state.headers(url)) as response:
                status = response.status_code
                _same_safety(response, url)
                if status == 304:
                    return None
                if status in _GONE:
                    if target.exists():
                        raise TransferError(f"{shown(url)}: not there any more (HTTP {status}); the old one is kept")
                    return None
                if status == 416:
                    state.forget_partial()
                    raise _AgainError("the rest of the file is another file's")
                if status not in {200, 206}:
                    if status in {408, 429} or status >= 500:
                        raise _AgainError(f"HTTP {status}")
                    raise TransferError(f"{shown(url)}: HTTP {status}")
                if status == 206 and not state.continued_by(response):
                    state.forget_partial()
                    raise _AgainError("the rest of the file is another part of it")
                state.begin(url, response)
                _receive(response, state.partial, bounds, url)
                return _validators(response)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _AgainError(_words(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransferError(f"{shown(url)}: {_words(error)}") from error


def _receive(response: "httpx.Response", partial: Path, bounds: _Bounds, url: str) -> None:
    max_bytes = bounds.max_bytes
    start = partial.stat().st_size if response.status_code == 206 and partial.exists() else 0
    said = response.headers.get("content-length", "")
    total = start + int(said) if said.isdecimal() else 0
    too_large = TransferError(f"{shown(url)}: larger than {max_bytes // 2**20} MB")
    if total > max_bytes:
        raise too_large
    with partial.open("ab" if start else "wb") as file:
        done = start
        for chunk in response.iter_bytes():  # as they come: what has come is kept, wherever it breaks off
            done += len(chunk)
            if done > max_bytes:
                raise too_large
            if time.monotonic() > bounds.deadline:
                raise TransferError(
                    f"{shown(url)}: too slow", hint="what has arrived is kept; run it again to continue"
                )
            file.write(chunk)
            bounds.report(done, total)
        file.flush()
        os.fsync(file.fileno())
    _verify_md5(response, partial, url)


def _verify_md5(response: "httpx.Response", partial: Path, url: str) -> None:
    """Hold the file against the checksum that Google's storage sends along (`x-goog-hash`), where it does."""
    for value in response.headers.get("x-goog-hash", "").split(","):
        kind, _, said = value.strip().partition("=")
        if kind == "md5":
            with partial.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()
            if base64.b64encode(digest).decode() != said:
                partial.unlink()
                raise TransferError(f"{shown(url)}: its checksum is not the one it was sent with")


class State:
    """What is remembered of a file beside it: where it came from, and the validators that ask for changes only."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target.with_name(f".{target.name}.state")
        self.partial = target.with_name(f".{target.name}.partial")
        self._partial_state = target.with_name(f".{target.name}.partial.state")

    def headers(self, url: str) -> dict[str, str]:
        """Return the request headers that ask for what is missing: the rest of a partial file, or a changed file."""
        partial = _state(self._partial_state)
        if partial.get("url") == url and partial.get("etag") and self.partial.exists():
            size = self.partial.stat().st_size
            if size:
                return {"Range": f"bytes={size}-", "If-Range": partial["etag"], "Accept-Encoding": "identity"}
        whole = _state(self._path) if self._target.exists() else {}
        headers = {"Accept-Encoding": "identity"}
        if whole.get("url") == url:
            if whole.get("etag"):
                headers["If-None-Match"] = whole["etag"]
            elif whole.get("last_modified"):
                headers["If-Modified-Since"] = whole["last_modified"]
        return headers

    def begin(self, url: str, response: "httpx.Response") -> None:
        """Note what a partial file is a part of, before the first byte of it."""
        if response.status_code == 200:
            self.forget_partial()
        etag = response.headers.get("etag", "")
        strong = etag if etag and not etag.startswith("W/") else ""  # RFC 9110 §13.1.5: a weak one cannot be continued
        write_whole(self._partial_state, orjson.dumps({"url": url, "etag": strong}))

    def continued_by(self, response: "httpx.Response") -> bool:
        """Return whether a partial answer goes on where the partial file ends (RFC 9110 §14.4)."""
        size = self.partial.stat().st_size if self.partial.exists() else 0
        return bool(response.headers.get("content-range", "").startswith(f"bytes {size}-"))

    def forget_partial(self) -> None:
        """Start anew."""
        self.partial.unlink(missing_ok=True)
        self._partial_state.unlink(missing_ok=True)

    def settle(self, url: str, validators: dict[str, str]) -> None:
        """Put the whole file in its place. The validators go first: without them, the next run asks once more."""
        self._path.unlink(missing_ok=True)
        self.partial.replace(self._target)
        self._partial_state.unlink(missing_ok=True)
        write_whole(self._path, orjson.dumps({"url": url, **validators}))


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file in one step."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _state(path: Path) -> dict[str, str]:
    try:
        found: Any = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {key: said for key, said in found.items() if isinstance(said, str)} if isinstance(found, dict) else {}


def _validators(response: "httpx.Response") -> dict[str, str]:
    headers = response.headers
    return {"etag": headers.get("etag", ""), "last_modified": headers.get("last-modified", "")}


@contextmanager
def _refusing(partial: Path, name: str) -> Iterator[None]:
    """Throw a partial file away where the check of it fails: continuing it would end in the same."""
    try:
        yield
    except TransferError as error:
        partial.unlink(missing_ok=True)
        raise TransferError(f"{shown(name)}: {error.detail}; the old one is kept", hint=error.hint) from error


def _copied(source: Path, target: Path, max_bytes: int, check: Check) -> Outcome:
    try:
        if not source.is_file():
            return "absent"
        facts = source.stat()
        stamp = f"{facts.st_size}|{facts.st_mtime_ns}|{facts.st_ino}"
        state = State(target)
        if target.exists() and state.headers(str(source)).get("If-None-Match") == stamp:
            return "unchanged"
        if facts.st_size > max_bytes:
            raise TransferError(f"{printable(str(source))}: larger than {max_bytes // 2**20} MB")
        with source.open("rb") as reading, state.partial.open("wb") as writing:
            _copy(reading, writing, max_bytes)
        with _refusing(state.partial, str(source)):
            check(state.partial)
        state.settle(str(source), {"etag": stamp})
    except OSError as error:
        raise TransferError(f"{printable(str(source))}: {error.strerror}") from error
    return "new"


def _copy(reading: BinaryIO, writing: BinaryIO, max_bytes: int) -> None:
    left = max_bytes
    while left > 0 and (chunk := reading.read(min(_CHUNK, left))):
        left -= writing.write(chunk)
    writing.flush()
    os.fsync(writing.fileno())


def _bounded_lines(chunks: Iterator[str]) -> Iterator[str]:
    """Yield lines; one that is longer than any honest line ends the text."""
    rest = ""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split("\n")
        yield from whole
        if len(rest) > _CHUNK:
            return
    if rest:
        yield rest


def _file_lines(path: Path, max_lines: int) -> Generator[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for _, line in zip(range(max_lines), iter(lambda: file.readline(_CHUNK), ""), strict=False):
            yield line.rstrip("\n")


def _same_safety(response: "httpx.Response", url: str) -> None:
    """Refuse a redirect from https to http."""
    if url.startswith("https:") and response.url.scheme != "https":
        raise TransferError(f"{shown(url)} leads to an address without encryption")


def _words(error: Exception) -> str:
    return printable(str(error), max_chars=200) or type(error).__name__
