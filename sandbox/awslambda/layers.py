"""Layers: found by name or ARN, given to functions, and kept for as long as a function has them.

Source: AWS developer guide, "Adding layers to functions"; API reference, DeleteLayerVersion. The sentences of the
refusals, but for those marked *recalled*: keithrozario/Klayers#76, DataDog/serverless-plugin-datadog#195,
TotalTechGeek/elysia-lambda#2, serverlesspub/ffmpeg-aws-lambda-layer#23, bento-video/bento#1.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from sandbox.arn import layer_arn
from sandbox.awslambda.faults import InvalidParameterValueException, ResourceNotFoundException
from sandbox.awslambda.limits import UNPACKED_BYTES_MAX
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import CodeReference, StoredLayer

__all__ = [
    "LAYERS_MAX",
    "check_sizes",
    "codes_of_layers",
    "found_layer",
    "place_of",
    "release_layers",
    "version_arn",
    "with_layers",
]

LAYERS_MAX = 5

_MISSING = "The resource you requested does not exist."

Place = tuple[str, str, str]
"""Account id, region, name of a layer."""


def place_of(scope: LambdaScope, layer_name: str) -> Place:
    """Read a layer's name or ARN as this account and region see it."""
    if not layer_name.startswith("arn:"):
        return scope.account_id, scope.region, layer_name
    _, _, _, region, account_id, _, name = layer_name.split(":")[:7]
    return account_id, region, name


def version_arn(layer: StoredLayer) -> str:
    """The ARN that ends with the version's number."""
    return f"{layer_arn(layer.region, layer.account_id, layer.name)}:{layer.version}"


def found_layer(scope: LambdaScope, layer_name: str, version: int) -> StoredLayer:
    """The layer version that *layer_name*, a name or an ARN without a version, and *version* name.

    Raises:
        InvalidParameterValueException: versions begin with 1 (recalled).
        ResourceNotFoundException: there is none.
    """
    if version < 1:
        raise InvalidParameterValueException("Layer Version Cannot be less than 1.")
    layer = scope.store.layers.get(*place_of(scope, layer_name), version)
    if layer is None or layer.deleted:
        raise ResourceNotFoundException(_MISSING)
    return layer


def with_layers(
    scope: LambdaScope, configuration: dict[str, Any], version_arns: Sequence[str] | None
) -> dict[str, Any]:
    """Give a function these layers; ``None`` leaves those that it has, an empty list takes them away.

    Raises:
        InvalidParameterValueException: more than five, two versions of one layer, or one that is not there.
    """
    if version_arns is None:
        return configuration
    kept = {member: value for member, value in configuration.items() if member != "Layers"}
    if not version_arns:
        return kept
    if len(version_arns) > LAYERS_MAX:
        raise InvalidParameterValueException(f"Cannot reference more than {LAYERS_MAX} layers.")
    _refuse_twins(version_arns)
    before = {layer["Arn"]: layer for layer in configuration.get("Layers", ())}
    return {**kept, "Layers": [before.get(arn) or _described(scope, arn) for arn in version_arns]}


def codes_of_layers(scope: LambdaScope, configuration: Mapping[str, Any]) -> list[CodeReference]:
    """Where the code of a function's layers lies, in the function's order."""
    layers = (_stored(scope, layer["Arn"]) for layer in configuration.get("Layers", ()))
    return [layer.code for layer in layers if layer is not None and layer.code is not None]


def check_sizes(scope: LambdaScope, configuration: Mapping[str, Any], code: CodeReference) -> None:
    """Refuse a function that is too large together with its layers; folders of the user's are not measured.

    Raises:
        InvalidParameterValueException: more than 250 MB unpacked.
    """
    layers_bytes = sum(layer.unpacked_size for layer in codes_of_layers(scope, configuration))
    if layers_bytes > UNPACKED_BYTES_MAX:
        raise InvalidParameterValueException(
            f"Layers consume more than the available size of {UNPACKED_BYTES_MAX} bytes"
        )
    all_bytes = layers_bytes + code.unpacked_size
    if all_bytes > UNPACKED_BYTES_MAX:
        raise InvalidParameterValueException(
            f"Function code combined with layers exceeds the maximum allowed size of {UNPACKED_BYTES_MAX} bytes. "
            f"The actual size is {all_bytes} bytes."
        )


def release_layers(scope: LambdaScope, version_arns: Iterable[str]) -> None:
    """Let the code go of those among *version_arns* that are deleted and that no function has any more."""
    deleted = {}
    for arn in version_arns:
        layer = _stored(scope, arn)
        if layer is not None and layer.deleted and layer.code is not None:
            deleted[arn] = layer
    if not deleted:
        return
    functions = scope.store.functions.everything()
    in_use = {layer["Arn"] for function in functions for layer in function.configuration.get("Layers", ())}
    for arn, layer in deleted.items():
        if arn not in in_use and layer.code is not None:
            with scope.store.change():
                scope.store.layers.put(msgspec.structs.replace(layer, code=None))
            scope.code.retire(layer.code)


def _refuse_twins(version_arns: Sequence[str]) -> None:
    first_of: dict[str, str] = {}
    for arn in version_arns:
        first = first_of.setdefault(arn.rpartition(":")[0], arn)
        if first is not arn:
            raise InvalidParameterValueException(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{first} and {arn} are versions of the same layer."
            )


def _described(scope: LambdaScope, arn: str) -> dict[str, Any]:
    region = arn.split(":")[3]
    if region and region != scope.region:
        raise InvalidParameterValueException(
            f"Layers are not in the same region as the function. Layers are expected to be in region {scope.region}."
        )
    layer = _stored(scope, arn)
    if layer is None or layer.deleted or layer.code is None:
        raise InvalidParameterValueException(f"Layer version {arn} does not exist.")
    return {"Arn": arn, "CodeSize": layer.code.size}


def _stored(scope: LambdaScope, arn: str) -> StoredLayer | None:
    """The version of this ARN, whoever's it is: nobody is refused for want of a permission."""
    parts = arn.split(":")
    if parts[5] != "layer" or not parts[-1].isdecimal():
        return None  # one of AWS's own: arn:aws:lambda:::awslayer:NAME
    return scope.store.layers.get(parts[4], parts[3], parts[6], int(parts[7]))
