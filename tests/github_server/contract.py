"""GitHub's own descriptions: of its REST API (npm ``@octokit/openapi``) and of its GraphQL schema (``@octokit/graphql-schema``).

Both are installed for the tests and not part of the project. Every REST request that reaches the fake is compared with the
first, and so is every answer of the fake; documents are validated against, and executed on, the second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs
import pytest
from graphql import GraphQLSchema, build_schema

NPM: Final = Path(__file__).parents[1] / "node_modules" / "@octokit"
OPENAPI: Final = NPM / "openapi" / "generated" / "api.github.com.json"
SCHEMA: Final = NPM / "graphql-schema" / "schema.graphql"


@cache
def schema() -> GraphQLSchema:
    if not SCHEMA.is_file():
        pytest.skip("GitHub's GraphQL schema is not installed: npm ci --prefix tests")
    return build_schema(SCHEMA.read_text(), assume_valid=True)


@cache
def description() -> dict[str, Any]:
    if not OPENAPI.is_file():
        pytest.skip("GitHub's OpenAPI description is not installed: npm ci --prefix tests")
    return _nullable(json.loads(OPENAPI.read_text()))  # type: ignore[no-any-return]


def _nullable(node: Any) -> Any:
    """JSON Schema has no ``nullable``, which OpenAPI 3.0 writes instead of the type ``null``."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _nullable(value) for name, value in node.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """Paths as patterns; those with fewer variables first, so that ``/user/installations`` is not somebody called that."""
    paths = sorted(description()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))), path) for path in paths]


@cache
def _validator(where: str) -> Any:
    """Of the schema at a JSON pointer of the description."""
    return jsonschema_rs.validator_for({"$ref": f"urn:github#{quote(where, safe='/~')}"}, registry=_registry())


@cache
def _registry() -> Any:
    return jsonschema_rs.Registry([("urn:github", description())], draft=jsonschema_rs.Draft202012)


def _pointer(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def problems(method: str, path: str, query: Mapping[str, str], body: bytes) -> list[str]:
    """How a request differs from what GitHub describes; empty where it does not."""
    found = _operation(method, path)
    if found is None:
        return [f"{method} {path} is not described"]
    template, operation, captured = found
    wrong = []
    known = {(p["in"], p["name"]): p["schema"] for p in map(_resolved, operation.get("parameters", ()))}
    for place, given in (("path", captured), ("query", query)):
        for name, value in given.items():
            if (place, name) not in known:
                wrong.append(f"{place} parameter {name} is not described")
            elif not _fits(known[place, name], value):
                wrong.append(f"{place} parameter {name} is not as described")
    wrong += [
        f"{place} parameter {name} is missing"
        for (place, name) in known
        if place == "query" and name not in query and _required(operation, name)
    ]
    request = operation.get("requestBody")
    if request is None:
        return wrong + (["a body, where none is described"] if body.strip() else [])
    if not body.strip():
        return wrong + (["the body is missing"] if request.get("required") else [])
    where = _pointer("paths", template, method.lower(), "requestBody", "content", "application/json", "schema")
    return wrong + [f"body: {error.message}" for error in _validator(where).iter_errors(json.loads(body))]


def answer_problems(method: str, path: str, status: int, body: bytes) -> list[str]:
    """How an answer of the fake differs from what GitHub describes for that status."""
    found = _operation(method, path)
    if found is None:
        return []
    template, operation, _ = found
    answer = operation["responses"].get(str(status))
    if answer is None:
        return [f"{status} is not described for {method} {template}"] if status < 400 else []
    if "$ref" in answer:
        where = answer["$ref"].removeprefix("#")
        answer = _resolved(answer)
    else:
        where = _pointer("paths", template, method.lower(), "responses", str(status))
    if "application/json" not in answer.get("content", {}) or not body.strip():
        return []
    where += _pointer("content", "application/json", "schema")
    return [
        f"{list(error.instance_path)}: {error.message}" for error in _validator(where).iter_errors(json.loads(body))
    ]


def _operation(method: str, path: str) -> tuple[str, dict[str, Any], dict[str, str]] | None:
    for pattern, template in _templates():
        matched = pattern.fullmatch(path)
        if matched and method.lower() in description()["paths"][template]:
            return template, description()["paths"][template][method.lower()], matched.groupdict()
    return None


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = description()
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found  # type: ignore[no-any-return]


def _required(operation: dict[str, Any], name: str) -> bool:
    return any(p["name"] == name and p.get("required") for p in map(_resolved, operation.get("parameters", ())))


def _fits(schema: dict[str, Any], value: str) -> bool:
    """A parameter is text on the way; it may mean a number or a truth value."""
    meant: list[Any] = [value]
    if value.lstrip("-").isdecimal():
        meant.append(int(value))
    if value in ("true", "false"):
        meant.append(value == "true")
    whole = {**schema, "components": description()["components"]} if "$ref" in json.dumps(schema) else schema
    return any(jsonschema_rs.is_valid(whole, one) for one in meant)
