"""The two structures that most answers consist of, made of stored documents.

Nested structures stay documents: they are given back as they were taken. A member that is not declared here cannot
leave by accident: it is an error to make an answer of it.
"""

from collections.abc import Mapping
from typing import Any, Self

import msgspec
from msgspec import field

from sandbox.wire.operation import ResponseShape

__all__ = ["EventSourceMappingConfiguration", "FunctionConfiguration"]

Document = dict[str, Any]


class _StoredShape(ResponseShape, forbid_unknown_fields=True):
    @classmethod
    def of(cls, members: Mapping[str, Any]) -> Self:
        """Make the structure of its members on the wire."""
        return msgspec.convert(dict(members), cls)


class FunctionConfiguration(_StoredShape):
    """A function's settings and state. Source: esm §5.1."""

    function_name: str
    function_arn: str
    runtime: str | None = None
    role: str
    handler: str | None = None
    code_size: int
    description: str
    timeout: int
    memory_size: int
    last_modified: str
    code_sha256: str
    version: str
    vpc_config: Document | None = None
    dead_letter_config: Document | None = None
    environment: Document | None = None
    kms_key_arn: str | None = field(default=None, name="KMSKeyArn")
    tracing_config: Document
    revision_id: str
    state: str | None = None
    state_reason: str | None = None
    state_reason_code: str | None = None
    last_update_status: str | None = None
    last_update_status_reason: str | None = None
    last_update_status_reason_code: str | None = None
    layers: list[Document] | None = None
    file_system_configs: list[Document] | None = None
    package_type: str
    image_config_response: Document | None = None
    architectures: list[str]
    ephemeral_storage: Document
    snap_start: Document
    runtime_version_config: Document | None = None
    logging_config: Document


class EventSourceMappingConfiguration(_StoredShape):
    """A mapping's settings, state and latest result; one on a queue has fewer. Source: recorded-answers §1."""

    uuid: str = field(name="UUID")
    starting_position: str | None = None
    batch_size: int
    maximum_batching_window_in_seconds: int
    parallelization_factor: int | None = None
    event_source_arn: str
    filter_criteria: Document | None = None
    kms_key_arn: str | None = field(default=None, name="KMSKeyArn")
    metrics_config: Document | None = None
    scaling_config: Document | None = None
    function_arn: str
    last_modified: float
    last_processing_result: str | None = None
    state: str
    state_transition_reason: str
    destination_config: Document | None = None
    maximum_record_age_in_seconds: int | None = None
    bisect_batch_on_function_error: bool | None = None
    maximum_retry_attempts: int | None = None
    tumbling_window_in_seconds: int | None = None
    function_response_types: list[str]
    event_source_mapping_arn: str
