"""Imports point one way.

Order does not happen by good intentions: a package that may import anything soon does, and then nothing in it can be
read, tested or replaced alone.
"""

from tests.architecture import modules as tree

LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "sandbox.faults",
        "sandbox.certificates",
        "sandbox.drain",
        "sandbox.clock",
        "sandbox.ids",
        "sandbox.arn",
        "sandbox.config",
        "sandbox.chaos",
    ),
    ("sandbox.values", "sandbox.wire"),
    ("sandbox.streams",),
    (
        "sandbox.dynamodb.storage",
        "sandbox.dynamodb.faults",
        "sandbox.dynamodb.instants",
        "sandbox.dynamodb.limits",
        "sandbox.dynamodb.members",
        "sandbox.dynamodb.item_structures",
        "sandbox.dynamodb.table_structures",
        "sandbox.dynamodb.parameters",
        "sandbox.dynamodb.s3_members",
        "sandbox.dynamodb.structure",
    ),
    ("sandbox.dynamodb.expressions",),
    ("sandbox.dynamodb.misplaced",),
    ("sandbox.dynamodb.refusals", "sandbox.dynamodb.scope"),
    ("sandbox.dynamodb.engine",),
    (
        "sandbox.dynamodb.partiql",
        "sandbox.dynamodb.lifecycle",
        "sandbox.dynamodb.describe",
        "sandbox.dynamodb.descriptions",
    ),
    (
        "sandbox.dynamodb.operations",
        "sandbox.streams.operations",
        "sandbox.awslambda",
        "sandbox.logs",
        "sandbox.metrics",
    ),
    ("sandbox.catalog", "sandbox.services"),
    ("sandbox.web",),
    ("sandbox.adapters", "sandbox.aws_services", "sandbox.project"),
    ("sandbox.compose_services",),
    ("sandbox.compose_functions",),
    ("sandbox.compose_admin",),
    ("sandbox.compose",),
    ("sandbox.cli", "sandbox.testing", "sandbox.console", "sandbox.objects", "sandbox.__main__"),
)
"""Lowest first. A module may import from its own entry, from other entries of its row, and from rows above it here."""


def _row(module: str) -> int:
    best = max(
        (
            (len(entry), row)
            for row, entries in enumerate(LAYERS)
            for entry in entries
            if module == entry or module.startswith(entry + ".")
        ),
        default=(0, -1),
    )
    return best[1]


def test_every_module_of_the_sandbox_has_a_layer() -> None:
    """A module without a layer escapes the rule."""
    unplaced = [
        name for name in tree.modules() if name.startswith("sandbox.") and _row(name) < 0 and name != "sandbox.dynamodb"
    ]
    assert unplaced == []


def test_layers_are_imported_downward_only() -> None:
    """A reader follows a request downward and never has to come back up."""
    upward = [
        f"{module} imports {target}"
        for module, targets in tree.graph().items()
        for target in targets
        if module.startswith("sandbox.") and target.startswith("sandbox.") and 0 <= _row(module) < _row(target)
    ]
    assert upward == []


def test_the_three_packages_know_only_whom_they_may() -> None:
    """Only the sandbox knows the other two, and there only the adapters, the composition root and what stands above it."""
    composers = ("sandbox.adapters", "sandbox.compose", "sandbox.cli", "sandbox.testing", "sandbox.console")
    strangers = []
    for module, targets in tree.graph().items():
        package = module.partition(".")[0]
        for target in targets:
            other = target.partition(".")[0]
            if other != package and (package != "sandbox" or not module.startswith(composers)):
                strangers.append(f"{module} imports {target}")
    assert strangers == []


def test_there_are_no_import_cycles() -> None:
    """Late imports count too: a cycle hidden in a function is still a cycle to the reader."""
    # A package's own __init__ re-exports its modules; that is not a dependency of the modules.
    clean = {
        module: {target for target in targets if not module.startswith(target + ".")}
        for module, targets in tree.graph().items()
    }
    state: dict[str, int] = {}
    cycles: list[list[str]] = []

    def visit(module: str, path: list[str]) -> None:
        state[module] = 1
        for target in sorted(clean[module]):
            if state.get(target) == 1:
                cycles.append([*path[path.index(target) :], target])
            elif target not in state:
                visit(target, [*path, target])
        state[module] = 2

    for module in sorted(clean):
        if module not in state:
            visit(module, [module])
    assert cycles == []


THIRD_PARTY = {
    "aiohttp": ("sandbox.web", "pollers.clients", "runtimes.runtime_api"),
    "apsw": ("sandbox.dynamodb.storage", "sandbox.streams", "sandbox.awslambda.store", "sandbox.compose"),
    "watchdog": ("runtimes.reload",),
    "docker": ("runtimes.container",),
    "moto": ("sandbox.aws_services",),
    "flask": ("sandbox.aws_services",),
    "boto3": ("sandbox.testing", "sandbox.cli"),
    "botocore": ("sandbox.testing", "sandbox.cli", "sandbox.aws_services", "pollers.clients"),
    "yaml": ("sandbox.project",),
    "click": ("sandbox.cli",),
    "uvloop": ("sandbox.cli", "sandbox.testing", "sandbox.compose"),
    "pytest": ("sandbox.testing",),
}


def test_each_dependency_is_imported_only_where_it_belongs() -> None:
    """What a dependency is used for stays visible, and heavy ones stay out of the start."""
    astray = [
        f"{path.relative_to(tree.ROOT)}:{line} imports {name}"
        for module, path in tree.modules().items()
        for name, line in tree.imports_of(path)
        if (places := THIRD_PARTY.get(name.partition(".")[0])) is not None and not module.startswith(places)
    ]
    assert astray == []
