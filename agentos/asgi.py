"""The application for any ASGI server: `uvicorn agentos.asgi:app`."""

from agentos.settings import load
from agentos.wiring import application

app = application(load())
