"""What a check found, as every format is given it."""

from __future__ import annotations

from msgspec import Struct

from kpidsl.diagnostics import Diagnostic, Diagnostics, Severity


class Report(Struct, frozen=True):
    """The findings, the names of the files that were read, and the severities that make the check fail."""

    findings: Diagnostics
    files: tuple[str, ...] = ()
    failing: frozenset[Severity] = frozenset({Severity.ERROR})

    def fails(self, finding: Diagnostic) -> bool:
        """Whether a finding makes the check fail."""
        return finding.severity in self.failing

    @property
    def home(self) -> str:
        """The project's first file, where formats that know nothing but places put a finding without one."""
        return self.files[0] if self.files else "kpidsl.yaml"

    def standing_alone(self, finding: Diagnostic) -> str:
        """The headline of a finding; of one without a place together with what it is about."""
        return finding.headline if finding.labels or not finding.about else f"{finding.about}: {finding.headline}"
