"""EventBridge: the rules of a bus, and where an event goes that matches one.

Imports moto: only to be imported in the thread that serves it.

Source: Amazon EventBridge user guide, "Event bus targets", "Input transformation" and "Events from AWS services".
"""

import copy
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from jsonpath_ng.ext.parser import parse as parse_path
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from sandbox.aws_services.triggers.calls import CallFunction, function_call

__all__ = ["deliver", "send_to_targets"]

_logger = logging.getLogger(__name__)
_INTERNAL = ("ingestion-time", "replay-name")
"""Members the hosted code adds for itself."""


def send_to_targets(call: CallFunction) -> Any:
    """A ``Rule.send_to_targets`` that knows functions and topics, and whose failing targets fail nobody else.

    A disabled rule sends nothing, and one that has a schedule only waits for its time.
    """
    hosted = Rule.send_to_targets

    def send(self: Rule, original_event: Any, transform_input: bool = True) -> None:
        pattern = self.event_pattern
        if self.state != "ENABLED" or not pattern.get_pattern() or not pattern.matches_event(original_event):
            return
        deliver(self, original_event, call, hosted, transform_input)

    return send


def deliver(
    rule: Rule, event: Any, call: CallFunction, hosted: Callable[..., None], transform_input: bool = True
) -> None:
    """Send *event* to every target of *rule*; *hosted* is the hosted code's way to the targets that only it knows."""
    for target in rule.targets:
        try:
            if not _delivered(target, event, call):
                alone = copy.copy(rule)
                alone.targets = [target]
                hosted(alone, event, transform_input)
        except NotImplementedError:
            _logger.warning("%s: nothing is delivered to %s: such targets are not emulated", rule.arn, target["Arn"])
        except Exception as failure:  # noqa: BLE001 - delivery is asynchronous at AWS: PutEvents never fails for it
            _logger.warning("%s: the event could not be delivered to %s: %s", rule.arn, target["Arn"], failure)


def _delivered(target: dict[str, Any], event: dict[str, Any], call: CallFunction) -> bool:
    """Deliver to a kind of target that the hosted code does not know, or not exactly; ``False`` leaves it to that."""
    arn = target["Arn"]
    service = arn.split(":")[2]
    if service == "lambda":
        call(function_call(arn, _target_input(target, _public_event(event))))
        return True
    if service in {"sns", "sqs"}:
        given = _target_input(target, _public_event(event))
        text = given if isinstance(given, str) else json.dumps(given)
        _, _, _, region, account_id, name = arn.split(":")
        if service == "sns":
            sns_backends[account_id][region].publish(text, arn)
        else:
            group_id = target.get("SqsParameters", {}).get("MessageGroupId")
            sqs_backends[account_id][region].send_message(name, text, group_id=group_id)
        return True
    return False


def _public_event(event: dict[str, Any]) -> dict[str, Any]:
    """The event as a target gets it: its time in whole seconds, UTC."""
    moment = event["time"]
    if not isinstance(moment, str):
        moment = datetime.fromtimestamp(float(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {**{name: value for name, value in event.items() if name not in _INTERNAL}, "time": moment}


def _target_input(target: dict[str, Any], event: dict[str, Any]) -> Any:
    """What *target* is given instead of the whole event, if it says so: ``Input``, ``InputPath``, ``InputTransformer``."""
    if target.get("Input"):
        return json.loads(target["Input"])
    if target.get("InputPath"):
        found = parse_path(target["InputPath"]).find(event)
        return found[0].value if found else None
    transformer = target.get("InputTransformer")
    if transformer:
        known = {**event, "ingestion-time": event["time"]}
        return EventTemplateParser.parse(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), known)  # type: ignore[arg-type]  # moto's own TypedDict
    return event
