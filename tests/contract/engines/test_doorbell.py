"""The doorbell by itself."""

from server.worker.queue import Doorbell


async def test_nothing_is_tidied_while_no_rings_are_answered(postgres: str) -> None:
    async def never(_run_id: str) -> None:
        raise AssertionError

    await Doorbell(postgres, never, slots=1).tidy()
