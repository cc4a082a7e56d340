"""Automatic scaling as it stands in requests; nothing is scaled. Source: the service model."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.parameters import PositiveLong
from sandbox.dynamodb.structure import Structure

__all__ = ["AutoScalingSettingsUpdate"]


class AutoScalingTargetTrackingScalingPolicyConfigurationUpdate(Structure):
    """Which share of the units is to be used."""

    disable_scale_in: bool | None = None
    scale_in_cooldown: int | None = None
    scale_out_cooldown: int | None = None
    target_value: float


class AutoScalingPolicyUpdate(Structure):
    """A policy by name."""

    policy_name: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    target_tracking_scaling_policy_configuration: AutoScalingTargetTrackingScalingPolicyConfigurationUpdate


class AutoScalingSettingsUpdate(Structure):
    """Within which bounds units are scaled, and by which policy."""

    minimum_units: PositiveLong | None = None
    maximum_units: PositiveLong | None = None
    auto_scaling_disabled: bool | None = None
    auto_scaling_role_arn: Annotated[str, Meta(min_length=1, max_length=1600)] | None = None
    scaling_policy_update: AutoScalingPolicyUpdate | None = None
