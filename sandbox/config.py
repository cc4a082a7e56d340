"""Settings of one sandbox: a frozen record, built from flags and environment by the command line or by a test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Settings"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be chosen at start.

    Attributes:
        host: where to listen; loopback unless the user says otherwise.
        port: 0 takes a free one.
        data_folder: where everything survives; ``None`` keeps all in memory.
        durability: ``full`` (nothing acknowledged is ever lost) or ``normal`` (may lose the last moments on power loss);
            without a data folder it has no meaning.
        runtime: ``process``, ``in-process`` or ``docker``.
        images: with ``docker``, images by runtime identifier, instead of AWS's own.
        python: the user's interpreter for workers; ``None`` finds it (project ``.venv``, ``VIRTUAL_ENV``, our own).
        debug_port: with ``process`` and ``docker``, where a debugger finds the worker of the first function, the next ports those
            of the others; ``None`` lets none in.
        debug_wait: load handlers only when a debugger is attached.
        project_folder: the root that function code may be read from, besides *code_folders*.
        hold_unloadable_code: development mode: code that cannot be loaded holds its batch instead of using up retries.
        watch_code: reload a function when a file of its code folder is saved.
        ignored_names: names of files and folders, with wildcards, whose changes reload nothing.
        remove_expired_items: the TTL sweeper runs.
        create_delay_seconds, update_delay_seconds, delete_delay_seconds, index_delay_seconds: how long a table is CREATING,
            UPDATING or DELETING, and how long an index takes any of these; at once unless told.
        stream_shards: how many shards a new stream begins with.
        split_records_per_second: a shard that took as many records within a second is split in two; ``None`` never.
        pause_loops: pause a mapping whose function feeds its own stream.
        error_probability, read_error_probability, write_error_probability: how often requests to DynamoDB that come
            over HTTP are refused for want of capacity, from 0.0 to 1.0.
        chaos_seed: repeats the choice of those requests; ``None`` chooses anew each time.
        allowed_hosts: further Host names to answer, besides loopback names.
        allowed_origins: web pages of other origins to answer; ``null`` is a page without one, ``*`` is any page.
        signatures: ``shape`` (there, and complete), ``strict`` (made with *secret_access_key*, and not long ago) or ``off``
            (requests may be unsigned).
        secret_access_key: what functions and own clients sign with; the access key is the account's id.
        environment: variables added to every function.
        default_region: the region of functions and tables made from a template.
    """

    host: str = "127.0.0.1"
    port: int = 4566
    data_folder: Path | None = None
    durability: str = "full"
    runtime: str = "process"
    images: Mapping[str, str] = field(default_factory=dict)
    python: Path | None = None
    debug_port: int | None = None
    debug_wait: bool = False
    project_folder: Path = field(default_factory=Path.cwd)
    code_folders: tuple[Path, ...] = ()
    hold_unloadable_code: bool = False
    watch_code: bool = True
    ignored_names: tuple[str, ...] = ()
    remove_expired_items: bool = True
    create_delay_seconds: float = 0.0
    update_delay_seconds: float = 0.0
    delete_delay_seconds: float = 0.0
    index_delay_seconds: float = 0.0
    stream_shards: int = 1
    split_records_per_second: int | None = None
    pause_loops: bool = True
    error_probability: float = 0.0
    read_error_probability: float = 0.0
    write_error_probability: float = 0.0
    chaos_seed: int | None = None
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    signatures: str = "shape"
    secret_access_key: str = field(default="sandbox", repr=False)
    environment: Mapping[str, str] = field(default_factory=dict)
    default_account_id: str = "000000000000"
    default_region: str = "us-east-1"
