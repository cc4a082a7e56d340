"""``sandbox env``: what a shell needs to talk to a running sandbox."""

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json

__all__ = ["command"]


@click.command("env")
@asking_options
def command(endpoint: Endpoint, *, as_json: bool) -> None:
    """Print the variables by which SDKs and command lines find the sandbox: eval "$(sandbox env)"."""
    status = endpoint.get("status")
    variables = {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": status["account_id"],
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_access_key,
        "AWS_REGION": status["region"],
        "AWS_DEFAULT_REGION": status["region"],
    }
    if as_json:
        print_json(variables)
        return
    for name, value in variables.items():
        click.echo(f"export {name}={value}")
