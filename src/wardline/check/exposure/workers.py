"""Many small pieces of work on all processors: forked workers that take from one queue, each of which may die alone.

Processes and not threads: Python runs one thread at a time, and a worker that a stranger's file kills takes only that
one piece with it. Workers inherit the sandbox of the process that forks them, and answer in JSON.
"""

import os
import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from wardline.kernel.confinement.channel import Channel

MAX_WORKERS: Final = 8
MAX_DEATHS: Final = 20
_NUMBER_BYTES: Final = 4
_LENGTH_BYTES: Final = 8
_MAX_QUEUED: Final = 8192  # of four bytes each: what a pipe of 64 KB surely takes (pipe(7))
_CHUNK_BYTES: Final = 256 * 1024

Work = Callable[[int], Any]  # a unit's number -> a JSON value; what it raises ends its process


@dataclass(frozen=True, slots=True)
class Died:
    """In place of a unit's result: its worker ended while it was at it."""

    reason: str


@dataclass(slots=True)
class _Worker:
    process: int
    results: int
    notes: Channel
    buffer: bytearray = field(default_factory=bytearray)


def spread(chunks: Sequence[Sequence[int]], work: Work, *, workers: int) -> Iterator[tuple[int, Any]]:
    """Yield every unit's number with its result, or with `Died`, in no order; `chunks` are done one worker each.

    With one worker nothing is forked, and what `work` raises is raised.
    """
    if workers <= 1 or len(chunks) <= 1:
        for chunk in chunks:
            for unit in chunk:
                yield unit, work(unit)
        return
    yield from _Crew(_joined(chunks), work, min(workers, MAX_WORKERS)).results()


def processors() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def _joined(chunks: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return no more chunks than the queue takes."""
    step = -(-len(chunks) // _MAX_QUEUED)
    return [[unit for chunk in chunks[at : at + step] for unit in chunk] for at in range(0, len(chunks), step)]


class _Crew:
    def __init__(self, chunks: list[list[int]], work: Work, count: int) -> None:
        self._chunks = chunks
        self._work = work
        self._count = count
        self._left = set(range(len(chunks)))
        self._workers: dict[int, _Worker] = {}
        self._deaths = 0

    def results(self) -> Iterator[tuple[int, Any]]:
        queue, ends = os.pipe()
        try:
            os.write(ends, b"".join(number.to_bytes(_NUMBER_BYTES, "little") for number in range(len(self._chunks))))
            os.close(ends)
            for _ in range(self._count):
                self._fork(queue, None)
            while self._workers:
                ready, _, _ = select.select(list(self._workers), [], [])
                for descriptor in ready:
                    yield from self._heard(self._workers[descriptor], queue)
            for number in sorted(self._left):
                for unit in self._chunks[number]:
                    yield unit, Died("too many of the processes that examine files ended before it")
        finally:
            os.close(queue)
            for worker in self._workers.values():
                self._end(worker)

    def _fork(self, queue: int, first: int | None) -> None:
        notes = Channel()
        results, answers = os.pipe()
        process = os.fork()
        if process == 0:
            status = 1
            try:
                self._serve(queue, answers, notes, first)
                status = 0
            finally:
                os._exit(status)
        os.close(answers)
        self._workers[results] = _Worker(process, results, notes)

    def _serve(self, queue: int, answers: int, notes: Channel, first: int | None) -> None:
        """In a worker: take chunks until there are none, and answer each as a whole."""
        import orjson

        while True:
            number = first
            if number is None:
                asked = os.read(queue, _NUMBER_BYTES)
                if len(asked) < _NUMBER_BYTES:
                    return
                number = int.from_bytes(asked, "little")
            first = None
            done = []
            for unit in self._chunks[number]:
                notes.doing(f"{number} {unit}")
                done.append((unit, self._work(unit)))
            content = orjson.dumps((number, done))
            view = memoryview(len(content).to_bytes(_LENGTH_BYTES, "little") + content)
            while view:
                view = view[os.write(answers, view) :]
            notes.doing("")

    def _heard(self, worker: _Worker, queue: int) -> Iterator[tuple[int, Any]]:
        import orjson

        part = os.read(worker.results, _CHUNK_BYTES)
        if not part:
            yield from self._gone(worker, queue)
            return
        worker.buffer += part
        while len(worker.buffer) >= _LENGTH_BYTES:
            length = int.from_bytes(worker.buffer[:_LENGTH_BYTES], "little")
            if len(worker.buffer) < _LENGTH_BYTES + length:
                return
            number, done = orjson.loads(memoryview(worker.buffer)[_LENGTH_BYTES : _LENGTH_BYTES + length])
            del worker.buffer[: _LENGTH_BYTES + length]
            self._left.discard(number)
            yield from ((unit, result) for unit, result in done)

    def _gone(self, worker: _Worker, queue: int) -> Iterator[tuple[int, Any]]:
        """Let another worker do what a dead one left, but for the unit that it died of."""
        del self._workers[worker.results]
        doing = worker.notes.last().split()
        status = self._end(worker)
        if status == 0 or not doing:
            return
        number, unit = map(int, doing)
        why = f"signal {-status}" if status < 0 else f"status {status}"
        if unit in self._chunks[number]:
            self._chunks[number].remove(unit)
            yield unit, Died(f"examining it ended the examining process ({why})")
        self._deaths += 1
        if self._deaths <= MAX_DEATHS:
            self._fork(queue, number)

    @staticmethod
    def _end(worker: _Worker) -> int:
        import signal

        os.close(worker.results)
        worker.notes.close()
        with suppress(ProcessLookupError):
            os.kill(worker.process, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(worker.process, 0)[1])
