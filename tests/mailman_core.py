"""A real GNU Mailman core on loopback, started for tests from an environment of its own."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

RUNNER = Path(__file__).parents[1] / ".mailman" / "bin" / "runner"
USER, PASSWORD = "restadmin", "restpass"
DOMAIN = "lists.example.com"
CONFIGURATION = """
[mailman]
layout: here
[paths.here]
var_dir: {folder}/var
[webservice]
hostname: 127.0.0.1
port: {port}
admin_user: {user}
admin_pass: {password}
configuration: {folder}/gunicorn.cfg
[mta]
incoming: mailman.mta.null.NullMTA
"""
_TLS = httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class Core:
    """`url` is the origin of the REST API. What is done here goes past whatever is tested."""

    url: str

    def call(self, method: str, path: str, **form: str) -> Any:
        """One request that succeeds, by somebody else who has the password."""
        answer = httpx.request(
            method,
            f"{self.url}/3.1/{path}",
            data=form,
            auth=(USER, PASSWORD),
            trust_env=False,
            verify=_TLS,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def entries(self, path: str) -> list[dict[str, Any]]:
        """What a collection holds."""
        found: list[dict[str, Any]] = self.call("GET", path).get("entries", [])
        return found

    def lists(self) -> list[str]:
        """The ids of all lists."""
        return [one["list_id"] for one in self.entries("lists")]

    def mails(self) -> list[str]:
        """What waits to be sent: nothing takes it away, since no other part of Mailman runs."""
        found: list[str] = self.call("GET", "queues/virgin")["files"]
        return found

    def state(self) -> dict[str, list[Any]]:
        """Everything that is there, by kind."""
        ids = self.lists()
        lists = [self.call("GET", f"lists/{one}/config") for one in ids]
        return {
            "list": lists,
            "mark": [one["fqdn_listname"] for one in lists if "agentos:" in one["info"]],
            "request": [each["email"] for one in ids for each in self.entries(_requests(one))],
            "member": [
                each["email"] for one in ids for each in self.entries(f"lists/{one}/roster/member")
            ],
            "mail": self.mails(),
        }

    def click(self, address: str) -> None:
        """The person follows the link in each mail that asks them."""
        for one in self.lists():
            for asked in self.entries(_requests(one)):
                if asked["email"] == address.lower():
                    self.call("POST", f"{_requests(one)}/{asked['token']}", action="accept")

    def wipe(self) -> None:
        """As it was when it was new."""
        for one in self.lists():
            # Templates outlive their list.
            self.call("DELETE", f"lists/{one}/uris")
            self.call("DELETE", f"lists/{one}")
        for user in self.entries("users"):
            self.call("DELETE", f"users/{user['user_id']}")
        for address in self.entries("addresses"):
            self.call("DELETE", f"addresses/{address['email']}")
        for ban in self.entries("bans"):
            self.call("DELETE", f"bans/{ban['email']}")
        for name in self.mails():
            self.call("DELETE", f"queues/virgin/{name}")


def _requests(list_id: str) -> str:
    return f"lists/{list_id}/requests"


@contextmanager
def mailman_core() -> Iterator[Core]:
    """The REST server of a new Mailman with one domain; skips where none is installed."""
    if not RUNNER.exists():
        pytest.skip("There is no Mailman here: `make mailman` installs one.")
    with tempfile.TemporaryDirectory(prefix="mailman") as name, socket.socket() as listener:
        folder = Path(name)
        listener.bind(("127.0.0.1", 0))
        port, number = listener.getsockname()[1], listener.fileno()
        (folder / "gunicorn.cfg").write_text(f"[gunicorn]\nbind: fd://{number}\n")
        configuration = CONFIGURATION.format(folder=folder, port=port, user=USER, password=PASSWORD)
        (folder / "mailman.cfg").write_text(configuration)
        command = [str(RUNNER), "--config", f"{folder}/mailman.cfg", "--runner", "rest:0:1"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=log, pass_fds=[number]
            )
        try:
            core = Core(f"http://127.0.0.1:{port}")
            _wait(core, process, folder / "log")
            core.call("POST", "domains", mail_host=DOMAIN)
            yield core
        finally:
            process.terminate()
            process.wait(30)


def _wait(core: Core, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            core.call("GET", "system/versions")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"Mailman does not start: {log.read_text()}")
