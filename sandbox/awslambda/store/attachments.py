"""What hangs on a function and goes with it, as rows of the sandbox's database: aliases and the like."""

from collections.abc import Mapping
from typing import Any

import apsw
import msgspec

from sandbox.awslambda.store.ports import Attachment, AttachmentKind

__all__ = ["ATTACHMENT_SCHEMA", "AttachmentRows"]

ATTACHMENT_SCHEMA = """
CREATE TABLE IF NOT EXISTS lambda_attachments (
    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, qualifier TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, region, name, kind, qualifier)
) WITHOUT ROWID;
"""

_COLUMNS = "account, region, name, kind, qualifier, document"


class AttachmentRows:
    """An ``AttachmentStore``."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def get(
        self, kind: AttachmentKind, account_id: str, region: str, name: str, qualifier: str
    ) -> Mapping[str, Any] | None:
        """One document, or ``None``."""
        rows = self._connection.execute(
            "SELECT document FROM lambda_attachments "
            "WHERE account = ? AND region = ? AND name = ? AND kind = ? AND qualifier = ?",
            (account_id, region, name, kind, qualifier),
        )
        for (document,) in rows:
            found: dict[str, Any] = msgspec.json.decode(document)
            return found
        return None

    def put(self, attachment: Attachment) -> None:
        """Add or replace."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO lambda_attachments ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own column names
            (
                attachment.account_id,
                attachment.region,
                attachment.name,
                attachment.kind,
                attachment.qualifier,
                msgspec.json.encode(attachment.document).decode(),
            ),
        )

    def delete(
        self,
        account_id: str,
        region: str,
        name: str,
        *,
        kind: AttachmentKind | None = None,
        qualifier: str | None = None,
    ) -> None:
        """Remove what *kind* and *qualifier* leave over; ``None`` means any. The numbering always stays."""
        self._connection.execute(
            "DELETE FROM lambda_attachments WHERE account = ? AND region = ? AND name = ? AND kind <> 'numbering' "
            "AND kind = ifnull(?, kind) AND qualifier = ifnull(?, qualifier)",
            (account_id, region, name, kind, qualifier),
        )

    def of_function(self, kind: AttachmentKind, account_id: str, region: str, name: str) -> list[Attachment]:
        """All of one kind on one function, by qualifier."""
        return self._select(
            "WHERE account = ? AND region = ? AND name = ? AND kind = ? ORDER BY qualifier",
            (account_id, region, name, kind),
        )

    def everything(self, kind: AttachmentKind) -> list[Attachment]:
        """All of one kind, of all accounts and regions."""
        return self._select("WHERE kind = ? ORDER BY account, region, name, qualifier", (kind,))

    def _select(self, clauses: str, bindings: tuple[str, ...]) -> list[Attachment]:
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM lambda_attachments {clauses}", bindings)  # noqa: S608 - clauses are literals of this module
        return [
            Attachment(
                account_id=account,
                region=region,
                name=name,
                kind=kind,
                qualifier=qualifier,
                document=msgspec.json.decode(document),
            )
            for account, region, name, kind, qualifier, document in rows
        ]
