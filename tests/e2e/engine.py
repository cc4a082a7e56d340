"""The Docker engine of this machine, where one answers, and the image that tests run handlers in."""

from typing import Any

import docker
import docker.errors

__all__ = ["IMAGE", "find_engine"]

IMAGE = "serverless-sandbox-test/lambda:3"
"""Shaped as AWS's base images are; ``.ci/docker-image`` builds it from Debian's packages and AWS's own runtime client."""


def find_engine() -> tuple[Any, str]:
    """A client and an empty text, or ``None`` and what keeps the docker tests from running."""
    try:
        client = docker.from_env()
    except docker.errors.DockerException as error:
        return None, f"no Docker engine answers: {error}"
    try:
        client.images.get(IMAGE)
    except docker.errors.ImageNotFound:
        client.close()
        return None, f"a Docker engine answers, but it has no {IMAGE}: run .ci/docker-image"
    return client, ""
