"""The roles that a piece of text may play, and their colours; a paint takes a role and a text and gives what is printed."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto


class Role(Enum):
    """What a piece of text is; meaning never hangs on its colour alone."""

    ERROR = auto()
    WARNING = auto()
    NOTE = auto()
    TITLE = auto()
    FRAME = auto()
    HELP = auto()
    GOOD = auto()
    BAD = auto()
    OPEN = auto()
    QUIET = auto()


# In the words of rich, and in the colours that every terminal's theme defines.
STYLES = {
    Role.ERROR: "bold red",
    Role.WARNING: "bold yellow",
    Role.NOTE: "bold cyan",
    Role.TITLE: "bold",
    Role.FRAME: "blue",
    Role.HELP: "cyan",
    Role.GOOD: "green",
    Role.BAD: "bold red",
    Role.OPEN: "yellow",
    Role.QUIET: "dim",
}

Paint = Callable[[Role, str], str]


def plain(role: Role, text: str) -> str:
    """The text without any colour."""
    return text


def colours() -> Paint:
    """A paint that writes the escape sequences of a terminal."""
    from rich.color import ColorSystem
    from rich.style import Style

    styles = {role: Style.parse(words) for role, words in STYLES.items()}

    def paint(role: Role, text: str) -> str:
        return styles[role].render(text, color_system=ColorSystem.STANDARD)

    return paint
