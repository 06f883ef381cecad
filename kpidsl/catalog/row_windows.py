"""Windows on rows: `previous` of what depends on the period; all others look at values."""

from __future__ import annotations

from kpidsl.catalog import messages, row_messages
from kpidsl.catalog.core import Apply, Core, per_period
from kpidsl.catalog.durations import duration_constants
from kpidsl.catalog.expressions import read
from kpidsl.catalog.reading import Reading
from kpidsl.language import tree


def read_row_window(node: tree.Call, reading: Reading) -> Core | None:
    """`previous(x)` or `previous(x, 1 year)` on a row; None, reported, for other windows and other mistakes."""
    if node.function != "previous":
        reading.say(row_messages.window_on_rows(reading, node))
        return None
    if node.modifiers is not None or node.distinct:
        reading.say(messages.modifier_without_aggregate(reading, node))
        return None
    if len(node.arguments) > 2:
        reading.say(messages.wrong_number_of_arguments(reading, node, 1, 2))
        return None
    core = read(node.arguments[0], reading)
    shift = duration_constants(node.arguments[1], reading, "previous") if len(node.arguments) == 2 else ()
    if core is None or shift is None:
        return None
    if not per_period(core):
        reading.say(row_messages.same_in_every_period(reading, node))
        return None
    return Apply("previous", (core, *shift), unit=core.unit, type=core.type, span=node.span)
