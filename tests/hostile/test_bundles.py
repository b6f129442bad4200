"""Bundles from strangers: programs that touch files, at every moment at which a TorchScript archive can run."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import explain
from fieldguide.inference.operators import refuse_operators, refuse_program
from fieldguide.inference.runtime import Runtime
from tests.helpers.bundles import manifest, prepared
from tests.helpers.tiny_network import TinyNetwork, export

SPOOR = "SPOOR"  # stands for a file that a program would write; replaced by a path inside the test's own folder


def pictures() -> np.ndarray:
    return np.stack([prepared(label, 0) for label in range(3)])


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of a bundle in which `change` made other bytes (or None: leave out) of its entries."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None and not name.endswith("debug_pkl"):
                new.writestr(name, data)
    return target


def in_source(before: str, after: str) -> Callable[[str, bytes], bytes]:
    """Replace text of the program; it must be there."""

    def change(name: str, data: bytes) -> bytes:
        return data.replace(before.encode(), after.encode()) if name.endswith(".py") else data

    return change


def refused(path: Path, code: ErrorCode = ErrorCode.BUNDLE_UNSAFE) -> str:
    with pytest.raises(FieldGuideError) as caught:
        Runtime.load(path, "cpu")
    assert caught.value.code is code, caught.value
    assert path.name in str(caught.value.facts["file"])
    return explain(caught.value)


class Writer(TinyNetwork):
    """Writes a file whenever it is asked, once exported."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        answer = self.answer(self.features(self.normalise(pictures)).flatten(1))
        if torch.jit.is_scripting():
            torch.save(answer[0], "SPOOR")
        return answer


class Reader(TinyNetwork):
    """Mixes a file of the machine into its answers, deep inside a loop and a branch."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        if torch.jit.is_scripting():
            for number in range(2):
                if number > 5:
                    logits = logits + torch.from_file("SPOOR", False, 3, dtype=torch.uint8)
        return logits, embedding


class Keeper(TinyNetwork):
    """Runs a method of its own while it is being loaded."""

    @torch.jit.export
    def __getstate__(self) -> tuple[torch.Tensor, bool]:
        return torch.zeros(1), self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]) -> None:
        torch.save(state[0], "SPOOR")
        self.training = state[1]


@pytest.mark.parametrize(("network", "named"), [(Writer, "aten::save"), (Reader, "aten::from_file"), (Keeper, "__")])
def test_programs_that_touch_files_are_refused(tmp_path: Path, network: type[nn.Module], named: str) -> None:
    plain = export(network(), tmp_path / "plain.fieldguide", manifest(), pictures())
    spoor = tmp_path / "spoor"
    path = rewritten(plain, tmp_path / "evil.fieldguide", in_source(SPOOR, spoor.as_posix()))
    assert named in refused(path)
    assert not spoor.exists()


@pytest.fixture
def evil(bundle_path: Path, tmp_path: Path) -> Callable[[str, str], Path]:
    """Make a bundle of which one piece of source was replaced."""

    def make(before: str, after: str) -> Path:
        path = rewritten(bundle_path, tmp_path / "evil.fieldguide", in_source(before, after))
        assert any(after in source for source in read_bundle(path).program().values()), "nothing was replaced"
        return path

    return make


def test_a_default_argument_runs_while_loading_and_is_refused(evil: Callable[[str, str], Path]) -> None:
    call = 'k: Tensor=torch.from_file("/etc/hostname", False, 3, dtype=0)) -> Tuple[Tensor, Tensor]'
    assert "default" in refused(evil("pictures: Tensor) -> Tuple[Tensor, Tensor]", f"pictures: Tensor, {call}"))


def test_a_class_constant_runs_while_loading_and_is_refused(evil: Callable[[str, str], Path]) -> None:
    constant = 'k : Final[int] = int(torch.numel(torch.from_file("/etc/hostname", False, 3, dtype=0)))'
    assert "constant" in refused(evil("class TinyNetwork(Module):", f"class TinyNetwork(Module):\n  {constant}"))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ('torch.save(pictures, "x")', "aten::save"),
        ("ops.c10d.wait(pictures)", "c10d::wait"),
        ("ops.quantized.relu6(pictures)", "quantized::relu6"),
        ("ops.prim.rpc_sync(pictures)", "prim::rpc_sync"),
        ("ops.aten.from_file(pictures)", "aten::from_file"),
        ("torch.wait(pictures)", "aten::wait"),
        ('getattr(torch, "from_file")("x", True, 3)', "torch under another name"),
        ('getattr(ops.aten, "from_file")("x", True, 3)', "aten"),
        ('fork(torch.save, pictures, "x")', "aten::save"),
    ],
)
def test_calls_are_refused_before_torch_reads_them(evil: Callable[[str, str], Path], call: str, named: str) -> None:
    path = evil("squeeze = self.squeeze", f"_9 = {call}\n    squeeze = self.squeeze")
    with pytest.raises(FieldGuideError) as caught:
        refuse_program(read_bundle(path))
    assert named in str(caught.value.facts["problem"])


@pytest.mark.parametrize(
    "source",
    [
        "class TinyNetwork(Module:",
        "x = 1",
        "import os\nprint(os)",
        "(" * 5000,
        "class A(Module):\n  for i in range(3): pass",
    ],
)
def test_a_program_that_is_none_is_refused(bundle_path: Path, tmp_path: Path, source: str) -> None:
    path = rewritten(
        bundle_path,
        tmp_path / "evil.fieldguide",
        lambda name, data: source.encode() if name.endswith("tiny_network.py") else data,
    )
    refused(path)


class Shell:
    """What a pickle would call, if anybody unpickled it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch spoor",)


@pytest.mark.parametrize(
    "data", [pickle.dumps(Shell(), 2), pickle.dumps(Shell(), 4), b"cos\nsystem\n.", b"\x80\x02\xff", b""]
)
@pytest.mark.parametrize("entry", ["data.pkl", "constants.pkl"])
def test_pickles_that_name_anything_else_are_refused(
    bundle_path: Path, tmp_path: Path, data: bytes, entry: str
) -> None:
    path = rewritten(
        bundle_path, tmp_path / "evil.fieldguide", lambda name, old: data if name.endswith(f"/{entry}") else old
    )
    refused(path)


def test_classes_of_other_libraries_are_refused(evil: Callable[[str, str], Path]) -> None:
    refused(evil("squeeze = self.squeeze", "_9 = __torch__.torch.classes.dist.Store\n    squeeze = self.squeeze"))


def test_operators_are_allowed_by_name() -> None:
    refuse_operators(["aten::conv2d", "aten::relu_", "prim::Constant", "prim::If"], "a")
    for kind in (
        "aten::save",
        "aten::from_file",
        "prim::PythonOp",
        "prim::CallMethod",
        "prim::Print",
        "c10d::send",
        "",
    ):
        with pytest.raises(FieldGuideError):
            refuse_operators(["aten::conv2d", kind], "a")


def test_a_script_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    torch.jit.save(torch.jit.script(TinyNetwork()), str(tmp_path / "a.fieldguide"))
    assert "manifest" in refused(tmp_path / "a.fieldguide", ErrorCode.BUNDLE_CONTRADICTORY)


def test_weights_alone_are_no_bundle(tmp_path: Path) -> None:
    torch.save(TinyNetwork().state_dict(), tmp_path / "a.fieldguide")
    refused(tmp_path / "a.fieldguide", ErrorCode.BUNDLE_CONTRADICTORY)


def test_a_later_schema_is_too_new(bundle_path: Path, tmp_path: Path) -> None:
    path = rewritten(
        bundle_path,
        tmp_path / "new.fieldguide",
        lambda name, data: b'{"schema": 99}' if name.endswith("manifest.json") else data,
    )
    assert "99" in refused(path, ErrorCode.BUNDLE_TOO_NEW)


@pytest.mark.parametrize("kept", [0.2, 0.7, 0.99])
def test_a_truncated_bundle_is_damaged(bundle_path: Path, tmp_path: Path, kept: float) -> None:
    whole = bundle_path.read_bytes()
    (tmp_path / "a.fieldguide").write_bytes(whole[: int(len(whole) * kept)])
    refused(tmp_path / "a.fieldguide", ErrorCode.BUNDLE_DAMAGED)


def test_other_weights_fail_the_golden_samples(bundle_path: Path, tmp_path: Path) -> None:
    def shuffle(name: str, data: bytes) -> bytes:
        if "/data/" not in name or len(data) < 200:
            return data
        return np.frombuffer(data, np.float32)[::-1].tobytes()

    refused(rewritten(bundle_path, tmp_path / "a.fieldguide", shuffle), ErrorCode.BUNDLE_GOLDEN_MISMATCH)


def test_weights_that_are_longer_than_their_file_are_refused(bundle_path: Path, tmp_path: Path) -> None:
    """torch does not look: it reads on behind the end, and crashes or answers with somebody else's memory."""
    path = rewritten(
        bundle_path, tmp_path / "a.fieldguide", lambda name, data: data[:-16] if "/data/" in name else data
    )
    assert "data" in refused(path)


def test_a_tensor_that_leaves_its_storage_is_refused(bundle_path: Path, tmp_path: Path) -> None:
    def enlarge(name: str, data: bytes) -> bytes:
        if not name.endswith("/data.pkl"):
            return data
        shape = b"K\x08K\x03K\x05K\x05t"  # 8, 3, 5, 5: the first convolution
        assert shape in data
        return data.replace(shape, b"K\xc8K\x03K\x05K\x05t")

    refused(rewritten(bundle_path, tmp_path / "a.fieldguide", enlarge))


def test_a_golden_file_of_other_labels_is_a_contradiction(bundle_path: Path, tmp_path: Path) -> None:
    stream = io.BytesIO()
    np.savez(
        stream,
        images=np.zeros((1, 3, 64, 64), np.uint8),
        logits=np.zeros((1, 9), np.float32),
        embedding=np.zeros((1, 32), np.float32),
    )
    path = rewritten(
        bundle_path,
        tmp_path / "a.fieldguide",
        lambda name, data: stream.getvalue() if name.endswith("golden.npz") else data,
    )
    refused(path, ErrorCode.BUNDLE_CONTRADICTORY)
