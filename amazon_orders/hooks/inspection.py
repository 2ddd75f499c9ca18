"""Looks at a plugin before it is registered: which functions it marks, and what is wrong with them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import FunctionType, MethodType
from typing import Any

from .markers import PROJECT
from .specs import SPECS

_MARK = f"{PROJECT}_impl"


def functions(plugin: object) -> Iterator[tuple[str, FunctionType, dict[str, Any] | None]]:
    """Name, function and marker's options (or `None`) of each plain function and method, without running properties."""
    for name in dir(plugin):
        found = inspect.getattr_static(plugin, name, None)
        options = getattr(found, _MARK, None)
        if isinstance(found, (staticmethod, classmethod, MethodType)):
            found = found.__func__
            options = options or getattr(found, _MARK, None)
        if isinstance(found, FunctionType):
            yield name, found, options


def marked(plugin: object) -> list[tuple[str, FunctionType]]:
    """Hook name and function of everything that carries `@hookimpl`, except what is marked `optionalhook`."""
    return [
        (options.get("specname") or name, function)
        for name, function, options in functions(plugin)
        if options is not None and not options.get("optionalhook")
    ]


def unmarked(plugin: object) -> list[str]:
    """Hooks for which the plugin has a function that lacks the marker."""
    return [name for name, _, options in functions(plugin) if options is None and name in SPECS]


def mistakes(plugin: object, name: str) -> dict[str, str]:
    """What keeps the plugin from being used: `plugin.hook` -> what is wrong and what to do. Empty: nothing."""
    if plugin is None:
        return {name: "is None; its factory has to return the object that answers"}
    if inspect.isclass(plugin):
        return {name: "is a class; register an instance of it"}
    problems = {}
    for function_name, function, options in functions(plugin):
        if options is not None and (problem := _mistake(function_name, function, options)):
            problems[f"{name}.{function_name}"] = problem
    return problems


def _mistake(name: str, function: FunctionType, options: dict[str, Any]) -> str:
    if options.get("wrapper") or options.get("hookwrapper"):
        return "is a wrapper; every answer comes from one plugin alone, so wrappers are not supported: remove it"
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return "is async; hooks are called from plain code, make it a plain function"
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is not parameter.empty:
            return f"the argument {parameter.name} has a default, so it would not be passed; remove the default"
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            return (
                f"the argument {parameter} is not a plain one; name the arguments that are needed, leave out the others"
            )
    return _unknown_argument(options.get("specname") or name, function)


def _unknown_argument(hook: str, function: FunctionType) -> str:
    if hook not in SPECS:
        return ""
    known = list(inspect.signature(SPECS[hook]).parameters)
    for argument in inspect.signature(function).parameters:
        if argument not in {*known, "self"}:
            return f"there is no argument {argument}; {hook} has {', '.join(known)}: take those that are needed"
    return ""
