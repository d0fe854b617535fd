"""What LangSmith's ingest would be sent: a server that keeps every body, and nothing else."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_INFO = {
    "batch_ingest_config": {
        "use_multipart_endpoint": True,
        "size_limit": 100,
        "size_limit_bytes": 20_000_000,
        "scale_up_nthreads_limit": 1,
        "scale_up_qsize_trigger": 1_000,
        "scale_down_nempty_trigger": 4,
    },
    "instance_flags": {"zstd_compression_enabled": False},
}


@dataclass
class Ingest:
    """`url` is what LANGSMITH_ENDPOINT names; `bodies` are the requests with one, `seen` all."""

    url: str = ""
    bodies: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything that was sent, heads included."""
        return "\n".join([*self.seen, *self.bodies])


@contextmanager
def langsmith_stand_in() -> Iterator[Ingest]:
    """On a free port of loopback; it wants no compression, so that what comes can be read."""
    ingest = Ingest()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ingest.seen.append(f"{self.requestline}\n{self.headers}")
            self._answer(json.dumps(_INFO).encode())

        def do_POST(self) -> None:
            ingest.seen.append(f"{self.requestline}\n{self.headers}")
            ingest.bodies.append(self._body().decode())
            self._answer(b"{}")

        def _body(self) -> bytes:
            if "chunked" not in self.headers.get("transfer-encoding", ""):
                return self.rfile.read(int(self.headers.get("content-length", 0)))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ingest.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield ingest
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
