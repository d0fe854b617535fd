"""One server for the tests of a file that leave it running."""

from collections.abc import Iterator

import pytest

from tests.e2e.running import Running, dev


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with dev(tmp_path_factory.mktemp("dev")) as (running, _process):
        yield running
