"""The application for any ASGI server: `uvicorn agentos.asgi:app`.

Whoever runs it binds the address, so it may be open to others: callers must be known
(`AGENTOS_AUTH`) and approvals signed.
"""

from agentos.settings import load
from agentos.wiring import application

app = application(load(agentos_host=""))
