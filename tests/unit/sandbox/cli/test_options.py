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


def test_origins_of_web_pages() -> None:
    assert parsed().allowed_origins == ()
    listed = ("http://localhost:3000", "https://page.test", "null", "file://", "*")
    assert parsed(*(word for origin in listed for word in ("--allow-origin", origin))).allowed_origins == listed


@pytest.mark.parametrize("text", ["", "localhost:3000", "http://localhost:3000/", "http://a,http://b", "http://u@a"])
def test_an_origin_that_is_none(text: str) -> None:
    """A page never sends such an Origin: a path or a name alone would silently let nobody in."""
    with pytest.raises(click.BadParameter, match=r"is not an origin, as in http://localhost:3000"):
        parsed("--allow-origin", text)
