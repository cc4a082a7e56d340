"""Greets a customer who has just become a gold customer. Its filter lets only such records through."""


def lambda_handler(event, context):
    for record in event["Records"]:
        before = record["dynamodb"].get("OldImage", {})
        if "tier" in before:
            continue  # gold already
        customer = record["dynamodb"]["NewImage"]["customer"]["S"]
        print(f"{customer} is a gold customer now")
