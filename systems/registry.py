"""Finds the systems: every folder beside this file that has a `system.py`."""

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import systems
from domain.ports import System
from systems.breaker import guarded


def modules() -> dict[str, ModuleType]:
    """The `system` module of each folder by folder name, in the order of their `RANK`.

    A system module has `RANK: int`, `PREFIXES: tuple[str, ...]` (names of its variables begin so)
    and `build(options: Mapping[str, str]) -> System`.
    """
    found = [
        (info.name, importlib.import_module(f"systems.{info.name}.system"))
        for info in pkgutil.iter_modules(systems.__path__)
        if info.ispkg and _has_system(info.name)
    ]
    return dict(sorted(found, key=lambda pair: (pair[1].RANK, pair[0])))


def _has_system(folder: str) -> bool:
    return any((Path(root) / folder / "system.py").is_file() for root in systems.__path__)


def build(environment: Mapping[str, str]) -> dict[str, System]:
    """All systems; `BadSetting` if a variable of one is wrong."""
    return {name: one(module, environment) for name, module in modules().items()}


def one(module: ModuleType, environment: Mapping[str, str]) -> System:
    """The system of a module, behind a breaker and given the variables that are its own."""
    own = {key: value for key, value in environment.items() if key.startswith(module.PREFIXES)}
    return guarded(module.build(own))
