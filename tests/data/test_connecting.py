"""What an address says of itself."""

from __future__ import annotations

from kpidsl.data.connecting import address_of


def test_secrets_are_not_shown() -> None:
    shown = repr(address_of("postgres://me:hunter2@host/db?token=abc", "DSN", ""))
    assert "me" in shown and "host" in shown
    assert "hunter2" not in shown and "abc" not in shown
