"""The two tables as infra/data.py declares them, in moto."""

from __future__ import annotations

from typing import Any

REGION = "eu-central-1"


def create_tables(dynamodb: Any, before: str = "") -> None:
    """`objects` with its index, and `access`; `before` stands before both names."""
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    index = {
        "IndexName": "by-creation",
        "KeySchema": [
            {"AttributeName": "collection", "KeyType": "HASH"},
            {"AttributeName": "created", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["owner", "tenant", "last_updated"]},
    }
    dynamodb.create_table(
        TableName=f"{before}access",
        KeySchema=keys,
        AttributeDefinitions=_text("pk", "sk"),
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.create_table(
        TableName=f"{before}objects",
        KeySchema=keys,
        AttributeDefinitions=_text("pk", "sk", "collection", "created"),
        GlobalSecondaryIndexes=[index],
        BillingMode="PAY_PER_REQUEST",
    )


def _text(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]
