"""What an object can reach: the check that the operations side holds nothing of the world.

In-process secrecy is structural: a controller that can reach the twin by attributes, containers,
closures, suspended generators, bound methods or array bases can read the truth, by accident or
not. `paths_to` walks all of those. It does not enter modules, nor the globals of code outside this
package, because from there everything in the process is reachable and nothing would be said.
"""

from __future__ import annotations

import gc
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import CellType, FrameType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import Any, Final

import numpy as np

_ATOMS: Final = (str, bytes, int, float, complex, bool, type(None), np.generic)
_PACKAGE: Final = "adn"


def paths_to(root: object, is_secret: Callable[[object], bool]) -> list[str]:
    """Return one path to each secret object that `root` reaches, the shortest, sorted.

    Args:
        root: Where the walk begins; it is never a secret itself.
        is_secret: Says of an object whether it may not be reached. The walk ends there.

    >>> paths_to([1, {"a": (2, bytearray(b"x"))}], lambda found: isinstance(found, bytearray))
    ["list[1]['a'][1] is a bytearray"]
    """
    return sorted(
        f"{path} is a {type(found).__name__}"
        for path, found in reachable(root, stop=is_secret)
        if found is not root and is_secret(found)
    )


def reachable(
    root: object, stop: Callable[[object], bool] = lambda _found: False
) -> Iterator[tuple[str, object]]:
    """Yield everything that `root` reaches with a shortest path to it, once, breadth first.

    Args:
        root: Where the walk begins; yielded first.
        stop: Says of an object that the walk need not go beyond it.
    """
    seen = {id(root)}
    alive = [root]  # holds on to objects made by looking, so that no id is used twice
    queue = deque([(type(root).__name__, root)])
    while queue:
        path, found = queue.popleft()
        yield path, found
        if found is not root and stop(found):
            continue
        for label, child in _edges(found):
            if isinstance(child, (ModuleType, *_ATOMS)) or id(child) in seen:
                continue
            seen.add(id(child))
            alive.append(child)
            queue.append((path + label, child))


def _edges(found: object) -> Iterator[tuple[str, object]]:
    """Yield what an object refers to, each with how the reference is written."""
    for kinds, look in _LOOKS:
        if isinstance(found, kinds):
            return look(found)
    return _of_instance(found)


def _of_mapping(found: dict[object, object]) -> Iterator[tuple[str, object]]:
    for key, item in found.items():
        yield " key", key
        yield f"[{key!r}]" if isinstance(key, str | int) else "[…]", item


def _of_sequence(found: Iterable[object]) -> Iterator[tuple[str, object]]:
    return ((f"[{index}]", item) for index, item in enumerate(found))


def _of_method(method: MethodType) -> Iterator[tuple[str, object]]:
    yield ".__self__", method.__self__
    yield ".__func__", method.__func__


def _of_generator(running: GeneratorType[Any, Any, Any]) -> Iterator[tuple[str, object]]:
    yield ".gi_frame", running.gi_frame
    yield ".gi_yieldfrom", running.gi_yieldfrom


def _of_frame(frame: FrameType) -> Iterator[tuple[str, object]]:
    return ((f" local {name}", item) for name, item in frame.f_locals.items())


def _of_array(array: np.ndarray[Any, Any]) -> Iterator[tuple[str, object]]:
    yield ".base", array.base
    if array.dtype.hasobject:
        yield from (("[…]", item) for item in array.flat)


def _of_function(function: FunctionType) -> Iterator[tuple[str, object]]:
    for cell in function.__closure__ or ():
        yield from ((f" closure{label}", item) for label, item in _of_cell(cell))
    yield ".__defaults__", function.__defaults__
    yield ".__kwdefaults__", function.__kwdefaults__
    yield ".__dict__", function.__dict__
    scope = function.__globals__
    if _is_ours(scope.get("__name__", "")):
        # Module state is state too: a registry or a cache may hold what it should not.
        yield from ((f" global {name}", item) for name, item in scope.items())


def _of_cell(cell: CellType) -> Iterator[tuple[str, object]]:
    try:
        yield ".cell", cell.cell_contents
    except ValueError:
        return  # not filled yet


def _of_type(kind: type) -> Iterator[tuple[str, object]]:
    if _is_ours(kind.__module__):
        yield from ((f".{name}", item) for name, item in vars(kind).items())


def _of_instance(found: object) -> Iterator[tuple[str, object]]:
    yield from ((f".{name}", item) for name, item in getattr(found, "__dict__", {}).items())
    for kind in type(found).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            yield from _of_slot(found, kind, name)
    # What C types hold (partial, set, mapping proxy, iterator, cache) only the collector knows.
    yield from ((" →", item) for item in gc.get_referents(found))


def _of_slot(found: object, kind: type, name: str) -> Iterator[tuple[str, Any]]:
    private = name.startswith("__") and not name.endswith("__")
    name = f"_{kind.__name__.lstrip('_')}{name}" if private else name
    if name not in ("__dict__", "__weakref__") and hasattr(found, name):
        yield f".{name}", getattr(found, name)


def _is_ours(module: object) -> bool:
    return isinstance(module, str) and (module == _PACKAGE or module.startswith(f"{_PACKAGE}."))


_LOOKS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], Iterator[Any]]], ...]] = (
    (dict, _of_mapping),
    ((list, tuple, deque), _of_sequence),
    (FunctionType, _of_function),
    (MethodType, _of_method),
    (GeneratorType, _of_generator),
    (FrameType, _of_frame),
    (CellType, _of_cell),
    (np.ndarray, _of_array),
    (memoryview, lambda view: iter([(".obj", view.obj)])),
    (weakref.ref, lambda reference: iter([("()", reference())])),
    (type, _of_type),
)
