"""The documents of a release keep to their published schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from release_lake import facts, make_lake, released

from orchestration.settings import REPOSITORY

SCHEMAS = REPOSITORY / "docs" / "schemas"


def _validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    folder: Path = released(lake, facts("2022-9M@plain", fingerprint="a" * 64)).folder
    return {
        name: json.loads((folder / f"{name}.json").read_bytes()) for name in ("manifest", "audit", "release")
    }


@pytest.mark.parametrize("name", ["manifest", "audit", "release"])
def test_a_document_keeps_to_its_schema(documents: dict[str, dict[str, Any]], name: str) -> None:
    _validator(name).validate(documents[name])


@pytest.mark.parametrize("name", ["manifest", "audit", "release"])
def test_a_document_without_one_of_its_required_keys_breaks_its_schema(
    documents: dict[str, dict[str, Any]], name: str
) -> None:
    validator = _validator(name)
    for key in validator.schema["required"]:
        with pytest.raises(ValidationError):
            validator.validate({other: value for other, value in documents[name].items() if other != key})
