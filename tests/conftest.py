"""Options of the whole test run, and the servers that tests may ask for."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("kpidsl", deadline=None)
settings.load_profile("kpidsl")

pytest_plugins = ["engines.servers"]


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what runs in the background deaf to interruptions, some of which are tested.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "browser: opens pages in Chromium, and is skipped where it is not.")
    config.addinivalue_line("markers", "pdf: sets pages with Typst (`kpidsl[pdf]`), and is skipped where it is not.")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write what is rendered now as the golden texts.")
