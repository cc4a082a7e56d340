"""A template of the project, deployed into a test's own sandbox."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.project.api import Api
from sandbox.project.apply import apply
from sandbox.project.find import TEMPLATE_NAMES, find_template
from sandbox.project.load import load_project
from sandbox.project.problem import Problems, did_you_mean
from sandbox.project.project import Function, Project, ServiceResource, Table
from sandbox.project.references import Surroundings
from sandbox.project.samconfig import read_samconfig
from sandbox.project.template import load_template

__all__ = ["deploy_template"]

__tracebackhide__ = True  # pytest: a mistake in a template is shown in the test that deploys it


async def deploy_template(
    sandbox: Api,
    given: str | Path,
    parameters: Mapping[str, str],
    *,
    folders: Sequence[Path],
    account_id: str,
    region: str,
) -> dict[str, str]:
    """Make what a template declares; gives the names of its tables, functions and other resources by their logical ids.

    *given* is the template or its folder, looked for in *folders*. *parameters* win over those of ``samconfig.toml``.

    Raises:
        FileNotFoundError: there is no such template; the text says where it was looked for.
        TemplateFault: it cannot be used, told with its lines.
        TypeError: it has no parameter of such a name.
    """
    path = _find(given, folders)
    _check_parameters(path, parameters)
    config = read_samconfig(path.parent)
    project = load_project(
        path,
        overrides={**config.parameters, **parameters},
        surroundings=Surroundings(account_id=account_id, region=region, stack_name=config.stack_name or "sandbox"),
    )
    await apply(project, sandbox)
    return _names(project)


def _find(given: str | Path, folders: Sequence[Path]) -> Path:
    candidates = [folder / given for folder in dict.fromkeys(folders)]
    for candidate in candidates:
        found = find_template(candidate, read_samconfig(candidate)) if candidate.is_dir() else candidate
        if found is not None and found.is_file():
            return found.resolve()
    places = ", ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"no template ({', '.join(TEMPLATE_NAMES)}) at {given}: looked for {places}")


def _check_parameters(path: Path, parameters: Mapping[str, str]) -> None:
    """A misspelt one would leave the default in place, and nobody would notice."""
    declared = load_template(path, Problems(template=path)).parameters.entries
    for name in parameters:
        if name not in declared:
            raise TypeError(f"{path.name} has no parameter {name}. {did_you_mean(name, declared)}".rstrip())


def _names(project: Project) -> dict[str, str]:
    named: list[Table | Function | ServiceResource] = [*project.tables, *project.functions, *project.services]
    return {one.logical_id: one.name for one in named}
