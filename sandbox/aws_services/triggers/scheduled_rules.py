"""EventBridge: the rules that have a schedule, which the hosted code keeps and never runs.

Imports moto: only to be imported in the thread that serves it.

Source: Amazon EventBridge user guide, "Creating an Amazon EventBridge rule that runs on a schedule", the example event.
"""

from typing import Any

from moto.events.models import Rule, events_backends
from moto.moto_api._internal import mock_random

from sandbox.aws_services.schedules import ScheduledRule
from sandbox.aws_services.triggers.calls import CallFunction
from sandbox.aws_services.triggers.hooks import functions_in_reach
from sandbox.aws_services.triggers.rules import deliver

__all__ = ["fire", "scheduled_rules"]


def scheduled_rules() -> frozenset[ScheduledRule]:
    """Every enabled rule with a schedule, of all accounts and regions."""
    return frozenset(
        ScheduledRule(arn=rule.arn, expression=rule.scheduled_expression)
        for rule in _rules()
        if rule.scheduled_expression and rule.state == "ENABLED"
    )


def fire(arn: str, moment: float, call: CallFunction) -> None:
    """Send what a schedule sends to the targets of a rule; nothing where there is no such rule any more."""
    hosted = Rule.send_to_targets
    with functions_in_reach(call):
        for rule in _rules():
            if rule.arn == arn:
                event: dict[str, Any] = {
                    "version": "0",
                    "id": str(mock_random.uuid4()),
                    "detail-type": "Scheduled Event",
                    "source": "aws.events",
                    "account": rule.account_id,
                    "time": moment,
                    "region": rule.region_name,
                    "resources": [rule.arn],
                    "detail": {},
                    "ingestion-time": moment,
                }
                deliver(rule, event, call, hosted)


def _rules() -> list[Rule]:
    return [
        rule
        for regions in events_backends.values()
        for backend in regions.values()
        for bus in backend.event_buses.values()
        for rule in bus.rules.values()
    ]
