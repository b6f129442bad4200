"""Models with allowed programs that never end, take all memory or answer badly: only their own process suffers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from fieldguide.core.text import explain
from fieldguide.inference import served
from fieldguide.inference.child import Bounds, Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.operators import refuse_program
from fieldguide.inference.served import ServedNetwork
from tests.helpers.archives import files_of
from tests.helpers.bundles import manifest, prepared, write_photo
from tests.helpers.tiny_network import Eater, EndlessLater, TinyNetwork, export
from trainer.cli import main as trainer

MEGABYTE = 2**20


class Endless(TinyNetwork):
    """Comes back from Python, so that it can be exported, and never from TorchScript."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        number = pictures.size(0)
        if torch.jit.is_scripting():
            while number > 0:
                number = number % 7 + 1
        return logits, embedding


def bright(pictures: torch.Tensor) -> torch.Tensor:
    return (pictures.float().mean([1, 2, 3]) > 200).float()[:, None]


class NoNumber(TinyNetwork):
    """Divides by zero for bright pictures."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        return logits / (1 - bright(pictures)), embedding


class OtherShape(TinyNetwork):
    """Forgets a label for bright pictures."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        if bool(bright(pictures).sum() > 0):
            logits = logits[:, :2]
        return logits, embedding


class Stops(TinyNetwork):
    """Never ends for bright pictures."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        number = int(bright(pictures).sum())
        while number > 0:
            number = number % 7 + 1
        return logits, embedding


class Raises(TinyNetwork):
    """Raises for bright pictures what Python would call a ValueError; torch has one class of its own for all."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if bool(bright(pictures).sum() > 0):
            raise ValueError("\x1b[31m<b>all is well</b>")
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        return logits, embedding


class RaisesAtOnce(TinyNetwork):
    """Raises for whatever is no golden picture."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        if torch.jit.is_scripting():
            assert pictures.size(0) > 1
        return logits, embedding


@pytest.fixture
def children() -> Iterator[Children]:
    made = Children()
    yield made
    made.end_all()


@pytest.fixture
def load(tmp_path: Path, children: Children) -> Callable[[type[nn.Module]], ServedNetwork]:
    def make(network: type[nn.Module]) -> ServedNetwork:
        torch.manual_seed(0)
        pictures = np.stack([prepared(label, 0) for label in range(3)])
        path = export(network(), tmp_path / "a.fieldguide", manifest(), pictures)
        return ServedNetwork.load(path, "cpu", 1, children=children, frozen=FrozenModels(tmp_path / "frozen"))

    return make


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test can wait for; the real ones are for slow machines."""
    for name in ("of_load", "of_run"):
        monkeypatch.setattr(Bounds, name, lambda *_: Bounds(20, 1.5, 900 * MEGABYTE))


@pytest.mark.parametrize(
    ("network", "code"),
    [
        (Endless, ErrorCode.MODEL_SLOW),
        (EndlessLater, ErrorCode.MODEL_SLOW),
        (Eater, ErrorCode.MODEL_GREEDY),
        (RaisesAtOnce, ErrorCode.BUNDLE_DAMAGED),
    ],
)
@pytest.mark.usefixtures("narrow")
def test_first_contact_ends_in_its_own_process(
    load: Callable[[type[nn.Module]], ServedNetwork],
    children: Children,
    tmp_path: Path,
    network: type[nn.Module],
    code: ErrorCode,
) -> None:
    children.start().torch()  # what comes is the model's time, not torch's
    with pytest.raises(FieldGuideError) as caught:
        load(network)
    assert caught.value.code is code
    assert "a.fieldguide" in explain(caught.value)
    assert not (tmp_path / "frozen").exists(), "what failed must not pass for checked"


@pytest.mark.usefixtures("narrow")
def test_the_trainer_asks_a_strangers_model_in_its_own_process_too(tmp_path: Path, capsys) -> None:
    pictures = np.stack([prepared(label, 0) for label in range(3)])
    path = export(EndlessLater(), tmp_path / "a.fieldguide", manifest(), pictures)
    write_photo(tmp_path / "photos" / "Amanita muscaria" / "a.jpg", 0)
    assert trainer(["verify", str(path)]) == 1
    assert trainer(["evaluate", str(path), str(tmp_path / "photos"), "--quiet"]) == 1
    written = capsys.readouterr()
    for said in (written.out, written.err):
        assert "a.fieldguide" in said
        assert "Traceback" not in said


@pytest.mark.parametrize("network", [NoNumber, OtherShape, Raises, Stops])
@pytest.mark.usefixtures("narrow")
def test_one_photo_without_an_answer_takes_no_other_with_it(
    load: Callable[[type[nn.Module]], ServedNetwork], tmp_path: Path, network: type[nn.Module]
) -> None:
    photos = [write_photo(tmp_path / f"{number}.jpg", number % 3, number) for number in range(6)]
    photos[2] = tmp_path / "white.png"
    Image.new("RGB", (400, 300), "white").save(photos[2])
    found = list(FindIdentifier(load(network), load_guide()).identify([[photo] for photo in photos]))
    assert [find.identification is None for find in found] == [False, False, True, False, False, False]
    (unread,) = found[2].unreadable
    assert unread.path == photos[2]
    assert unread.error.code is ErrorCode.MODEL_NO_ANSWER
    assert "white.png" in explain(unread.error)


@pytest.mark.usefixtures("narrow")
def test_a_model_that_dies_at_every_photo_is_soon_asked_no_more(
    load: Callable[[type[nn.Module]], ServedNetwork], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [tmp_path / f"{number}.png" for number in range(12)]
    for number, photo in enumerate(photos):
        Image.new("RGB", (400 + number, 300), "white").save(photo)
    monkeypatch.setattr(served, "MOST_DEATHS", 2)
    network = load(Stops)
    found = list(FindIdentifier(network, load_guide()).identify([[photo] for photo in photos]))
    assert len(found) == 12
    assert all(find.identification is None for find in found)
    assert network._deaths == 2


@pytest.mark.parametrize("depth", [200, 2_000_000])
def test_constants_nested_too_deep_are_refused(bundle_path: Path, tmp_path: Path, depth: int) -> None:
    """torch's reader goes down one call for each and runs out of stack: the process dies."""
    path = tmp_path / "a.fieldguide"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files_of(bundle_path).items():
            deep = b"\x80\x02" + b")" + b"\x85" * depth + b"\x85."
            archive.writestr(name, deep if name.endswith("constants.pkl") else data)
    with pytest.raises(FieldGuideError) as caught:
        refuse_program(read_bundle(path))
    assert caught.value.code is ErrorCode.BUNDLE_UNSAFE
    assert "deep" in str(caught.value.facts["problem"])


def test_a_program_of_millions_of_lines_is_refused_before_it_is_read(bundle_path: Path, tmp_path: Path) -> None:
    """Taken apart, each letter takes 80 bytes; the trainer does that in its own process."""
    path = tmp_path / "a.fieldguide"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files_of(bundle_path).items():
            many = b"".join(b"def f%d(x: Tensor) -> Tensor:\n  return x\n" % number for number in range(250_000))
            archive.writestr(name, many + data if name.endswith("tiny_network.py") else data)
    with pytest.raises(FieldGuideError) as caught:
        refuse_program(read_bundle(path))
    assert caught.value.code is ErrorCode.BUNDLE_UNSAFE
    assert "without end" in str(caught.value.facts["problem"])


def test_too_many_golden_samples_are_refused(bundle_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.fieldguide"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files_of(bundle_path).items():
            if name.endswith("golden.npz"):
                with np.load(io.BytesIO(data)) as golden:
                    many = {key: np.repeat(golden[key][:1], 1500, 0) for key in golden.files}
                stream = io.BytesIO()
                np.savez(stream, **many)
                data = stream.getvalue()
            archive.writestr(name, data)
    with pytest.raises(FieldGuideError) as caught:
        read_bundle(path).golden()
    assert caught.value.code is ErrorCode.BUNDLE_CONTRADICTORY
