from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.totals import Totals


def test_totals_are_counted_once_until_something_changes() -> None:
    """Whoever waits for a table describes it over and over, and counting walks all its rows."""
    connection = Database().connection
    connection.execute("CREATE TABLE rows (key, size)")
    connection.execute("INSERT INTO rows VALUES (1, 10), (2, 20)")
    totals = Totals(connection, "rows")
    seen: list[str] = []

    def watch(_cursor: object, statement: str, _bindings: object) -> bool:
        seen.append(statement)
        return True

    connection.exec_trace = watch
    assert [totals.count(), totals.count()] == [(2, 30), (2, 30)]
    assert len(seen) == 1
    connection.execute("DELETE FROM rows WHERE key = 1")
    assert totals.count() == (1, 20)
    connection.execute("DELETE FROM rows")
    assert totals.count() == (0, 0)
