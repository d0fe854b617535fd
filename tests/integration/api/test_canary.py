"""Whatever breaks inside, no answer tells of it: no exception's text, no address, no key."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from server.store.sqlite import SqliteDatabase
from tests.integration.api.conftest import Door
from tests.integration.api.test_docs import operations

CANARY = "canary-of-the-database"
DSN = f"postgresql://agentos:{CANARY}@db.internal/agentos"
BODIES: dict[str, Any] = {
    "launch": {"company_name": "Acme"},
    "preview": {"company_name": "Acme"},
    "decide": {"run_id": "run_" + "0" * 22, "approved": True, "responder": "dana"},
    "skip_step": {"reason": "why not"},
    "resume": {"approved": True},
    "approve_batch": {"approvable": "x"},
}
IDS = {"run_id": "run_" + "0" * 22, "system": "slack", "batch_id": "bat_1", "line": "1"}


@pytest.mark.parametrize(
    "fault", [RuntimeError(DSN), OperationalError(DSN, {"key": CANARY}, Exception(DSN))]
)
async def test_no_answer_tells_what_broke(
    door: Door, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    @asynccontextmanager
    async def broken(_: SqliteDatabase) -> AsyncIterator[None]:
        raise fault
        yield

    document = door.app.openapi()
    await door.home.engine.drain()
    monkeypatch.setattr(SqliteDatabase, "read", broken)
    monkeypatch.setattr(SqliteDatabase, "write", broken)
    failed = 0
    for path, method, operation in operations(document):
        address = path.format_map({**IDS, **dict.fromkeys(("thread_id", "key_id"), "1")})
        body = BODIES.get(operation["operationId"])
        answer = await door.http.request(method, address, json=body)
        told = answer.text + str(answer.headers)
        assert not any(word in told for word in (CANARY, "postgresql", "Error", "Traceback")), path
        failed += answer.status_code >= 500
    assert failed > 10
