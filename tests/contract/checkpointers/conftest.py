"""Savers over a database that holds their tables and a few runs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from server.store.checkpoint_tables import statements
from server.store.flushes import Pool
from server.store.group_saver import GroupSaver, open_group_saver


@pytest.fixture
def tables(postgres: str) -> str:
    """The address of a database with the checkpointer's tables and that of the runs."""
    with psycopg.connect(postgres) as connection:
        for statement in statements():
            connection.execute(statement.encode())
        connection.execute("CREATE TABLE runs (run_id varchar(40) PRIMARY KEY, fence int NOT NULL)")
    return postgres


@pytest.fixture
def database(tables: str) -> Iterator[psycopg.Connection]:
    """A look into the database from outside, which also plays the other workers."""
    with psycopg.connect(tables, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def saver(tables: str) -> AsyncIterator[GroupSaver]:
    async with open_group_saver(tables) as saver:
        yield saver


@asynccontextmanager
async def open_stock(address: str) -> AsyncIterator[AsyncPostgresSaver]:
    """The library's own saver on the same tables, for comparison."""
    pool: Pool = AsyncConnectionPool(
        address,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        open=False,
    )
    async with pool:
        yield AsyncPostgresSaver(pool)


@pytest.fixture
async def stock(tables: str) -> AsyncIterator[AsyncPostgresSaver]:
    async with open_stock(tables) as saver:
        yield saver
