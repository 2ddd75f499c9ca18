"""`check` refuses plugins that could not work, before anything starts, and says what to do."""

from __future__ import annotations

import types
from typing import Any

import pytest

from amazon_orders import Hooks, hookimpl
from amazon_orders.errors import ConfigError
from amazon_orders.hooks.specs import REQUIRED
from tests.unit.hooks.stores import Complete


def problems(*plugins: tuple[str, object]) -> dict[str, str]:
    """What `check` says of a complete adapter and these."""
    hooks = Hooks("shop")
    hooks.register(Complete(), "complete")
    for name, plugin in plugins:
        hooks.register(plugin, name)
    with pytest.raises(ConfigError) as caught:
        hooks.check()
    return caught.value.problems


def plugin(**functions: Any) -> object:
    return type("Plugin", (), {name: hookimpl(function) for name, function in functions.items()})()


def test_a_complete_adapter_passes() -> None:
    hooks = Hooks()
    hooks.register(Complete())
    hooks.check()


def test_a_module_of_functions_passes() -> None:
    module = types.ModuleType("listeners")
    heard: list[str] = []

    @hookimpl
    def on_order_placed(ref: str) -> None:
        heard.append(ref)

    vars(module)["on_order_placed"] = on_order_placed
    hooks = Hooks()
    hooks.register(Complete())
    hooks.register(module)
    hooks.check()
    hooks.on_order_placed("de", "303-1", "17")
    assert heard == ["17"]


@pytest.mark.parametrize("missing", sorted(REQUIRED))
def test_a_required_question_that_nobody_answers(missing: str) -> None:
    adapter = type("Adapter", (), {name: vars(Complete)[name] for name in REQUIRED if name != missing})()
    hooks = Hooks("shop")
    hooks.register(adapter, "mine")
    with pytest.raises(ConfigError, match=r"'shop'") as caught:
        hooks.check()
    assert list(caught.value.problems) == [f"shop.{missing}"]
    assert "add it to the store's adapter" in caught.value.problems[f"shop.{missing}"]


def test_a_function_that_lacks_the_marker_is_named() -> None:
    class Forgetful(Complete):
        def store_cancel_order(self) -> bool:
            return True

    hooks = Hooks("shop")
    hooks.register(Forgetful(), "mine")
    with pytest.raises(ConfigError) as caught:
        hooks.check()
    assert (
        "mine has a function of this name, mark it with @hookimpl" in caught.value.problems["shop.store_cancel_order"]
    )


def with_default(self: object, keys: Any = ()) -> None: ...


def with_star(self: object, *keys: Any) -> None: ...


def with_keyword(self: object, *, keys: Any) -> None: ...


def with_unknown(self: object, key: Any) -> None: ...


async def asynchronous(self: object) -> None: ...


REFUSED: dict[str, tuple[object, str, str]] = {
    "a hook that does not exist": (plugin(on_order_plced=lambda self: None), "p.on_order_plced", "on_order_placed?"),
    "a hook that resembles none": (plugin(zzz=lambda self: None), "p.zzz", "the hooks are store_find_products"),
    "a second answerer": (
        plugin(store_cancel_order=lambda self: True),
        "shop.store_cancel_order",
        "complete and p both answer",
    ),
    "a class instead of an instance": (Complete, "p", "register an instance"),
    "nothing, from a factory without return": (None, "p", "has to return the object"),
    "an argument with a default": (plugin(store_find_orders=with_default), "p.store_find_orders", "remove the default"),
    "a starred argument": (plugin(store_find_orders=with_star), "p.store_find_orders", "not a plain one"),
    "a keyword-only argument": (plugin(store_find_orders=with_keyword), "p.store_find_orders", "not a plain one"),
    "an argument that the hook does not have": (
        plugin(store_find_orders=with_unknown),
        "p.store_find_orders",
        "there is no argument key; store_find_orders has keys, since",
    ),
    "an async function": (plugin(on_run_finished=asynchronous), "p.on_run_finished", "plain function"),
    "a wrapper": (
        type("P", (), {"rule_tax": hookimpl(wrapper=True)(lambda self: iter(()))})(),
        "p.rule_tax",
        "wrappers are not supported",
    ),
}


@pytest.mark.parametrize(("refused", "where", "what"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(refused: object, where: str, what: str) -> None:
    found = problems(("p", refused))
    assert list(found) == [where]
    assert what in found[where]


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = problems(("a", Complete), ("b", plugin(on_order_plced=lambda self: None)))
    assert set(found) == {"a", "b.on_order_plced"}


def test_a_refused_adapter_is_not_said_to_leave_its_questions_unanswered() -> None:
    hooks = Hooks("shop")
    hooks.register(type("Wrong", (Complete,), {"on_run_finished": hookimpl(with_unknown)})(), "mine")
    with pytest.raises(ConfigError) as caught:
        hooks.check()
    assert list(caught.value.problems) == ["mine.on_run_finished"]


def test_one_plugin_twice_or_two_of_one_name() -> None:
    one = plugin(on_run_finished=lambda self: None)
    assert "registered twice" in problems(("a", one), ("b", one))["b"]
    assert "same name" in problems(("a", one), ("a", plugin(on_run_finished=lambda self: None)))["a"]


def test_a_fact_that_is_no_truth_value() -> None:
    adapter = Complete()
    vars(adapter)["unique_reference"] = "no"
    hooks = Hooks("shop")
    hooks.register(adapter)
    with pytest.raises(ConfigError) as caught:
        hooks.check()
    assert caught.value.problems == {"shop.unique_reference": "has to be True or False, not a str"}


def test_a_property_of_a_plugin_is_not_run() -> None:
    class Lazy(Complete):
        @property
        def expensive(self) -> int:
            raise AssertionError("registering must not look into a plugin's values")

    hooks = Hooks()
    hooks.register(Lazy())
    hooks.check()


def test_a_hook_of_a_later_version_may_be_optional() -> None:
    later = type("P", (), {"on_moon_phase": hookimpl(optionalhook=True)(lambda self: None)})()
    hooks = Hooks()
    hooks.register(Complete())
    hooks.register(later)
    hooks.check()


def test_facts_that_are_not_stated_are_on_the_careful_side() -> None:
    hooks = Hooks()
    hooks.register(Complete())
    facts = (hooks.unique_reference, hooks.reserves, hooks.checks_stock, hooks.needs_address)
    assert facts == (False, False, False, True)


def test_facts_are_the_adapters_and_no_other_plugins() -> None:
    class Stating(Complete):
        unique_reference = True
        needs_address = False

    listener = plugin(on_run_finished=lambda self: None)
    vars(listener)["reserves"] = True
    hooks = Hooks()
    hooks.register(listener, "listener")
    hooks.register(Stating(), "stating")
    assert (hooks.unique_reference, hooks.reserves, hooks.needs_address) == (True, False, False)


def test_two_stores_know_nothing_of_each_other() -> None:
    one, other = Hooks("one"), Hooks("other")
    one.register(Complete())
    assert one.implemented("store_place_order")
    assert not other.implemented("store_place_order")
