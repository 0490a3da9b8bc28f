"""Every document is one that GitHub's own schema knows, costs what was meant, and publishes nothing."""

from __future__ import annotations

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, validate

from app.pending.news import MOST_THREADS
from app.platforms.github import graph
from tests.github_server.contract import schema

READING = {f"pending-{n}": graph.pending(n) for n in range(MOST_THREADS + 1)} | {"draft": graph.DRAFT}
WRITING = {"comment": graph.WRITE_COMMENT, "review": graph.WRITE_REVIEW}


@pytest.mark.parametrize("document", [*READING.values(), *WRITING.values()], ids=[*READING, *WRITING])
def test_github_knows_the_document(document: str) -> None:
    assert validate(schema(), parse(document)) == []


def test_only_two_documents_change_anything_and_neither_publishes() -> None:
    for document in READING.values():
        assert kinds(document) == [OperationType.QUERY]
    fields = []
    for document in WRITING.values():
        assert kinds(document) == [OperationType.MUTATION]
        [operation] = parse(document).definitions
        fields += [field.name.value for field in operation.selection_set.selections]
    assert fields == ["updatePullRequestReviewComment", "updatePullRequestReview"]


def kinds(document: str) -> list[OperationType]:
    return [one.operation for one in parse(document).definitions if isinstance(one, OperationDefinitionNode)]


def test_a_round_costs_one_point() -> None:
    """By GitHub's own reckoning: how many lists it goes through, by the hundred, rounded.

    https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#predicting-the-point-value-of-a-query
    """
    searches = 2 * (1 + graph.SEARCHED + graph.SEARCHED * 1)
    named = MOST_THREADS * (1 + 1 + 1 + 5)
    assert round((searches + named) / 100) == 1
