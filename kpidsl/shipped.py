"""Where what ships beside the code is: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_A_CHECKOUT = {"diagnostics": "docs/diagnostics"}


def folder(name: str) -> Path:
    """The folder `grammar`, `definitions` or `diagnostics`; a checkout or editable install reads the one beside the package."""
    beside = _PACKAGE.parent / _IN_A_CHECKOUT.get(name, name)
    if (_PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    return _PACKAGE / "_shipped" / name
