"""Laws of the house that import contracts cannot say, read from the source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NETWORK = {
    *("socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib"),
    *("xmlrpc", "socketserver", "PySide6.QtNetwork", "PySide6.QtWebEngineCore", "PySide6.QtWebSockets"),
}
FETCHING = {"pip", "uv", "conda", "curl", "wget", "ensurepip"}  # programs and modules that bring files
HOSTS = ["pypi" + ".org", "python" + "hosted.org", "download.py" + "torch.org", "conda" + ".anaconda.org"]


@cache
def imports(file: Path) -> frozenset[str]:
    """Every module that a file imports, lazily too; `from a import b` gives `a` and `a.b`."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return frozenset(names)


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def modules(*folders: str) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), file


def test_services_see_qtcore_alone() -> None:
    seen = {
        f"{place}: {name}"
        for place, file in modules("fieldguide/services")
        for name in imports(file)
        if within(name, "PySide6") and name != "PySide6" and not within(name, "PySide6.QtCore")
    }
    assert seen == set()


def test_the_app_never_touches_the_network() -> None:
    seen = {
        f"{place}: {name}"
        for place, file in modules("fieldguide")
        for name in imports(file)
        if any(within(name, module) for module in NETWORK)
    }
    assert seen == set()


def test_one_file_of_the_app_starts_what_fetches_and_only_when_somebody_asks() -> None:
    """The trainer's environment: pip, a child process of the system's Python. Nothing else of the app may start it."""
    starting = {
        place
        for place, file in modules("fieldguide")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in FETCHING
    }
    assert starting == {"fieldguide/storage/trainer_home.py"}
    asking = {
        place
        for place, file in modules("fieldguide")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "set_up"
    }
    assert asking == {"fieldguide/cli/set_up.py", "fieldguide/app/trainer.py"}


def test_one_file_of_the_app_names_torchscript() -> None:
    def names_it(file: Path) -> bool:
        tree = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        touched = any(
            isinstance(node, ast.Attribute)
            and node.attr == "jit"
            and isinstance(node.value, ast.Name)
            and node.value.id == "torch"
            for node in tree
        )
        return touched or any(within(name, "torch.jit") for name in imports(file))

    naming = {place for place, file in modules("fieldguide") if names_it(file)}
    assert naming <= {"fieldguide/inference/torchscript.py"}


def test_the_window_sees_neither_torch_nor_the_database() -> None:
    seen = {
        f"{place}: {name}"
        for place, file in modules("fieldguide/ui")
        for name in imports(file)
        if any(within(name, module) for module in ("torch", "sqlite3"))
    }
    assert seen == set()


def test_a_widget_leaves_its_layout_through_one_file_alone() -> None:
    """Qt deletes the item of a widget that is removed, deleted or moved behind Python's back, and PySide holds wrappers
    of the items of every layout that was filled before it was nested. `kit/surfaces.py` takes the item out first."""
    outside_layouts = {  # a menu's actions; a widget that gets its first parent, in no layout
        *("fieldguide/ui/kit/filters.py: action.deleteLater", "fieldguide/ui/guide/own_finds.py: self.setParent"),
        "fieldguide/ui/kit/photo_view.py: tools.setParent",
    }
    seen = {
        f"{place}: {ast.unparse(node.func)}"
        for place, file in modules("fieldguide/ui", "fieldguide/app")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("removeWidget", "removeItem", "replaceWidget", "deleteLater", "setParent")
        and place != "fieldguide/ui/kit/surfaces.py"
    }
    assert seen == outside_layouts


def test_core_imports_the_standard_library_numpy_and_pillow_alone() -> None:
    allowed = {*sys.stdlib_module_names, "numpy", "PIL", "pi_heif", "simplejpeg", "fieldguide"}
    seen = {
        f"{place}: {name}"
        for place, file in modules("fieldguide/core")
        for name in imports(file)
        if name.split(".")[0] not in allowed
    }
    assert seen == set()


def test_no_file_names_the_host_of_a_package_registry() -> None:
    text = {".py", ".toml", ".md", ".txt", ".cfg", ".sh", ".iss", ".spec", ".yml", ".yaml", ""}
    folders = ("fieldguide", "trainer", "packaging", "resources", "tests", "docs", ".ci")
    files = [
        file for folder in folders for file in (ROOT / folder).rglob("*") if file.suffix in text and file.is_file()
    ]
    files += [file for file in ROOT.iterdir() if file.is_file() and (file.suffix in text) and file.name != ".git"]
    naming = {
        str(file.relative_to(ROOT)): host
        for file in files
        for host in HOSTS
        if host in file.read_text(encoding="utf-8", errors="replace")
    }
    assert naming == {}


def test_no_lock_file_is_kept() -> None:
    kinds = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json", "requirements.lock")
    assert [name for name in kinds if (ROOT / name).exists()] == []
