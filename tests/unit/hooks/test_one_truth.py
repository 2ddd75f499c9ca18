"""Specification, facade, frozen signature, docstring and page say the same about every hook."""

from __future__ import annotations

import inspect
import re

import pytest

from amazon_orders import Hooks, model
from amazon_orders.hooks import hookimpl
from amazon_orders.hooks.specs import REQUIRED, SPECS
from tests.unit.hooks import reference

FROZEN = {line.partition("(")[0]: line for line in reference.SIGNATURES.read_text(encoding="utf-8").splitlines()}
KINDS = ("store_", "rule_", "on_")


def facade_answer(hook: str, answer: str) -> str:
    """What the facade's method returns for a specification's answer: concrete, consumed where it is small."""
    if hook.startswith("rule_"):
        return f"Answer[{answer.removesuffix(' | None')}] | None"
    if hook.startswith("store_list_"):
        return answer.replace("Iterable", "Iterator")
    answer = re.sub(r"Iterable\[(\w+)\]", r"list[\1]", answer)
    answer = re.sub(r"Sequence\[(\w+)\]", r"tuple[\1, ...]", answer)
    return answer.replace("Mapping[", "dict[")


@pytest.mark.parametrize("hook", SPECS)
def test_a_hook_is_the_same_everywhere(hook: str) -> None:
    spec = inspect.signature(SPECS[hook])
    method = inspect.signature(getattr(Hooks, hook))

    assert FROZEN.get(hook) == reference.signature(hook), "others hold on to this signature; see reference.py"
    _, *arguments = method.parameters.values()
    assert arguments == list(spec.parameters.values())
    assert method.return_annotation == facade_answer(hook, spec.return_annotation)

    described = reference.describe(SPECS[hook])
    assert list(described.arguments) == list(spec.parameters)
    assert described.answered_by.startswith(
        "the store's adapter, required." if hook in REQUIRED else ("the store's adapter, optional", "any plugin")
    )
    assert f"#### {hook}\n" in reference.PAGE.read_text(encoding="utf-8")
    assert hook.startswith(KINDS)
    assert all(parameter.default is parameter.empty for parameter in spec.parameters.values())


@pytest.mark.parametrize("hook", SPECS)
def test_the_example_of_a_hook_is_an_implementation_of_it(hook: str) -> None:
    names: dict[str, object] = {**vars(model), "hookimpl": hookimpl}
    exec(compile(reference.describe(SPECS[hook]).example, hook, "exec"), names)
    plugin = type("Example", (), {hook: names[hook]})()
    hooks = Hooks()
    hooks.register(plugin, "example")
    assert hooks.implemented(hook)


def test_every_frozen_hook_still_exists() -> None:
    assert list(FROZEN) == list(SPECS)


def test_the_facade_has_no_method_that_looks_like_a_hook_and_is_none() -> None:
    assert {name for name in dir(Hooks) if name.startswith(KINDS)} == set(SPECS)


def test_the_page_is_current() -> None:
    written = reference.PAGE.read_text(encoding="utf-8")
    assert written == reference.page(), "run python -m tests.unit.hooks.reference"


def test_the_required_hooks_are_hooks() -> None:
    assert set(SPECS) >= REQUIRED


BAD: dict[str, tuple[str, str]] = {
    "no sections": ("Does a thing.", "has the sections"),
    "sections in another order": (
        "Does a thing.\n\nArguments:\n    a: b\n\nAnswered by: x\n",
        "has the sections",
    ),
    "two sentences' worth of lines": (
        "Does a thing\nand another.\n\n"
        + "\n\n".join(f"{title}:\n    a: b" for title in reference.SECTIONS).replace("Since:\n    a: b", "Since: 0.1"),
        "one sentence",
    ),
    "no version": (
        "Does a thing.\n\n" + "\n\n".join(f"{title}:\n    a: b" for title in reference.SECTIONS),
        "version",
    ),
    "an empty section": (
        "Does a thing.\n\n" + "\n\n".join(f"{title}:" for title in reference.SECTIONS),
        "says nothing",
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_a_docstring_of_another_shape_is_found(text: str, message: str) -> None:
    def spec() -> None: ...

    spec.__doc__ = text
    with pytest.raises(reference.ShapeError, match=message):
        reference.describe(spec)
