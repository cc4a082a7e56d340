"""Which template a developer means who names none, and where it would be deployed."""

import configparser
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sandbox.project.samconfig import SamConfig

__all__ = ["TEMPLATE_NAMES", "account_id", "find_template", "region"]

TEMPLATE_NAMES: Final = ("template.yaml", "template.yml", "template.json")
"""In the order in which they are looked for, as SAM CLI does."""


def find_template(folder: Path, config: SamConfig) -> Path | None:
    """The template that ``samconfig.toml`` names, else the first of the usual names; ``None`` where there is none."""
    names = (*((config.template,) if config.template else ()), *TEMPLATE_NAMES)
    return next((folder / name for name in names if (folder / name).is_file()), None)


def account_id(environment: Mapping[str, str] = os.environ) -> str:
    """The account that calls made with these credentials go to: a 12-digit access key, else all zeros."""
    key = environment.get("AWS_ACCESS_KEY_ID", "")
    return key if re.fullmatch(r"\d{12}", key) else "000000000000"


def region(config: SamConfig, environment: Mapping[str, str] = os.environ) -> str:
    """The region the developer's own clients will use, so that they find the tables.

    In the order boto3 has it: the environment, the profile in ``~/.aws/config``; then ``samconfig.toml``, then us-east-1.
    """
    chosen = environment.get("AWS_DEFAULT_REGION") or environment.get("AWS_REGION")
    return chosen or _profile_region(environment) or config.region or "us-east-1"


def _profile_region(environment: Mapping[str, str]) -> str | None:
    path = Path(environment.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    profile = environment.get("AWS_PROFILE", "default")
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return None
    section = profile if profile == "default" else f"profile {profile}"
    return parser.get(section, "region", fallback=None)
