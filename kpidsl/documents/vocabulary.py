"""The kinds of values and the keys that several tables of keys name."""

from __future__ import annotations

from kpidsl.documents.shapes import NAME, Key, leaf, many, named, words
from kpidsl.periods.grain import Grain

TEXT = leaf("text")
TEXTS = many("a list of texts", TEXT)
REFERENCE = leaf("a name")
FORMULA = leaf("a formula")
UNIT = leaf("a unit")
VALUE = leaf("a value")
GRAIN = words("a grain", dict.fromkeys((grain.value for grain in Grain), ""))
SETTINGS = named("values by name", VALUE, NAME)
CITE = Key("cite", "The source of the figure or of the definition.", 'cite: "2026 plan"', TEXT)


def description(of: str, example: str) -> Key:
    """The key for a sentence on what something is."""
    return Key("description", f"{of}, in a sentence.", f"description: {example}", TEXT)
