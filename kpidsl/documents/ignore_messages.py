"""What is said about comments that ask to leave advice unsaid: one named function for each finding."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity

_FORM = "`# kpidsl: ignore[code] reason`"
_FORM_OF_FILE = "`# kpidsl: ignore-file[code] reason`"


def _warning(code: str, headline: str, label: Label, help: str, edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, headline, (label,), help=(help,), edit=edit)


def ignore_spelling(label: Label) -> Diagnostic:
    help = f"write {_FORM}, or {_FORM_OF_FILE} at the top of the file"
    return _warning("ignore-spelling", "this comment ignores nothing, for it names no rule", label, help)


def ignore_below_the_top(label: Label) -> Diagnostic:
    headline = "this comment ignores nothing, for it does not stand at the top of its file"
    help = f"what is ignored in a whole file is said above everything else in it; for one place write {_FORM}"
    return _warning("ignore-spelling", headline, label, help)


def ignore_without_reason(label: Label) -> Diagnostic:
    headline = "this comment ignores nothing, for it gives no reason"
    return _warning("ignore-without-reason", headline, label, f"write {_FORM}; whoever reads it later has to know why")


def unknown_code(label: Label, code: str, near: str | None) -> Diagnostic:
    help = f"perhaps `{near}`?" if near else "`kpidsl list codes` shows what there is"
    edit = Edit(label.file, label.span, near) if near else None
    return _warning("unknown-code", f"no rule is called `{code}`, so nothing of it is ignored", label, help, edit)


def not_advice(label: Label, code: str) -> Diagnostic:
    help = f"`kpidsl explain {code}` says what to do about it"
    return _warning("ignore-of-error", f"`{code}` cannot be ignored: it is no advice", label, help)
