import click
import pytest

from sandbox.cli.options import server_options, settings_of
from sandbox.config import Settings


def parsed(*arguments: str) -> Settings:
    """The settings that a command line asks for."""
    command = click.Command("serve", callback=lambda **options: settings_of(options, {}))
    with server_options(command).make_context("serve", list(arguments)) as context:
        settings = command.invoke(context)
    assert isinstance(settings, Settings)
    return settings


def test_tables_are_ready_at_once_unless_told() -> None:
    settings = parsed()
    assert settings.create_delay_seconds == settings.update_delay_seconds == 0.0
    assert settings.delete_delay_seconds == settings.index_delay_seconds == 0.0


def test_how_long_changes_of_tables_take() -> None:
    settings = parsed("--table-delay", "create=5", "--table-delay", "index=0.25")
    assert (settings.create_delay_seconds, settings.index_delay_seconds) == (5.0, 0.25)
    assert (settings.update_delay_seconds, settings.delete_delay_seconds) == (0.0, 0.0)


@pytest.mark.parametrize("text", ["create", "create=", "create=-1", "create=nan", "rename=5", "create=100000", "=5"])
def test_a_delay_that_is_none(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is not CHANGE=SECONDS, as in create=5"):
        parsed("--table-delay", text)
