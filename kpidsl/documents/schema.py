"""A table of keys to a JSON Schema (2020-12), for editors and for the explanation of what has the wrong shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kpidsl.documents.bindings_keys import BINDINGS
from kpidsl.documents.keys import DEFINITION
from kpidsl.documents.shapes import Key, Leaf, Shape

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLACEHOLDER = re.compile(r"\$\{[0-9]+:([^}]*)\}")


def definition_schema() -> Schema:
    """The schema of a definition file, as it stands in `grammar/definition.schema.json`."""
    return _document(DEFINITION, "KPI definitions", "Sources, dimensions, parameters, measures, KPIs, identities and tests.")


def data_schema() -> Schema:
    """The schema of `data.yaml`, as it stands in `grammar/data.schema.json`."""
    return _document(BINDINGS, "Data bindings", "Where the rows of each source are.")


def printed(schema: Schema) -> str:
    """The text of a schema file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _document(shape: Shape, title: str, description: str) -> Schema:
    return {"$schema": _DIALECT, "title": title, "description": description, **schema_of(shape)}


def schema_of(shape: Shape) -> Schema:
    """The schema of one shape; each kind of value is described by keywords that look at no other kind."""
    schema: Schema = {"type": _types(shape)}
    if shape.leaf is not None:
        schema |= _leaf(shape.leaf, alone=shape.items is None and not shape.is_mapping)
    if shape.items is not None:
        schema["items"] = {"title": _titled(shape.items), **schema_of(shape.items)}
    if shape.keys:
        schema |= _section(shape)
    if shape.entries is not None:
        entries = {"title": _titled(shape.entries), **schema_of(shape.entries)}
        schema |= {"propertyNames": {"pattern": shape.names}, "additionalProperties": entries}
    return schema


def _titled(shape: Shape) -> str:
    """What an editor calls one of several: `a KPI` is a `KPI`."""
    noun = shape.noun.removeprefix("an ").removeprefix("a ")
    return noun[0].upper() + noun[1:]


def _types(shape: Shape) -> str | list[str]:
    types = _scalar_types(shape.leaf) if shape.leaf else []
    if shape.items is not None:
        types.append("array")
    if shape.is_mapping:
        types.append("object")
    if shape.empty or (shape.leaf and shape.leaf.empty):
        types.append("null")
    return types[0] if len(types) == 1 else types


def _scalar_types(leaf: Leaf) -> list[str]:
    if leaf.whole:
        return ["integer"]
    return ["string"] if leaf.words or leaf.pattern else ["string", "number", "boolean"]


def _leaf(leaf: Leaf, alone: bool) -> Schema:
    if leaf.least is not None:
        return {"minimum": leaf.least}
    if leaf.pattern:
        return {"pattern": leaf.pattern}
    if not leaf.words:
        return {}
    choice = {
        "enum": list(leaf.words),
        "enumDescriptions": [meaning or word.capitalize() for word, meaning in leaf.words.items()],
    }
    if alone:
        return choice
    # Editors do not look behind `if` for what can be completed.
    snippets = [{"label": word, "description": meaning, "body": word} for word, meaning in leaf.words.items()]
    return {"if": {"type": "string"}, "then": choice, "defaultSnippets": snippets}


def _section(shape: Shape) -> Schema:
    schema: Schema = {"properties": {key.name: _property(key) for key in shape.keys}, "additionalProperties": False}
    required = [key.name for key in shape.keys if key.required]
    if required:
        schema["required"] = required
    some = shape.one_of or shape.some_of
    if some:
        # Only mappings have required keys: a short form passes.
        schema["anyOf"] = [{"required": [name]} for name in some]
    if shape.one_of:
        # `not` would refuse a short form, for which "required" says nothing and so holds.
        schema["dependentSchemas"] = {
            name: {"not": {"anyOf": [{"required": [other]} for other in shape.one_of[number:]]}}
            for number, name in enumerate(shape.one_of[:-1], 1)
        }
    return schema


def _property(key: Key) -> Schema:
    schema: Schema = {
        "title": key.title,
        "description": key.description,
        "markdownDescription": f"{key.description}\n\n```yaml\n{key.example}\n```",
    }
    schema["defaultSnippets"] = [_snippet(key)]
    return schema | schema_of(key.shape)


def _snippet(key: Key) -> Schema:
    """What an editor puts in after the key: for one value that of the example, to be typed over."""
    shape, example = key.shape, key.example.partition(": ")[2]
    if shape.leaf is None or shape.items is not None or shape.is_mapping:
        return {"label": key.example, "body": _body(key)}
    if shape.leaf.words:
        return {"label": example, "body": example}
    body = f"${{1:{example}}}" if key.snippet is None else key.snippet
    return {"label": _PLACEHOLDER.sub(r"\1", str(body)), "body": body}


def _body(key: Key) -> object:
    shape = key.shape
    if key.snippet is not None:
        return key.snippet
    if shape.keys and not shape.leaf:
        return _required_body(shape, 1)
    if shape.entries is not None:
        entry = shape.entries
        return {"${1:name}": _required_body(entry, 2) if any(key.required for key in entry.keys) and not entry.leaf else "$2"}
    if shape.items is not None and shape.leaf is None:
        return ["$1"]
    return "$1"


def _required_body(shape: Shape, first: int) -> Mapping[str, str]:
    """The keys that must be there, else one; places to fill are counted from `first`."""
    wanted = [key.name for key in shape.keys if key.required] or [*shape.one_of[:1], *shape.some_of[:1]]
    return {name: f"${number}" for number, name in enumerate(wanted or [shape.keys[0].name], first)}


def write(folder: Path) -> None:
    """Writes both schemas into a folder."""
    (folder / "definition.schema.json").write_text(printed(definition_schema()), encoding="utf-8")
    (folder / "data.schema.json").write_text(printed(data_schema()), encoding="utf-8")


if __name__ == "__main__":
    from kpidsl.shipped import folder

    write(folder("grammar"))
