"""The shipped definitions, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpidsl
from kpidsl import shipped


@pytest.fixture(scope="session")
def folder() -> Path:
    return shipped.folder("definitions")


@pytest.fixture(scope="session")
def library(folder: Path) -> kpidsl.Catalog:
    return kpidsl.load(folder)
