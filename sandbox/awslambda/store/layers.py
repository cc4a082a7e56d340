"""Layer versions as rows of the sandbox's database."""

from collections.abc import Sequence

import apsw
import msgspec

from sandbox.awslambda.store.ports import StoredLayer

__all__ = ["LAYER_SCHEMA", "LayerRows"]

LAYER_SCHEMA = """
CREATE TABLE IF NOT EXISTS lambda_layers (
    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, layer TEXT NOT NULL,
    PRIMARY KEY (account, region, name, version)
) WITHOUT ROWID;
"""


class LayerRows:
    """A ``LayerStore``."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def get(self, account_id: str, region: str, name: str, version: int) -> StoredLayer | None:
        """One version, or ``None``."""
        found = self._select(
            "WHERE account = ? AND region = ? AND name = ? AND version = ?", (account_id, region, name, version)
        )
        return found[0] if found else None

    def put(self, layer: StoredLayer) -> None:
        """Add or replace one version."""
        self._connection.execute(
            "INSERT OR REPLACE INTO lambda_layers (account, region, name, version, layer) VALUES (?, ?, ?, ?, ?)",
            (layer.account_id, layer.region, layer.name, layer.version, msgspec.json.encode(layer).decode()),
        )

    def versions(self, account_id: str, region: str, name: str) -> list[StoredLayer]:
        """All versions, newest first."""
        return self._select(
            "WHERE account = ? AND region = ? AND name = ? ORDER BY version DESC", (account_id, region, name)
        )

    def of_account(self, account_id: str, region: str) -> list[StoredLayer]:
        """All versions of all layers, by name, newest first."""
        return self._select("WHERE account = ? AND region = ? ORDER BY name, version DESC", (account_id, region))

    def everything(self) -> list[StoredLayer]:
        """All versions of all accounts and regions."""
        return self._select("ORDER BY account, region, name, version")

    def _select(self, clauses: str, bindings: Sequence[str | int] = ()) -> list[StoredLayer]:
        rows = self._connection.execute(f"SELECT layer FROM lambda_layers {clauses}", bindings)  # noqa: S608 - clauses are literals of this module
        return [msgspec.json.decode(layer, type=StoredLayer) for (layer,) in rows]
