"""Adds each new order to its customer's total, exactly once however often a record is delivered."""

import os

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError
from greeting import receipt

totals = boto3.resource("dynamodb").Table(os.environ["TOTALS_TABLE"])
gold_from = int(os.environ["GOLD_FROM"])
deserialize = TypeDeserializer().deserialize


def lambda_handler(event, context):
    failures = []
    for record in event["Records"]:
        order = {name: deserialize(value) for name, value in record["dynamodb"]["NewImage"].items()}
        try:
            spent = add_to_total(order)
        except KeyError as missing:
            print(f"order without {missing}, asking for it again")
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
            break  # what follows must wait its turn
        if spent is not None:
            print(receipt(order, spent))
    return {"batchItemFailures": failures}


def add_to_total(order):
    """The customer's new total, or None where this order was counted before (streams deliver at least once)."""
    try:
        answer = totals.update_item(
            Key={"customer": order["customer"]},
            UpdateExpression="ADD spent :amount, order_ids :order",
            ConditionExpression="attribute_not_exists(order_ids) OR NOT contains(order_ids, :order_id)",
            ExpressionAttributeValues={
                ":amount": order["amount"],
                ":order": {order["order_id"]},
                ":order_id": order["order_id"],
            },
            ReturnValues="ALL_NEW",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return None
        raise
    total = answer["Attributes"]
    if total["spent"] >= gold_from and "tier" not in total:
        totals.update_item(
            Key={"customer": order["customer"]},
            UpdateExpression="SET tier = :gold",
            ExpressionAttributeValues={":gold": "gold"},
        )
    return total["spent"]
