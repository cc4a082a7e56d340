"""What an export may cover. Source: ack-api-quirks DDB-EXPORT-001, 003, 004.

That a period may not be longer than a day is said in words that are an assumption, and so is which of two faults is told.
"""

from sandbox.dynamodb.faults import InvalidExportTimeException, ValidationException
from sandbox.dynamodb.instants import instant_in_words
from sandbox.dynamodb.storage.exports import ExportParameters, ExportPeriod

__all__ = ["check_export_type", "check_period"]

_PERIOD_SECONDS_MIN = 900
_PERIOD_SECONDS_MAX = 86_400
_DIFFERENCE = "Difference between export period from time and export period to time is"


def check_export_type(parameters: ExportParameters, *, has_specification: bool) -> None:
    """Check that the type of an export fits its incremental specification.

    Raises:
        ValidationException: it does not.
    """
    if has_specification and parameters.type is None:
        raise _invalid(
            "Export Type expected to be Incremental Export when incremental export specification is provided"
        )
    if has_specification and parameters.type == "FULL_EXPORT":
        raise _invalid("When Export Type is Full Export , Incremental Export Specification should not be provided")
    if parameters.type == "INCREMENTAL_EXPORT" and not has_specification:
        raise _invalid("Incremental Export Specification expected when export type is set as Incremental Export")
    if has_specification and parameters.period is None:
        raise _invalid("ExportFromTime must be provided in IncrementalExportSpecification")


def check_period(period: ExportPeriod, created: float, now: float) -> None:
    """Check the period of an incremental export of a table *created* then.

    Raises:
        InvalidExportTimeException: there was no table yet, it is to come, or it is too short or too long.
    """
    end = now if period.end is None else period.end
    if period.begin < created:
        raise InvalidExportTimeException(
            "Incremental export period from time cannot be less than the table creation time : "
            f"{instant_in_words(period.begin)}"
        )
    if end > now:
        raise InvalidExportTimeException(
            f"Incremental export period to time cannot be greater than the current time : {instant_in_words(end)}"
        )
    if end - period.begin < _PERIOD_SECONDS_MIN:
        raise InvalidExportTimeException(f"{_DIFFERENCE} less than 15 minutes")
    if end - period.begin > _PERIOD_SECONDS_MAX:
        raise InvalidExportTimeException(f"{_DIFFERENCE} greater than 24 hours")


def _invalid(text: str) -> ValidationException:
    return ValidationException(f"Invalid Request: {text}")
