"""What the child tells its parent beside its answer: what it is working on, which survives any death."""

import mmap
from typing import Final

_SLOT_BYTES: Final = 8 * 1024
_HEAD_BYTES: Final = 2


class Channel:
    """One line of shared memory: the child writes what it is doing, the parent reads it after the child is gone.

    Two slots and a byte that names the valid one, written last: a child that is killed in the middle of a note leaves
    the note before.
    """

    __slots__ = ("_memory",)

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1 + 2 * _SLOT_BYTES)  # anonymous and shared

    def doing(self, text: str) -> None:
        """Note what is being worked on ("reading a/b.lock"): about a microsecond; the last note survives a crash."""
        note = text.encode("utf-8", "surrogatepass")[: _SLOT_BYTES - _HEAD_BYTES]
        memory = self._memory
        slot = 1 - memory[0] & 1
        start = 1 + slot * _SLOT_BYTES
        memory[start : start + _HEAD_BYTES + len(note)] = len(note).to_bytes(_HEAD_BYTES, "little") + note
        memory[0] = slot

    def last(self) -> str:
        """Return the last note. The child may have been taken over by what it read: this is a stranger's text."""
        start = 1 + (self._memory[0] & 1) * _SLOT_BYTES
        head = self._memory[start : start + _HEAD_BYTES]
        length = min(int.from_bytes(head, "little"), _SLOT_BYTES - _HEAD_BYTES)
        note = self._memory[start + _HEAD_BYTES : start + _HEAD_BYTES + length]
        try:
            return note.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # cut short within a character
            return note.decode("utf-8", "replace")

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
