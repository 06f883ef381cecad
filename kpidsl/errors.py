"""The exceptions that an embedding program may see.

KpidslError
├── DefinitionError   the definitions have errors, and the host asked to be strict
├── AskError          the question cannot be answered: an unknown KPI, a dimension out of reach
└── DataError         nothing asked for can be computed from the data given

Each carries its findings as `diagnostics`.
"""

from __future__ import annotations

from collections.abc import Iterable

from kpidsl.diagnostics import Diagnostic, Diagnostics


class KpidslError(Exception):
    """Something that kpidsl was asked for cannot be done; `diagnostics` says why."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = Diagnostics(diagnostics)
        super().__init__("; ".join(finding.headline for finding in self.diagnostics.errors or self.diagnostics))


class DefinitionError(KpidslError):
    """The definitions have errors."""


class AskError(KpidslError):
    """The question cannot be answered with these definitions."""


class DataError(KpidslError):
    """Nothing asked for can be computed from the data given."""
