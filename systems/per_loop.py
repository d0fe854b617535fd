"""One object per running event loop, made when it is first needed."""

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary


class PerLoop[T]:
    """Holds a client for each loop, since a client must not travel between loops.

    Nothing is made before the first `get`, so that building a system opens no connection.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def get(self) -> T:
        """The running loop's object; `RuntimeError` where no loop runs."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]
