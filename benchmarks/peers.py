"""Ourselves beside other servers: ``python benchmarks/peers.py OPENAPI [SECONDS]``.

Prints requests a second and the server's CPU time for each request, and both as ratios to ours, at 1, 8
and 32 connections, for four operations: create a Task, fetch it, list 50 Tasks, update the Task's
priority. OPENAPI is Twilio's `twilio_taskrouter_v1.json` (from github.com/twilio/twilio-oai, or from the
npm package @twilio/cli-core).

* `prism` and `mockoon` serve OPENAPI. Its examples are replaced by our answers, so that all send as much.
  They keep no state: an update changes nothing. Prism is faster the fewer paths OPENAPI has.
* `moto` has no TaskRouter. It stores the same texts in DynamoDB: PutItem, GetItem, Scan of 50,
  UpdateItem. It keeps its state in memory.
* `floor` sends a stored answer. `floor+commit` commits a row to SQLite first, for POST (see floor.py).

`npm install @stoplight/prism-cli @mockoon/cli` (then put node_modules/.bin on the PATH) and
`pip install "moto[server]"` install the peers; one that is missing is skipped. The client and the server
share the machine, so compare within one run. The client may be the limit of the floors' requests a second.
"""

import json
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlencode

import psutil
from api import SPANISH, client_of, environment, prepare
from raw_client import Request, answer, http_request, load

CONNECTIONS = (1, 8, 32)
OPERATIONS = ("create", "fetch", "list of 50", "update")
TASKS = "/v1/Workspaces/{WorkspaceSid}/Tasks"


@dataclass
class Peer:
    """A running server: its process, its port, and how to make each operation's request."""

    name: str
    process: psutil.Process
    port: int
    requests: dict[str, Request]

    def cpu_seconds(self) -> float:
        processes = (self.process, *self.process.children(recursive=True))
        return sum(sum(process.cpu_times()[:2]) for process in processes)


def twilio_requests(workspace_sid: str, task_sid: str) -> dict[str, Request]:
    tasks = TASKS.format(WorkspaceSid=workspace_sid)
    create = http_request("POST", tasks, urlencode({"Attributes": SPANISH}))
    fetch = http_request("GET", f"{tasks}/{task_sid}")
    index = http_request("GET", f"{tasks}?PageSize=50")
    numbers = count(1)
    return {
        "create": lambda: create,
        "fetch": lambda: fetch,
        "list of 50": lambda: index,
        "update": lambda: http_request("POST", f"{tasks}/{task_sid}", f"Priority={next(numbers)}"),
    }


def moto_requests(port: int, task: str) -> dict[str, Request]:
    """The same on a new DynamoDB table with 50 items, each the text of a Task."""
    numbers, key = count(1), {"sid": {"S": f"WT{0:032x}"}}

    def call(operation: str, **body: Any) -> bytes:
        return http_request(
            "POST",
            "/",
            json.dumps({"TableName": "tasks", **body}),
            Content_Type="application/x-amz-json-1.0",
            X_Amz_Target=f"DynamoDB_20120810.{operation}",
            Authorization="AWS4-HMAC-SHA256 Credential=x/20260131/us-east-1/dynamodb/aws4_request",
        )

    def put() -> bytes:
        sid = f"WT{next(numbers) % 50:032x}"
        return call("PutItem", Item={"sid": {"S": sid}, "body": {"S": task}})

    def update() -> bytes:
        new = {":p": {"N": str(next(numbers))}}
        change = "SET priority = :p"
        return call("UpdateItem", Key=key, UpdateExpression=change, ExpressionAttributeValues=new)

    definition = [{"AttributeName": "sid", "AttributeType": "S"}]
    schema = [{"AttributeName": "sid", "KeyType": "HASH"}]
    answer(
        port,
        call(
            "CreateTable",
            AttributeDefinitions=definition,
            KeySchema=schema,
            BillingMode="PAY_PER_REQUEST",
        ),
    )
    for _ in range(50):
        answer(port, put())
    return {
        "create": put,
        "fetch": lambda: call("GetItem", Key=key),
        "list of 50": lambda: call("Scan", Limit=50),
        "update": update,
    }


def openapi_with(openapi: Path, answers: dict[str, str]) -> dict[str, Any]:
    """Twilio's OpenAPI document, with our answers as the only examples of the four operations."""
    document = json.loads(openapi.read_text("utf-8"))
    for name, text in answers.items():
        method, kind = name.split()
        operation = document["paths"][TASKS if kind == "list" else f"{TASKS}/{{Sid}}"]
        for response in operation[method.lower()]["responses"].values():
            content = response["content"]["application/json"]
            content["examples"] = {"ours": {"value": json.loads(text)}}
    return document


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[psutil.Process]:
    """Run a server until the `with` block ends; yield when it accepts connections."""
    with (folder / "log").open("ab") as log:
        process = psutil.Popen(command, stdout=log, stderr=log, env=environment(folder / "home"))
        try:
            for _ in range(600):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert process.poll() is None, (folder / "log").read_text()
                sleep(0.1)
            yield process
        finally:
            for each in (*process.children(recursive=True), process):
                each.terminate()
            process.wait()


def start(
    stack: ExitStack, folder: Path, name: str, port: int, *command: str
) -> psutil.Process | None:
    """Start a peer; None if it is not installed."""
    if shutil.which(command[0]) is None:
        print(f"{name} is skipped: {command[0]} is not on the PATH")
        return None
    return stack.enter_context(running([*command], port, folder))


def answers_of(port: int, requests: dict[str, Request]) -> dict[str, str]:
    """Our answer to each operation, by "METHOD list|one"."""
    names = ("POST list", "GET one", "GET list", "POST one")
    return {name: answer(port, requests[op]()) for name, op in zip(names, OPERATIONS, strict=True)}


def start_all(stack: ExitStack, openapi: Path, folder: Path) -> Iterator[Peer]:
    python = sys.executable
    port = free_port()
    command = (python, "-m", "local_taskrouter", "--port", str(port))
    process = start(stack, folder, "ours", port, *command)
    assert process is not None
    workspace, task_sid = prepare(client_of(f"http://127.0.0.1:{port}"))
    requests = twilio_requests(str(workspace.fetch().sid), task_sid)
    yield Peer("ours", process, port, requests)
    answers = answers_of(port, requests)
    stored, document = folder / "answers.json", folder / "openapi.json"
    stored.write_text(json.dumps(answers), "utf-8")
    document.write_text(json.dumps(openapi_with(openapi, answers)), "utf-8")
    floor = str(Path(__file__).with_name("floor.py"))
    ports = [str(free_port()) for _ in range(5)]
    for name, number, *command in (
        ("prism", ports[0], "prism", "mock", "-v", "silent", "--port", ports[0], str(document)),
        ("mockoon", ports[1], "mockoon-cli", "start", "--port", ports[1], "--data", str(document)),
        ("moto", ports[2], "moto_server", "--port", ports[2]),
        ("floor", ports[3], python, floor, ports[3], str(stored)),
        ("floor+commit", ports[4], python, floor, ports[4], str(stored), str(folder / "floor.db")),
    ):
        process = start(stack, folder, name, int(number), *command)
        if process is not None:
            of_peer = moto_requests(int(number), answers["GET one"]) if name == "moto" else requests
            yield Peer(name, process, int(number), of_peer)


def measure(peer: Peer, operation: str, connections: int, seconds: float) -> tuple[float, float]:
    """Return requests a second, and the milliseconds of the server's CPU for each."""
    make = peer.requests[operation]
    load(peer.port, make, connections, seconds / 2)  # lets Node compile what runs often
    before = peer.cpu_seconds()
    answered = load(peer.port, make, connections, seconds)
    return answered / seconds, (peer.cpu_seconds() - before) / max(answered, 1) * 1_000


def main(openapi: Path, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        peers = list(start_all(stack, openapi, Path(folder)))
        for operation in OPERATIONS:
            print(f"\n{operation:13}", *(f"{f'{n} connections':>32}" for n in CONNECTIONS))
            ours: dict[int, tuple[float, float]] = {}
            for peer in peers:
                cells = []
                for number in CONNECTIONS:
                    rate, cpu = measure(peer, operation, number, seconds)
                    our_rate, our_cpu = ours.setdefault(number, (rate, cpu))
                    ratios = f"×{rate / our_rate:5.2f}  {cpu:6.2f} ms ×{cpu / our_cpu:5.2f}"
                    cells.append(f"{rate:7.0f}/s {ratios}")
                print(f"{peer.name:13}", *cells, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
