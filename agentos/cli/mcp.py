"""agentos mcp"""

from typing import Annotated, Literal

import typer

from agentos.cli.context import AsJson, command
from agentos.cli.serve import Port


@command
def mcp(
    transport: Annotated[
        Literal["stdio", "http"], typer.Option(help="How other agents speak to it.")
    ] = "stdio",
    port: Port = 7778,
    as_json: AsJson = False,
) -> None:
    """Offer the lifecycle verbs as tools to other agents.

    It calls the server at AGENTOS_URL: over stdio with AGENTOS_API_KEY, over HTTP with the key that
    each caller sends as a bearer token. No tool approves anything.
    """
    import asyncio

    from agentos.cli.output import say, show_json
    from agentos.mcp import server
    from agentos.serving import listen, serve
    from agentos.settings import load

    settings = load()
    if transport == "stdio":
        asyncio.run(server(settings.url, settings.agentos_api_key, lend_key=True).run_stdio_async())
        return
    app = server(settings.url, lend_key=False).streamable_http_app(stateless_http=True)

    def ready(url: str) -> None:
        if as_json:
            show_json({"url": f"{url}/mcp"})
        else:
            say(f"MCP at {url}/mcp, for AgentOS at {settings.url}.")

    asyncio.run(serve(app, listen("127.0.0.1", port), ready, asyncio.Event().wait))
