"""Work that takes long, done beside the main thread, so that Ctrl-C stops it at once and others learn how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
_TICK, _PATIENCE = 0.2, 1.0


class _Work(Generic[T]):
    """Whether work has ended is asked of an event: Python 3.11 takes a thread whose `join` was interrupted for ended."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.ended = Event()
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result.append(self._work())
        except BaseException as error:
            self.error = error
        finally:
            self.ended.set()


def waited(work: Callable[[], T], cancel: Callable[[], None], tell: Callable[[], None] | None = None) -> T:
    """What the work returns or raises; an interruption cancels it and waits for its end. `tell` is called after a second on."""
    done = _Work(work)
    thread = Thread(target=done.run, daemon=True)
    began = monotonic()
    try:
        thread.start()
        while not done.ended.wait(_TICK):
            if tell is not None and monotonic() - began > _PATIENCE:
                tell()
    except BaseException:
        while thread.ident is not None and not done.ended.is_set():  # what has not quite begun cannot be cancelled yet
            with suppress(Exception):
                cancel()
            done.ended.wait(_TICK)
        raise
    if done.error is not None:
        raise done.error
    return done.result[0]
