from pathlib import Path

from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.exports import Export, ExportParameters, ExportPeriod
from sandbox.dynamodb.storage.store import Store

HERE = ("000000000000", "us-east-1")
ELSEWHERE = ("000000000000", "eu-west-1")


def export(number: int) -> Export:
    parameters = ExportParameters(table_arn="arn", bucket="b", period=ExportPeriod(begin=1.5))
    return Export(arn=f"arn/{number}", table_id="t", token="k", started=2.0, ended=3.0, parameters=parameters)


def test_exports_survive_in_a_data_folder(tmp_path: Path) -> None:
    """Newest first, each in its region."""
    database = Database(tmp_path)
    store = Store(database)
    with database.write():
        for number in (1, 2):
            store.exports.create(HERE, export(number))
    database.close()
    database = Database(tmp_path)
    kept = Store(database).exports
    assert kept.all(HERE) == [export(2), export(1)]
    assert kept.all(ELSEWHERE) == []
    database.close()
