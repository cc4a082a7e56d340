"""Say it where a client asks for a table in the wrong region or account: the answer is AWS's, and explains nothing."""

import logging

from sandbox.dynamodb.storage.store import Store

__all__ = ["tell_where_it_is"]

_TOLD_MAX = 1_000
_log = logging.getLogger(__name__)


def tell_where_it_is(store: Store, account_id: str, region: str, name: str) -> None:
    """Log once where the table *name* is that was asked for in *account_id* and *region*; nothing where it is nowhere."""
    asked = (account_id, region, name)
    if asked in store.asked_in_vain or len(store.asked_in_vain) >= _TOLD_MAX:
        return
    found = [table.definition for table in store.all_tables() if table.definition.name == name]
    if not found:
        return
    store.asked_in_vain.add(asked)
    # Of several the one in the same account: the region is what is mistaken most often.
    there = min(found, key=lambda one: (one.account_id != account_id, one.region))
    if there.account_id == account_id:
        remedy = f"make the client with region {there.region}, or set AWS_DEFAULT_REGION={there.region}"
        _log.warning("The table %s was asked for in %s, and is in %s: %s.", name, region, there.region, remedy)
    else:
        remedy = "an access key of twelve digits names an account, any other the sandbox's own"
        _log.warning(
            "The table %s was asked for in account %s, and is in account %s: %s.",
            name,
            account_id,
            there.account_id,
            remedy,
        )
