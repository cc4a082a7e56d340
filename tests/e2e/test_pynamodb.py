"""PynamoDB with only the host changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from pynamodb.attributes import ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from sandbox.testing.embedded import EmbeddedSandbox


@pytest.fixture
def order(sandbox: EmbeddedSandbox) -> Iterator[Any]:
    """A model with an index, a version and nested attributes; its table exists."""

    class ByStatus(GlobalSecondaryIndex["Order"]):  # type: ignore[no-untyped-call]  # PynamoDB leaves it untyped
        class Meta:
            index_name = "by_status"
            projection = AllProjection()

        status = UnicodeAttribute(hash_key=True)
        total = NumberAttribute(range_key=True)

    class Order(Model):
        class Meta:
            table_name = "orders"
            host = sandbox.endpoint_url
            region = "us-east-1"
            billing_mode = "PAY_PER_REQUEST"
            aws_access_key_id = "test"
            aws_secret_access_key = "secret"

        customer = UnicodeAttribute(hash_key=True)
        number = NumberAttribute(range_key=True)
        status = UnicodeAttribute(default="open")
        total = NumberAttribute(default=0)
        lines: ListAttribute[Any] = ListAttribute(default=list)
        address: MapAttribute[str, Any] = MapAttribute(default=dict)  # type: ignore[no-untyped-call]  # as above
        version = VersionAttribute()
        by_status = ByStatus()

    Order.create_table(wait=True)
    yield Order
    Order.delete_table()


def test_save_get_update_delete(order: Any) -> None:
    order("ann", 1, total=5, lines=[{"sku": "a"}], address={"city": "Rome"}).save()
    read = order.get("ann", 1)
    assert (read.total, read.address["city"], read.lines[0]["sku"], read.version) == (5, "Rome", "a", 1)
    read.update(actions=[order.total.add(3), order.status.set("paid"), order.lines.set(order.lines.append(["b"]))])
    assert (read.total, read.status, len(read.lines)) == (8, "paid", 2)
    read.delete()
    with pytest.raises(DoesNotExist):
        order.get("ann", 1)


def test_queries_filters_and_cursors(order: Any) -> None:
    with order.batch_write() as batch:
        for number in range(30):
            batch.save(order("bob", number, total=number, status="open" if number % 2 else "paid"))
    assert [one.number for one in order.query("bob", order.number.between(3, 6))] == [3, 4, 5, 6]
    assert order.count("bob", filter_condition=order.total >= 25) == 5
    first = order.query("bob", limit=10)
    assert [one.number for one in first] == list(range(10))
    rest = order.query("bob", last_evaluated_key=first.last_evaluated_key)
    assert [one.number for one in rest] == list(range(10, 30))
    assert [one.total for one in order.by_status.query("open", order.total > 26)] == [27, 29]
    assert len(list(order.scan(order.status == "paid"))) == 15


def test_conditions_and_versions(order: Any) -> None:
    order("eve", 1).save()
    with pytest.raises(PutError):
        order("eve", 1).save(order.customer.does_not_exist())
    first, second = order.get("eve", 1), order.get("eve", 1)
    first.update(actions=[order.total.set(1)])
    with pytest.raises(UpdateError):
        second.update(actions=[order.total.set(2)])


def test_batches_and_transactions(order: Any, sandbox: EmbeddedSandbox) -> None:
    connection = Connection(region="us-east-1", host=sandbox.endpoint_url)
    connection.session.set_credentials("test", "secret")
    with TransactWrite(connection=connection) as transaction:
        transaction.save(order("tom", 1))
        transaction.save(order("tom", 2))
    assert sorted(one.number for one in order.batch_get([("tom", 1), ("tom", 2), ("tom", 3)])) == [1, 2]
