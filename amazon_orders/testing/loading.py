"""Opens the adapter that a path names, and finds its back door and a product to check it with."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from ..errors import AdapterBug, AmazonOrdersError, ConfigError
from ..hooks import Hooks
from ..hooks.loading import ADAPTERS, known, open_adapter
from ..model import Product
from .back_door import NoBackDoor
from .desk import Desk

FACTORY = "open_store"
"""What a module's factory is called where the path does not say."""


def open_desk(path: str, config: Mapping[str, Any], *, attribute: str = "sku", value: str = "") -> Desk:
    """The adapter that `path` names, ready to be checked.

    `path` is a module's file, which may lie in a package, `file.py:factory`, `package.module:factory`, or the name of
    an entry point. A function `shop(adapter)` beside the factory gives the back door. `value` names the product, else
    it is one that `store_list_stock` lists. Raises `ConfigError` where the adapter cannot be opened or sells no such
    product.
    """
    module, adapter = _opened(path, config)
    back_door = _beside(module, adapter, "shop")
    shop = _guarded(lambda: back_door(adapter), f"{path}: shop(adapter)") if back_door else NoBackDoor()
    hooks = Hooks("store")
    hooks.register(adapter, "adapter")
    hooks.check()
    return Desk(adapter, _product(hooks, attribute, value), shop, attribute)


def _opened(path: str, config: Mapping[str, Any]) -> tuple[ModuleType | None, object]:
    name, _, factory_name = path.partition(":")
    is_file = name.endswith(".py") or Path(name).is_file()
    if not is_file and not factory_name:
        if path not in known(ADAPTERS):
            raise ConfigError(
                f"There is no adapter {path!r}.",
                problems={"PATH": f"name a file, package.module:factory, or one of {', '.join(known(ADAPTERS))}"},
                record=path,
            )
        return None, open_adapter(path, config)
    module = _from_file(Path(name)) if is_file else _imported(name, path)
    factory = getattr(module, factory_name or FACTORY, None)
    if not callable(factory):
        raise ConfigError(
            f"{name} has no factory {factory_name or FACTORY!r}.",
            problems={"PATH": f"define {FACTORY}(config) in it, or name another after a colon"},
            record=path,
        )
    return module, _guarded(lambda: factory(config), f"{path}: the factory")


def _from_file(path: Path) -> ModuleType:
    if path.suffix == ".py" and path.is_file() and path.with_name("__init__.py").is_file():
        return _from_package(path.resolve())
    name = f"checked_adapter_{path.stem}"  # it must not stand in the way of another module
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ConfigError(f"There is no Python file {path}.", problems={"PATH": "name a file"}, record=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up there
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # the module may import those that lie beside it
    loader = spec.loader
    _guarded(lambda: loader.exec_module(module), str(path))
    return module


def _from_package(path: Path) -> ModuleType:
    """A file that lies in a package is imported as its module, so that its relative imports work."""
    names = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        names.insert(0, folder.name)
        folder = folder.parent
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    found = importlib.util.find_spec(names[0])
    if found is None or Path(found.origin or "").resolve() != folder / names[0] / "__init__.py":
        raise ConfigError(
            f"{path} lies in the package {names[0]}, and Python has another one of that name.",
            problems={"PATH": "give the package a name of its own"},
            record=str(path),
        )
    return _imported(".".join(names), str(path))


def _imported(name: str, path: str) -> ModuleType:
    if "" not in sys.path:
        sys.path.insert(0, "")
    module: ModuleType = _guarded(lambda: importlib.import_module(name), path)
    return module


def _guarded(step: Callable[[], Any], what: str) -> Any:
    """Do what the author's code does; whatever goes wrong there is told by its kind, never by its text."""
    try:
        return step()
    except AmazonOrdersError:
        raise
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{what} cannot be imported: {error.name or 'a module'} is missing.", problems={"PATH": "install it"}
        ) from error
    except ImportError as error:
        if error.name:
            told, remedy = f"{error.name} has not all that it imports", f"see that {error.name} is the right one"
        else:
            told = "it imports from its own package, and its folder has no __init__.py"
            remedy = "put one there, or name package.module:factory from the folder that holds the package"
        raise ConfigError(f"{what} cannot be imported: {told}.", problems={"PATH": remedy}) from error
    except Exception as error:
        raise AdapterBug(f"{what} raised {type(error).__name__}; it cannot be opened") from error


def _beside(module: ModuleType | None, adapter: object, name: str) -> Callable[[object], object] | None:
    """A function beside the factory, or beside the adapter's class."""
    for home in (module, sys.modules.get(type(adapter).__module__)):
        found = getattr(home, name, None)
        if isinstance(found, FunctionType):
            return found
    return None


def _product(hooks: Hooks, attribute: str, value: str) -> Product:
    if value:
        found = [product for product in hooks.store_find_products(attribute, [value]) if product.value == value]
        if found:
            return found[0]
        raise ConfigError(
            f"The shop sells no product whose {attribute} is {value!r}.",
            problems={"--product": "name one that it sells"},
        )
    levels = [level for level in hooks.store_list_stock(None, attribute) if level.value]
    levels.sort(key=lambda level: level.available or 0, reverse=True)
    if not levels:
        raise ConfigError(
            f"The shop lists no product with a {attribute}.",
            problems={"--product": "name one that it sells, or put one into the shop"},
        )
    return Product(ref=levels[0].product, value=levels[0].value)
