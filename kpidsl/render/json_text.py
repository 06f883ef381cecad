"""Values to JSON that is also safe to print: what a terminal would act on is written as an escape."""

from __future__ import annotations

import json

from kpidsl.visible import ACTIVE


def json_text(document: object) -> str:
    """A document, indented, with a line break at its end. JSON has no place for NaN: a ValueError, ours."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    # Outside of strings the only such character is the line break, and inside of them it is escaped already.
    return ACTIVE.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text) + "\n"
