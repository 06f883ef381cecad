"""Functions on text, by their names in the core tree. Parts are found character by character; no character means another.

What is upper and lower case beyond ASCII is what the database says.
"""

from __future__ import annotations

from collections.abc import Callable

from kpidsl.catalog.core import Type
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.sql.sql import Function, Sql


def _test(spell: Callable[[Dialect, str, str], str]) -> Function:
    return lambda node, arguments, setting: Sql(spell(setting.dialect, arguments[0].text, arguments[1].text), Type.BOOLEAN)


def _spelled(name: str) -> Function:
    return lambda node, arguments, setting: Sql(f"{name}({arguments[0].text})", Type.TEXT)


TEXTS: dict[str, Function] = {
    "lower": _spelled("lower"),
    "upper": _spelled("upper"),
    "contains": _test(lambda dialect, text, part: dialect.contains(text, part)),
    "starts_with": _test(lambda dialect, text, part: dialect.starts_with(text, part)),
    "ends_with": _test(lambda dialect, text, part: dialect.ends_with(text, part)),
}
