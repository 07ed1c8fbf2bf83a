"""Names to plug-ins: built-in files and the entry-point group "qa_pipeline.plugins".

A built-in plug-in is a module of its package; its name is the file's name and its value is the module attribute
that the package agrees on (for checks: `check`). One from outside is an entry point named "<kind>:<name>", for
example "check:our_disclaimer". An entry point that cannot be loaded is reported by `broken`, never fatal.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import EntryPoint, entry_points

GROUP = "qa_pipeline.plugins"


@cache
def names(kind: str, package: str) -> tuple[str, ...]:
    """All names of one kind, built-in ones first."""
    built_in = _built_in(package)
    return (*built_in, *(name for name in outside(kind) if name not in built_in))


def outside(kind: str) -> tuple[str, ...]:
    """The names that installed packages bring."""
    return tuple(sorted(_outside(kind)))


def load(kind: str, package: str, name: str, attribute: str) -> object:
    """The plug-in of this name; a built-in one cannot be replaced. Raises KeyError when there is none."""
    if name in _built_in(package):
        return getattr(importlib.import_module(f"{package}.{name}"), attribute)
    return load_outside(kind, name)


def load_outside(kind: str, name: str) -> object:
    """What an installed package brings under this name. Raises KeyError, or what the package raises."""
    return _outside(kind)[name].load()


def versions() -> tuple[tuple[str, str], ...]:
    """(entry point, version of its package) of everything from outside."""
    return tuple(sorted((point.name, point.dist.version if point.dist else "") for point in entry_points(group=GROUP)))


def broken() -> tuple[tuple[str, str], ...]:
    """(entry point, error) for every installed plug-in that cannot be loaded."""
    faults = []
    for point in entry_points(group=GROUP):
        try:
            point.load()
        except Exception as error:  # noqa: BLE001 - a foreign package may raise anything
            faults.append((point.name, f"{type(error).__name__}: {error}"))
    return tuple(faults)


@cache
def _built_in(package: str) -> tuple[str, ...]:
    home = importlib.import_module(package)
    return tuple(sorted(one.name for one in pkgutil.iter_modules(home.__path__) if not one.name.startswith("_")))


def _outside(kind: str) -> dict[str, EntryPoint]:
    prefix = f"{kind}:"
    return {
        point.name.removeprefix(prefix): point for point in entry_points(group=GROUP) if point.name.startswith(prefix)
    }
