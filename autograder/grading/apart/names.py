"""A notebook's global names at a moment: noted, brought back; and whether calls can change anything else of hers."""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, ModuleType

import numpy as np

FIXED = (bool, int, float, complex, str, bytes, range, type(None), type(...), np.generic, np.dtype, np.ufunc)
FIXED += (ModuleType, BuiltinFunctionType, type(np.mean))
OWN = "__main__"  # the module of what a notebook's cells define


class Noted:
    """The names that there are now, each with the attributes of the function that it means."""

    def __init__(self, names: dict):
        self.names = dict(names)
        self.attributes = {name: dict(vars(value)) for name, value in names.items() if _is_own_function(value)}

    def bring_back(self, names: dict) -> None:
        """Let there be these names, and no others."""
        for name in names.keys() - self.names.keys():
            del names[name]
        names.update(self.names)
        for name, attributes in self.attributes.items():
            vars(names[name]).clear()
            vars(names[name]).update(attributes)


def nothing_to_change(values) -> bool:
    """Whether a call can leave no trace in these values but by binding their names anew, or in a function's attributes.

    What the modules of others hold is not looked at.
    """
    return all(map(_is_fixed, values))


def _is_fixed(value) -> bool:
    if isinstance(value, tuple | frozenset):
        return nothing_to_change(value)
    if _is_own_function(value):
        defaults = (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
        return not value.__closure__ and not vars(value) and nothing_to_change(defaults)
    if isinstance(value, type | FunctionType):
        return value.__module__ != OWN
    return isinstance(value, FIXED)


def _is_own_function(value) -> bool:
    return isinstance(value, FunctionType) and value.__module__ == OWN
