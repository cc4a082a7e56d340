"""The Lambda operations that are written; ``sandbox/catalog.py`` sets them beside those of the service model."""

from typing import Any

from sandbox.awslambda.operations.account.get_account_settings import get_account_settings
from sandbox.awslambda.operations.functions.create_function import create_function
from sandbox.awslambda.operations.functions.delete_function import delete_function
from sandbox.awslambda.operations.functions.delete_function_concurrency import delete_function_concurrency
from sandbox.awslambda.operations.functions.get_function import get_function
from sandbox.awslambda.operations.functions.get_function_concurrency import get_function_concurrency
from sandbox.awslambda.operations.functions.get_function_configuration import get_function_configuration
from sandbox.awslambda.operations.functions.invoke import invoke
from sandbox.awslambda.operations.functions.list_functions import list_functions
from sandbox.awslambda.operations.functions.list_versions_by_function import list_versions_by_function
from sandbox.awslambda.operations.functions.publish_version import publish_version
from sandbox.awslambda.operations.functions.put_function_concurrency import put_function_concurrency
from sandbox.awslambda.operations.functions.update_function_code import update_function_code
from sandbox.awslambda.operations.functions.update_function_configuration import update_function_configuration
from sandbox.awslambda.operations.mappings.create_event_source_mapping import create_event_source_mapping
from sandbox.awslambda.operations.mappings.delete_event_source_mapping import delete_event_source_mapping
from sandbox.awslambda.operations.mappings.get_event_source_mapping import get_event_source_mapping
from sandbox.awslambda.operations.mappings.list_event_source_mappings import list_event_source_mappings
from sandbox.awslambda.operations.mappings.update_event_source_mapping import update_event_source_mapping
from sandbox.awslambda.operations.tags.list_tags import list_tags
from sandbox.awslambda.operations.tags.tag_resource import tag_resource
from sandbox.awslambda.operations.tags.untag_resource import untag_resource
from sandbox.wire.operation import Operation

__all__ = ["WRITTEN"]

WRITTEN: tuple[Operation[Any], ...] = (
    get_account_settings,
    create_function,
    delete_function,
    delete_function_concurrency,
    get_function,
    get_function_concurrency,
    get_function_configuration,
    invoke,
    list_functions,
    list_versions_by_function,
    publish_version,
    put_function_concurrency,
    update_function_code,
    update_function_configuration,
    create_event_source_mapping,
    delete_event_source_mapping,
    get_event_source_mapping,
    list_event_source_mappings,
    update_event_source_mapping,
    list_tags,
    tag_resource,
    untag_resource,
)
