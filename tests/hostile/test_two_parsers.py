"""Programs that Python and torch read differently: what is looked at is harmless, what runs writes a file."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.operators import refuse_program
from fieldguide.inference.runtime import Runtime
from fieldguide.inference.torchscript import open_program, read_weights
from tests.helpers.archives import files_of
from tests.helpers.bundles import manifest, prepared
from tests.helpers.tiny_network import TinyNetwork, export
from tests.hostile.test_archives import Trap

Files = dict[str, bytes]


class Decoy(nn.Module):
    """Looked at instead of the program, once it is named as that is."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures


class Shadowed(TinyNetwork):
    """Has a part that will be renamed, and writes a file as soon as constants are worked out."""

    def __init__(self) -> None:
        super().__init__()
        self.decoy_ = Decoy()

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        if torch.jit.is_scripting():
            logits = logits + torch.from_file("SPOOR", True, 3, dtype=torch.uint8)
        return logits, embedding


def scripted(network: type[nn.Module], folder: Path) -> Files:
    """A bundle whose program is `network`, whatever that does."""
    good = export(TinyNetwork(), folder / "good.fieldguide", manifest(), np.stack([prepared(n, 0) for n in range(3)]))
    extra = {name.split("/extra/")[1]: data for name, data in files_of(good).items() if "/extra/" in name}
    stream = io.BytesIO()
    torch.jit.save(torch.jit.script(network().eval()), stream, _extra_files=extra)
    return files_of(stream.getvalue())


def changed(files: Files, change: Callable[[str], str]) -> Files:
    return {name: change(d.decode()).encode() if name.endswith(".py") else d for name, d in files.items()}


def packed(files: Files) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def renamed(files: Files) -> Files:
    """The decoy takes the name of the program, in the source and in the pickle."""
    old, new = (b"X" + len(name).to_bytes(4, "little") + name for name in (b"decoy_", b"forward"))
    files = changed(files, lambda source: source.replace("decoy_ :", "forward :"))
    return {name: data.replace(old, new) if name.endswith("data.pkl") else data for name, data in files.items()}


def behind_a_type_comment(folder: Path) -> Files:
    """torch reads on behind `# type:`, a string over several lines too; for Python that string begins later."""
    begin = 'def nothing(x: Tensor) -> Tensor:\n  # type: ("""\n  y = """) -> Tensor\n  return x\n'
    spoor = (folder / "spoor").as_posix()
    return changed(scripted(Trap, folder), lambda source: begin + source.replace("SPOOR", spoor) + '# """\n')


def behind_a_part_of_its_name(folder: Path) -> Files:
    """`module.forward` finds the part, freezing takes the method; the operator is called by another name."""
    files, spoor = scripted(Shadowed, folder), (folder / "spoor").as_posix()
    call = 'torch.from_file("SPOOR", True, 3, dtype=0)'
    assert any(call.encode() in data for data in files.values())
    files = changed(files, lambda source: source.replace(call, f'write("{spoor}", True, 3, dtype=0)'))
    files = changed(
        files, lambda source: source.replace("features = self.f", "write = torch.from_file\n    features = self.f")
    )
    return renamed(files)


TRICKS = [behind_a_type_comment, behind_a_part_of_its_name]


@pytest.mark.parametrize("trick", TRICKS, ids=lambda each: each.__name__)
def test_the_bait_is_real(tmp_path: Path, trick: Callable[[Path], Files]) -> None:
    """Given to torch as it is, the program writes its file: without this the next test would prove nothing."""
    data = packed(trick(tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.freeze(torch.jit.load(io.BytesIO(data)).eval())
    assert (tmp_path / "spoor").exists()


@pytest.mark.parametrize("trick", TRICKS, ids=lambda each: each.__name__)
def test_no_door_opens_a_program_that_can_be_read_in_two_ways(tmp_path: Path, trick: Callable[[Path], Files]) -> None:
    path = tmp_path / "a.fieldguide"
    path.write_bytes(packed(trick(tmp_path)))
    doors: list[Callable[[], object]] = [
        lambda: refuse_program(read_bundle(path)),
        lambda: Runtime.load(path, "cpu"),
        lambda: read_weights(path),
        lambda: open_program(path, manifest()),
    ]
    for door in doors:
        with pytest.raises(FieldGuideError) as caught:
            door()
        assert caught.value.code is ErrorCode.BUNDLE_UNSAFE
    assert not (tmp_path / "spoor").exists()


def test_a_part_named_as_the_program_is_refused_whatever_it_does(tmp_path: Path) -> None:
    class Beside(TinyNetwork):
        def __init__(self) -> None:
            super().__init__()
            self.decoy_ = Decoy()

    path = tmp_path / "a.fieldguide"
    files = renamed(scripted(Beside, tmp_path))
    path.write_bytes(packed(files))
    for door in (lambda: Runtime.load(path, "cpu"), lambda: read_weights(path)):
        with pytest.raises(FieldGuideError) as caught:
            door()
        assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY


def test_whatever_torch_raises_at_a_broken_program_is_told(bundle_path: Path, tmp_path: Path) -> None:
    """The C++ of a missing weight is an IndexError in Python."""
    path = tmp_path / "a.fieldguide"
    path.write_bytes(packed(changed(files_of(bundle_path), lambda source: source.replace("weight", "weighs"))))
    for door in (lambda: Runtime.load(path, "cpu"), lambda: read_weights(path)):
        with pytest.raises(FieldGuideError) as caught:
            door()
        assert caught.value.code is ErrorCode.BUNDLE_DAMAGED
        assert isinstance(caught.value.__cause__, IndexError)
