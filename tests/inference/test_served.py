"""A model in a process of its own: the same answers, and whatever it does ends there."""

from __future__ import annotations

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.memory import give_memory_back
from fieldguide.inference import child, served
from fieldguide.inference.child import Bounds, Child, Children
from fieldguide.inference.frozen import FrozenModels, made_for
from fieldguide.inference.runtime import Runtime
from fieldguide.inference.served import ServedNetwork
from tests.helpers.bundles import prepared


@pytest.fixture
def children() -> Iterator[Children]:
    made = Children()
    yield made
    made.end_all()


@pytest.fixture
def frozen(tmp_path: Path) -> FrozenModels:
    return FrozenModels(tmp_path / "frozen")


@pytest.fixture
def network(bundle_path: Path, children: Children, frozen: FrozenModels) -> ServedNetwork:
    return ServedNetwork.load(bundle_path, "cpu", 1, children=children, frozen=frozen)


def pictures(count: int = 3) -> np.ndarray:
    return np.stack([prepared(number % 3, number) for number in range(count)])


def process_of(network: ServedNetwork) -> psutil.Process:
    assert network._child is not None
    return psutil.Process(network._child._process.pid)


def test_it_answers_as_in_this_process(network: ServedNetwork, bundle_path: Path) -> None:
    here = Runtime.load(bundle_path, "cpu", 1)
    for count in (0, 1, 20):
        for there, expected in zip(network.run(pictures(20)[:count]), here.run(pictures(20)[:count]), strict=True):
            assert there.dtype == expected.dtype
            assert there.shape == expected.shape
            assert np.allclose(there, expected, atol=1e-4)
    weights = np.array([1, -1, 0], np.float32)
    gradient = network.input_gradient(pictures()[0], weights)
    assert np.allclose(gradient, here.input_gradient(pictures()[0], weights), atol=1e-4)
    assert (network.device, network.note, network.batch_size) == (here.device, here.note, here.batch_size)
    with network.beside_decoding():
        assert np.allclose(network.run(pictures())[0], here.run(pictures())[0], atol=1e-4)


def test_a_spawned_process_answers_too_and_this_one_imports_no_torch(bundle_path: Path, tmp_path: Path) -> None:
    """As the window does it: in a fresh interpreter, which must end by itself."""
    code = (
        "import sys; from pathlib import Path; from fieldguide.inference.served import *;"
        "children = Children(); children.prepare();"
        f"n = ServedNetwork.load(Path({str(bundle_path)!r}), children=children, frozen=FrozenModels(None));"
        "g = n.input_gradient(n.golden.images[0], np.ones(3, np.float32));"
        "print(n.run(n.golden.images)[0].shape[1], 'torch' in sys.modules, abs(g).max() > 0); sys.exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["3", "False", "True"]


def test_what_was_checked_once_is_kept_and_a_damaged_copy_made_anew(
    bundle_path: Path, children: Children, frozen: FrozenModels, tmp_path: Path
) -> None:
    def load() -> ServedNetwork:
        return ServedNetwork.load(bundle_path, "cpu", 1, children=children, frozen=frozen)

    expected = load().run(pictures())
    (file,) = (tmp_path / "frozen").iterdir()
    assert file.name.startswith(hashlib.sha256(read_bundle(bundle_path).data).hexdigest())
    whole, made = file.read_bytes(), file.stat().st_mtime_ns
    for there, here in zip(load().run(pictures()), expected, strict=True):
        assert np.allclose(there, here, atol=1e-4)
    assert file.stat().st_mtime_ns == made
    for damaged in (whole[:-1], b"", whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]):
        file.write_bytes(damaged)
        load()
        assert len(file.read_bytes()) == len(whole)
        assert file.read_bytes() != damaged


def test_no_more_than_a_few_are_kept(tmp_path: Path) -> None:
    kept = FrozenModels(tmp_path)
    for number in range(9):
        kept.keep(f"{number:064}", "2.0", b"x")
        os.utime(next(tmp_path.glob(f"{number:064}*")), (number, number))
    assert len(list(tmp_path.iterdir())) == 4
    assert kept.find(f"{8:064}") == {made_for("2.0"): b"x"}
    assert made_for("2.0") != made_for("2.1")
    assert FrozenModels(tmp_path / "absent").find(f"{8:064}") == {}
    (tmp_path / "file").touch()
    FrozenModels(tmp_path / "file").keep("0", "2", b"x")  # no folder can be made there: nothing happens


def test_a_process_that_dies_is_told_and_replaced_at_the_next_question(network: ServedNetwork) -> None:
    expected, _ = network.run(pictures())
    for _ in range(served.MOST_DEATHS - 1):
        process_of(network).kill()
        with pytest.raises(FieldGuideError) as caught:
            network.run(pictures())
        assert caught.value.code is ErrorCode.MODEL_CRASHED
        assert np.allclose(network.run(pictures())[0], expected, atol=1e-4)
    process_of(network).kill()
    for _ in range(2):  # from now on nothing is tried any more
        with pytest.raises(FieldGuideError):
            network.run(pictures())
    assert network._child is None


def test_ending_all_wakes_who_waits_and_starts_no_other(network: ServedNetwork, children: Children) -> None:
    process = process_of(network)
    process.send_signal(signal.SIGSTOP)  # it will never answer
    timer = threading.Timer(0.3, children.end_all)
    timer.start()
    with pytest.raises(FieldGuideError) as ended:
        network.run(pictures())
    assert ended.value.code is ErrorCode.MODEL_CRASHED  # and not MODEL_SLOW, the end of all patience
    timer.join()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    with pytest.raises(FieldGuideError):
        children.start()


def test_a_process_ends_when_the_other_side_is_gone_whatever_it_does(children: Children) -> None:
    child = children.start()
    child.torch()
    process = psutil.Process(child._process.pid)
    child._line.close()
    process.wait(5)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise OSError('libtorch.so: cannot open shared object file')", "torch_missing OSError: libtorch.so"),
        (
            "import types, torch._meta_registrations as kept\nkept.shapes\n"
            "__version__, _C = '9', types.SimpleNamespace(JITException=RuntimeError)",
            "9",
        ),
    ],
    ids=["broken", "a version that needs all of it"],
)
def test_torch_is_imported_whole_where_it_cannot_do_without_and_told_where_it_is_broken(
    tmp_path: Path, source: str, said: str
) -> None:
    package = tmp_path / "torch"
    package.mkdir()
    (package / "__init__.py").write_text(source)
    (package / "_meta_registrations.py").write_text("shapes = 1")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from fieldguide.inference import worker, child; from fieldguide.core.errors import *\n"
        "try: print(child.Children().start().torch())\n"
        "except FieldGuideError as error: print(error.code, error.facts['problem'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith(said)


def test_a_process_that_was_ended_begins_no_other(children: Children) -> None:
    """The window was closed while torch was found to be incomplete: nobody would end another process."""
    child = children.start()
    children.end_all()
    ended = child._process
    with pytest.raises(FieldGuideError) as caught:
        child._begin_anew()
    assert caught.value.code is ErrorCode.MODEL_CRASHED
    assert child._process is ended


def test_a_computer_too_busy_for_torch_is_not_told_to_install_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def begin(reading: int, writing: int, torch: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", "import time; time.sleep(60)"]
        return subprocess.Popen(words, pass_fds=(reading, writing))

    monkeypatch.setattr(child, "begin_process", begin)
    monkeypatch.setattr(Bounds, "of_start", classmethod(lambda cls: cls(0.2, 120, 2**33)))
    with pytest.raises(FieldGuideError) as told:
        Child().torch()
    assert told.value.code is ErrorCode.SYSTEM_REFUSES


def test_memory_is_given_back_where_the_c_library_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Library:
        def malloc_trim(self, kept: int) -> None:
            asked.append(kept)

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())
    give_memory_back()
    assert asked == [0]
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())  # another system's
    give_memory_back()
