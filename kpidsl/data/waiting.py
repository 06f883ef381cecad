"""Work that takes long, done beside the main thread, so that Ctrl-C stops it at once and others learn how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
_TICK, _PATIENCE = 0.2, 1.0


class _Work(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result.append(self._work())
        except BaseException as error:
            self.error = error


def waited(work: Callable[[], T], cancel: Callable[[], None], tell: Callable[[], None] | None = None) -> T:
    """What the work returns or raises; an interruption cancels it and waits for its end. `tell` is called after a second on."""
    done = _Work(work)
    thread = Thread(target=done.run, daemon=True)
    thread.start()
    began = monotonic()
    try:
        while thread.is_alive():
            thread.join(_TICK)
            if tell is not None and thread.is_alive() and monotonic() - began > _PATIENCE:
                tell()
    except BaseException:
        while thread.is_alive():  # what has not quite begun cannot be cancelled yet
            with suppress(Exception):
                cancel()
            thread.join(_TICK)
        raise
    if done.error is not None:
        raise done.error
    return done.result[0]
