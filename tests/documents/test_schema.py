"""The schemas and the reference page say what the tables of keys say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kpidsl.documents.bindings_keys import BINDINGS
from kpidsl.documents.compose import compose
from kpidsl.documents.keys import DEFINITION
from kpidsl.documents.reference import reference
from kpidsl.documents.schema import data_schema, definition_schema, printed, schema_of
from kpidsl.documents.shape import data
from kpidsl.documents.shapes import Key, Shape
from kpidsl.shipped import folder
from kpidsl.text import File

SCHEMAS = {"definition": definition_schema, "data": data_schema}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_grammar_folder_is_up_to_date(name: str) -> None:
    """To renew it: python -m kpidsl.documents.schema"""
    assert Path(folder("grammar"), f"{name}.schema.json").read_text(encoding="utf-8") == printed(SCHEMAS[name]())


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for below in schema.values():
            yield from properties(below)


@pytest.mark.parametrize("name", SCHEMAS)
def test_editors_are_told_about_every_key(name: str) -> None:
    for key, schema in properties(SCHEMAS[name]()):
        assert schema["title"] and schema["description"]
        assert f"```yaml\n{key}: " in schema["markdownDescription"]
        assert schema["defaultSnippets"][0]["body"] != ""
        if "enum" in schema:
            assert len(schema["enum"]) == len(schema["enumDescriptions"])


def keys(shape: Shape) -> Iterator[Key]:
    for key in shape.keys:
        yield key
        yield from keys(key.shape)
    for below in (shape.items, shape.entries):
        if below is not None:
            yield from keys(below)


KEYS = [*keys(DEFINITION), *keys(BINDINGS)]


@pytest.mark.parametrize("key", KEYS, ids=[key.example for key in KEYS])
def test_every_example_has_the_shape_that_it_shows(key: Key) -> None:
    root, found = compose(File("f.yaml", key.example))
    assert root is not None
    assert found == ()
    Draft202012Validator({"properties": {key.name: schema_of(key.shape)}, "additionalProperties": False}).validate(data(root))


def test_the_reference_lists_every_key_with_its_example() -> None:
    page = reference()
    for key in KEYS:
        assert f"| `{key.name}`" in page
        assert f"`{key.example}` |" in page


def test_the_reference_page_is_up_to_date() -> None:
    assert (Path(__file__).parents[2] / "docs" / "reference.md").read_text() == reference()
