"""The path of a source to what stands there, or a finding that says why it is no file to read."""

from __future__ import annotations

import glob
import re
from pathlib import Path

from kpidsl.data import messages
from kpidsl.data.rows import Refused

# A folder before an address, as that of a `data.yaml`, makes one slash of two.
_ADDRESS = re.compile(r"(?:.*[/\\])?([a-z][a-z0-9+.-]+):[/\\]+(.*)", re.DOTALL | re.IGNORECASE)


def is_there(path: Path) -> bool:
    """Whether a file or folder can be found; a name that no file can have is that of none."""
    try:
        return path.exists()
    except OSError:
        return False


def readable_file(source: str, path: str) -> None:
    """Raises Refused where there is no file, or where it is a folder."""
    try:
        if Path(path).is_file():
            return
        folder, other = Path(path).is_dir(), Path(path).exists()
    except OSError as reason:
        raise Refused(messages.unreadable_file(source, path, _reason(reason))) from None
    if folder:
        raise Refused(messages.folder_for_file(source, path))
    raise Refused(messages.unreadable_file(source, path, "it is no regular file")) if other else _absent(source, path)


def data_files(source: str, path: str, *endings: str) -> list[str]:
    """The file, those of a folder that end so, or what a pattern names, sorted; raises Refused where that is nothing."""
    try:
        if Path(path).is_file():
            return [path]
        folder = Path(path).is_dir()
        patterns = [str(Path(glob.escape(path)) / f"*{ending}") for ending in endings] if folder else [path]
        found = sorted(each for pattern in patterns for each in glob.glob(pattern, recursive=True))
    except (OSError, ValueError) as reason:
        raise Refused(messages.unreadable_file(source, path, _reason(reason))) from None
    if found:
        return found
    raise Refused(messages.folder_without(source, path, endings)) if folder else _absent(source, path)


def _absent(source: str, path: str) -> Refused:
    address = _ADDRESS.fullmatch(path)
    if address is not None:
        return Refused(messages.address_not_read(source, f"{address[1]}://{address[2]}"))
    return Refused(messages.file_not_found(source, path))


def _reason(reason: Exception) -> str:
    return ((reason.strerror if isinstance(reason, OSError) else None) or str(reason)).lower()
