"""Systems that lack what others have: a process list, further processes, threads, files. No model is blamed for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.resources import resource
from fieldguide.inference import child
from fieldguide.inference.child import Bounds, Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.runtime import Runtime
from fieldguide.inference.served import ServedNetwork
from tests.helpers.bundles import manifest, prepared
from tests.helpers.tiny_network import Eater, export

WITHOUT_PROC = ["unshare", *(["-m"] if os.name == "posix" and os.geteuid() == 0 else ["-rm"]), "sh", "-c"]
HIDE_PROC = 'mount -t tmpfs none /proc && exec "$@"'


@pytest.fixture
def children() -> Iterator[Children]:
    made = Children()
    yield made
    made.end_all()


def load(bundle: Path, children: Children) -> ServedNetwork:
    return ServedNetwork.load(bundle, "cpu", 1, children=children, frozen=FrozenModels(None))


def pictures() -> np.ndarray:
    return np.stack([prepared(number, number) for number in range(3)])


def hides_proc() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*WITHOUT_PROC, HIDE_PROC, "sh", "true"], capture_output=True, check=False).returncode == 0


def run_without_proc(code: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter where /proc is hidden; skips where it cannot be."""
    if not hides_proc():
        pytest.skip("no /proc can be hidden here: it takes root, or namespaces for users")
    command = [*WITHOUT_PROC, HIDE_PROC, "sh", sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")
def test_a_model_in_half_precision_answers_where_proc_is_not_mounted() -> None:
    """The starter; torch itself cannot widen its weights there, and said that the model was damaged."""
    starter = resource("model", "starter.fieldguide")
    code = (
        "import sys; from pathlib import Path; from fieldguide.inference.served import *;"
        f"n = ServedNetwork.load(Path({str(starter)!r}), 'cpu', 1, children=Children(), frozen=FrozenModels(None));"
        "import numpy as np; print(abs(n.run(n.golden.images)[0] - n.golden.logits).max() < 0.02); sys.exit(0)"
    )
    done = run_without_proc(code)
    assert done.stdout.split() == ["True"], done.stderr[-2000:]


def test_what_torch_cannot_do_on_a_system_is_not_the_models_fault(
    bundle_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime.load(bundle_path, "cpu", 1)

    def refuse(*_: object) -> None:
        raise RuntimeError("Failed to initialize cpuinfo!")

    monkeypatch.setattr(runtime, "_module", refuse)
    with pytest.raises(FieldGuideError) as of_the_model:
        runtime.run(pictures())
    assert of_the_model.value.code is ErrorCode.BUNDLE_DAMAGED
    monkeypatch.setattr("torch.nn.functional.conv2d", refuse)
    for ask in (lambda: runtime.run(pictures()), lambda: runtime.input_gradient(pictures()[0], np.ones(3, np.float32))):
        with pytest.raises(FieldGuideError) as of_the_system:
            ask()
        assert of_the_system.value.code is ErrorCode.SYSTEM_REFUSES
        assert "cpuinfo" in str(of_the_system.value.facts["problem"])


def test_the_clock_ends_a_process_of_which_the_system_tells_nothing(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = children.start()
    one.torch()
    psutil.Process(one._process.pid).suspend()  # it will never answer

    def tell_nothing(pid: int) -> None:
        raise psutil.NoSuchProcess(pid)

    monkeypatch.setattr(psutil, "Process", tell_nothing)
    with pytest.raises(FieldGuideError) as ended:
        one.ask(Bounds(0.5, 60, 2**31), "a.fieldguide", 100, "load")
    assert ended.value.code is ErrorCode.MODEL_SLOW
    assert one._process.returncode is not None


def test_no_thread_more_is_a_sentence_and_leaves_no_answer_for_the_next_question(
    bundle_path: Path, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = load(bundle_path, children)
    expected, _ = network.run(pictures())
    start = threading.Thread.start
    for free in (0, 1):  # when it is asked, when it answers
        left = iter(range(free))

        def start_a_few(thread: threading.Thread, left: Iterator[int] = left) -> None:
            if thread.name == "watch-model" and next(left, None) is None:
                raise RuntimeError("can't start new thread")
            start(thread)

        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", start_a_few)
            with pytest.raises(FieldGuideError) as caught:
                network.run(pictures()[::-1])
        assert caught.value.code is ErrorCode.SYSTEM_REFUSES
        assert np.allclose(network.run(pictures())[0], expected, atol=1e-4)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_no_file_more_is_a_sentence() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    children = Children()
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        with pytest.raises(FieldGuideError) as caught:
            children.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        children.end_all()
    assert caught.value.code is ErrorCode.SYSTEM_REFUSES


def test_a_process_that_cannot_be_started_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """RLIMIT_NPROC does not bind root, under whom tests may run."""

    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(child, "begin_process", refuse)
    with pytest.raises(FieldGuideError) as caught:
        Children().start()
    assert caught.value.code is ErrorCode.SYSTEM_REFUSES


@pytest.mark.skipif(sys.platform != "linux", reason="other systems bind no address space")
def test_too_little_memory_for_torch_is_called_so() -> None:
    """Its loader only says that it failed to map a segment, and FieldGuide was to be installed again."""
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (4 * 10**8, 4 * 10**8))\n"
        "from fieldguide.inference.child import *; from fieldguide.core.errors import *\n"
        "try: Children().start().torch()\nexcept FieldGuideError as error: print(error.code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["memory_short"], done.stderr[-2000:]


@pytest.mark.parametrize(("status", "bounded", "lacked"), [(12, False, True), (127, True, True), (127, False, False)])
@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_process_that_broke_off_lacked_memory_where_memory_is_bounded(
    monkeypatch: pytest.MonkeyPatch, status: int, bounded: bool, lacked: bool
) -> None:
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (10**9 if bounded else resource.RLIM_INFINITY, 0))
    assert child._lacked_memory(status) is lacked


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")
def test_a_model_that_nobody_can_watch_bounds_its_own_memory(tmp_path: Path) -> None:
    """Without /proc the window does not see how many bytes its process takes: six gigabytes here."""
    bundle = export(Eater(), tmp_path / "a.fieldguide", manifest(), pictures())
    code = (
        "from pathlib import Path; from fieldguide.inference.served import *\n"
        f"try: ServedNetwork.load(Path({str(bundle)!r}), 'cpu', 1, children=Children(), frozen=FrozenModels(None))\n"
        "except FieldGuideError as error: print(error.code)"
    )
    done = run_without_proc(code)
    assert done.stdout.split() == ["device_memory"], done.stderr[-2000:]


def test_the_command_starts_no_thread_for_numpy() -> None:
    """Where none may be started, OpenBLAS interrupts the program as Ctrl+C does, and all that was said was Stopped."""
    code = "import psutil; from fieldguide.cli import main; main(['guide', 'Galerina'])"
    code += "; print(psutil.Process().num_threads())"
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=bare, check=False
    )
    assert done.stdout.split()[-1] == "1", done.stderr[-2000:]


def test_a_system_without_a_null_device_is_a_sentence() -> None:
    if sys.platform != "linux" or not hides_proc():
        pytest.skip("no /dev can be hidden here: it takes Linux and root, or namespaces for users")
    code = (
        "from fieldguide.inference.child import *; from fieldguide.core.errors import *\n"
        "try: Children().start().torch()\nexcept FieldGuideError as error: print(error.code)"
    )
    hide = HIDE_PROC.replace("/proc", "/dev")
    done = subprocess.run(
        [*WITHOUT_PROC, hide, "sh", sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["system_refuses"], done.stderr[-2000:]
