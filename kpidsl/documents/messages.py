"""What is said about the shape of files and their names: one named function for each finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents.model import Written
from kpidsl.documents.yaml_messages import error


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _meant(near: str | None, otherwise: str) -> str:
    return f"`{near}` is probably meant" if near else otherwise


def _replacing(label: Label, near: str | None) -> Edit | None:
    return Edit(label.file, label.span, near) if near else None


# Shape


def unknown_key(label: Label, name: str, noun: str, near: str | None, known: Iterable[str]) -> Diagnostic:
    return error(
        "unknown-key",
        f"`{name}` is not a key of {noun}",
        label,
        help=[_meant(near, f"{noun} has the keys {_listed(known)}")],
        edit=_replacing(label, near),
    )


def tight_key(label: Label, name: str) -> Diagnostic:
    key, value = name.split(":", 1)
    pair = f"{key}: {value}"
    headline = f"a space is missing after the colon of `{name}`"
    return error("yaml-syntax", headline, label, help=[f"write `{pair}`"], edit=Edit(label.file, label.span, pair))


def missing_key(label: Label, thing: str, names: Sequence[str], example: str) -> Diagnostic:
    wanted = f"no {' or '.join(f'`{name}`' for name in names)}" if len(names) <= 2 else f"none of {_listed(names)}"
    return error("missing-key", f"{thing} has {wanted}", label, help=[f"add for example `{example}`"])


def one_of(label: Label, thing: str, names: Iterable[str]) -> Diagnostic:
    given = " and ".join(f"`{name}`" for name in names)
    return error("wrong-shape", f"{thing} has {given}, of which it may have one", label)


def wrong_shape(label: Label, thing: str, wanted: str, found: str, help: Sequence[str], better: str = "") -> Diagnostic:
    help = [*help, f"write `{better}`" if better else ""]
    headline = f"{thing} is {found}; it should be {wanted}"
    return error("wrong-shape", headline, label, help=help, edit=_replacing(label, better or None))


def unknown_word(label: Label, what: str, word: str, known: Iterable[str], near: str | None) -> Diagnostic:
    return error(
        "unknown-word",
        f"`{word}` is not {what}",
        label,
        help=[_meant(near, f"it is one of {_listed(known)}")],
        edit=_replacing(label, near),
    )


def name_spelling(label: Label, name: str, rule: str, better: str | None) -> Diagnostic:
    return error(
        "name-spelling",
        f"`{name}` cannot be a name here",
        label,
        help=[rule, f"for example `{better}`" if better else ""],
        edit=_replacing(label, better),
    )


def more_findings(label: Label, more: int, shown: int) -> Diagnostic:
    headline = f"{more:,} more mistakes of this kind are in the file; the first {shown:,} are shown"
    return error("more-findings", headline, label, help=["repair those above first: many may have one cause"])


# Form


def not_formatted(label: Label) -> Diagnostic:
    return Diagnostic(
        "not-formatted",
        Severity.WARNING,
        "this expression stays as it is written: in its canonical form the file would say something else",
        (label,),
        help=("in a block, on the line below `|`, an expression may begin with any sign",),
    )


# Meaning


def name_twice(name: str, noun: str, again: Label, first: Label, first_noun: str) -> Diagnostic:
    same, other = f"the {noun} `{name}` is defined twice", f"`{name}` is the name of a {first_noun} and of a {noun}"
    return error(
        "name-twice",
        same if noun == first_noun else other,
        again,
        first,
        help=["rename one of the two; only the first counts"],
    )


def reference_like_column(name: Written[str], column: Written[str], source: str) -> Diagnostic:
    return error(
        "name-twice",
        f"`{name.value}` is the name of a column and of a reference of the source `{source}`",
        name.label("the reference"),
        column.label("the column"),
        help=["rename one of the two; only the column counts"],
    )


def nothing_matched(label: Label) -> Diagnostic:
    help = "say which columns hold the key there, such as `match: {item_id: item_id}`"
    return error("wrong-shape", "`match` names no columns", label, help=[help])


def two_columns(label: Label, found: int) -> Diagnostic:
    return error(
        "wrong-shape",
        f"`valid` names {found} column{'' if found == 1 else 's'}; it should be two",
        label,
        help=["the first day that a row holds, and the day after the last: `valid: [valid_from, valid_to]`"],
    )


def project_twice(again: Label, first: Label) -> Diagnostic:
    return error(
        "name-twice",
        "`project` stands in two files",
        again,
        first,
        help=["put what holds for the project into one file, `kpidsl.yaml`"],
    )


def unknown_language(label: Label, version: int, known: int) -> Diagnostic:
    return error(
        "unknown-language",
        f"the definitions are written in language {version}; this version of kpidsl reads language {known}",
        label,
        help=["install a newer kpidsl" if version > known else f"write `language: {known}`"],
    )


def on_and_off(off: Label, on: Label, code: str) -> Diagnostic:
    headline = f"the rule `{code}` is switched both on and off"
    return error("wrong-shape", headline, off, on, help=["remove one of the two; only `off` counts"])


def unknown_timezone(label: Label, name: str, near: str | None) -> Diagnostic:
    return error(
        "unknown-timezone",
        f"`{name}` is not a time zone",
        label,
        help=[_meant(near, "time zones are named like `Europe/Berlin` or `UTC`")],
        edit=_replacing(label, near),
    )


def weeks_against_year(starts: Label, ends: Label, given: str, last: str, right: str) -> Diagnostic:
    return error(
        "wrong-shape",
        f"weeks start on `{given}`, and the year ends on a `{last}`, which is not the day before",
        starts,
        ends,
        help=[f"a year of whole weeks that ends on a `{last}` has weeks that start on `{right}`, which need not be said"],
        edit=_replacing(starts, right),
    )


def no_such_day(label: Label, month: str, day: int, last: int) -> Diagnostic:
    return error("wrong-shape", f"`{month} {day}` is no day: {month} has the days 1 to {last}", label)


# Bindings


def not_a_date(label: Label, text: str, key: str) -> Diagnostic:
    return error("wrong-shape", f"`{key}` is `{text}`; it should be a day such as `2026-10-17`", label)


def days_reversed(label: Label) -> Diagnostic:
    return error("wrong-shape", "`covers` ends before it begins", label, help=["it is written `first day to last day`"])


def only_with(label: Label, key: str, others: Iterable[str]) -> Diagnostic:
    return error("wrong-shape", f"`{key}` goes with {_listed(others)} only", label)


def table_missing(binding: Written[str]) -> Diagnostic:
    return missing_key(binding.label(), f"the binding `{binding.value}`", ("table",), "table: sales.orders")


def credentials_in_file(label: Label, key: str, is_table: bool) -> Diagnostic:
    return error(
        "credentials-in-file",
        f"`{key}` holds what looks like an address or credentials, which never stand in a file",
        label,
        help=[
            "put the connection string into an environment variable and name that: `connect: WAREHOUSE`",
            "a table is named with dots, such as `sales.orders`" if is_table else "",
        ],
    )
