"""Loading a real bundle: its answers, its device, its checks."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from fieldguide.core.bundle import read_bundle
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference import runtime as module
from fieldguide.inference.runtime import Runtime
from fieldguide.inference.torchscript import open_program, read_weights, save_program
from tests.helpers.bundles import LABELS, manifest, prepared
from tests.helpers.tiny_network import TinyNetwork, export


@pytest.fixture(scope="module")
def runtime(bundle_path: Path) -> Runtime:
    return Runtime.load(bundle_path, "cpu", threads=1)


def test_it_names_the_drawings(runtime: Runtime) -> None:
    batch = np.stack([prepared(label, 700 + seed) for seed in range(8) for label in range(3)])
    logits, embedding = runtime.run(batch)
    assert logits.dtype == embedding.dtype == np.float32
    assert logits.shape == (24, 3)
    assert embedding.shape == (24, 32)
    assert (logits.argmax(axis=1) == np.arange(24) % 3).all()


def test_what_was_checked_and_frozen_answers_the_same_without_another_check(bundle_path: Path) -> None:
    checked = Runtime.load(bundle_path, "cpu", threads=1)
    again = Runtime.of(checked.bundle, 1, checked.freeze())
    pictures = np.stack([prepared(label, 900 + label) for label in range(3)])
    for expected, answer in zip(checked.run(pictures), again.run(pictures), strict=True):
        assert np.allclose(answer, expected, atol=1e-5)


def test_weights_and_program_are_taken_out_of_a_file_to_go_on_from(bundle_path: Path, runtime: Runtime) -> None:
    program = open_program(bundle_path, runtime.manifest)
    weights = read_weights(bundle_path)
    assert weights.keys() == program.state_dict().keys()
    assert all(torch.equal(value, program.state_dict()[name]) for name, value in weights.items())
    picture = torch.from_numpy(prepared(0, 3)[None])
    assert np.allclose(program(picture)[0].detach().numpy(), runtime.run(picture.numpy())[0], atol=1e-4)


def test_no_pictures_give_no_answers(runtime: Runtime) -> None:
    logits, embedding = runtime.run(np.zeros((0, 3, 64, 64), np.uint8))
    assert logits.shape == (0, 3)
    assert embedding.shape == (0, 32)


def test_parts_answer_as_the_whole(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = np.stack([prepared(label, 0) for label in range(3)])
    whole, _ = runtime.run(batch)
    monkeypatch.setattr(runtime, "batch_size", 2)
    assert np.allclose(runtime.run(batch)[0], whole, atol=1e-4)


@pytest.mark.parametrize("threads", [1, 3])
def test_beside_decoding_the_answers_and_afterwards_the_threads_are_the_same(runtime: Runtime, threads: int) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        for count in (0, 1, 7):
            pictures = np.stack([prepared(number % 3, number) for number in range(7)])[:count]
            alone = runtime.run(pictures)
            with runtime.beside_decoding():
                together = runtime.run(pictures)
            for one, other in zip(alone, together, strict=True):
                assert one.shape == other.shape
                assert np.allclose(one, other, atol=1e-4)
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_loading_says_nothing_of_deprecations(bundle_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Runtime.load(bundle_path, "cpu").manifest.labels == LABELS


def test_without_a_graphics_card_auto_is_silent_and_cuda_says_a_word(
    bundle_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    auto, cuda = Runtime.load(bundle_path, "auto"), Runtime.load(bundle_path, "cuda")
    assert (auto.device, auto.note) == ("cpu", None)
    assert cuda.device == "cpu"
    assert cuda.note


def test_an_unusable_graphics_card_falls_back_with_its_name(bundle_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(device: str) -> None:
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device\nmore")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Old Card 9")
    monkeypatch.setattr(module, "run_tiny_kernel", missing)
    found = Runtime.load(bundle_path, "auto")
    assert found.device == "cpu"
    assert found.note is not None
    assert "Old Card 9" in found.note
    assert "no kernel image" in found.note
    assert "more" not in found.note


def test_a_full_graphics_card_gets_half_and_then_nothing(bundle_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Runtime.load(bundle_path, "cpu")
    batch = np.stack([prepared(label, 0) for label in range(3)])
    expected, _ = found.run(batch)
    on_the_processor = found._module
    sizes = []

    def full(pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        sizes.append(len(pictures))
        if len(pictures) > 1:
            raise torch.cuda.OutOfMemoryError
        return on_the_processor(pictures)

    monkeypatch.setattr(found, "_module", full)
    assert np.allclose(found.run(batch)[0], expected, atol=1e-4)
    assert sizes == [3, 1, 1, 1]
    assert found.batch_size == 1

    def fuller(pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        raise torch.cuda.OutOfMemoryError

    monkeypatch.setattr(found, "_card", "Small Card")
    monkeypatch.setattr(found, "_module", fuller)
    assert np.allclose(found.run(batch)[0], expected, atol=1e-4)
    assert found.device == "cpu"
    assert "Small Card" in str(found.note)


def test_a_graphics_card_that_is_lost_gives_way_to_the_processor_and_says_why(
    bundle_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Runtime.load(bundle_path, "cpu")
    batch = np.stack([prepared(label, 0) for label in range(3)])
    expected, _ = found.run(batch)
    on_the_processor = found._forward

    def lost(pictures: np.ndarray) -> object:
        if found.device == "cuda":
            raise RuntimeError("CUDA error: unspecified launch failure\nmore")
        return on_the_processor(pictures)

    monkeypatch.setattr(found, "device", "cuda")
    monkeypatch.setattr(found, "_card", "Lost Card")
    monkeypatch.setattr(found, "_forward", lost)
    assert np.allclose(found.run(batch)[0], expected, atol=1e-4)
    assert found.device == "cpu"
    assert "Lost Card" in str(found.note)
    assert "unspecified launch failure" in str(found.note)
    assert "more" not in str(found.note)


@pytest.mark.parametrize(
    "problem",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 6 GB"),
    ],
)
def test_too_little_memory_is_not_called_a_damaged_model(
    bundle_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    found = Runtime.load(bundle_path, "cpu")
    batch = np.stack([prepared(label, 0) for label in range(3)])
    expected, _ = found.run(batch)
    on_the_processor = found._forward

    def small(pictures: np.ndarray) -> object:
        if len(pictures) > most:
            raise problem
        return on_the_processor(pictures)

    monkeypatch.setattr(found, "_forward", small)
    most = 2
    assert np.allclose(found.run(batch)[0], expected, atol=1e-4)
    most = 0
    with pytest.raises(FieldGuideError) as caught:
        found.run(batch)
    assert caught.value.code is ErrorCode.DEVICE_MEMORY


def test_a_device_of_another_name_is_refused(bundle_path: Path) -> None:
    with pytest.raises(FieldGuideError) as caught:
        Runtime.load(bundle_path, "abacus")
    assert caught.value.code is ErrorCode.DEVICE_UNAVAILABLE


def test_a_program_that_fails_while_running_is_damage(runtime: Runtime) -> None:
    with pytest.raises(FieldGuideError) as caught:
        runtime.run(np.zeros((1, 5, 64, 64), np.uint8))
    assert caught.value.code is ErrorCode.BUNDLE_DAMAGED


class Shifted(TinyNetwork):
    """Answers differently once exported, as a wrong mean would."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        values = pictures.float() / 255.0
        if torch.jit.is_scripting():
            values = values - 0.5
        return self.answer(self.features(values).flatten(1))


class Fewer(TinyNetwork):
    """Fewer logits than labels once exported."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, embedding = self.answer(self.features(self.normalise(pictures)).flatten(1))
        if torch.jit.is_scripting():
            logits = logits[:, :2]
        return logits, embedding


@pytest.mark.parametrize(
    ("network", "code"), [(Shifted, ErrorCode.BUNDLE_GOLDEN_MISMATCH), (Fewer, ErrorCode.BUNDLE_CONTRADICTORY)]
)
def test_other_answers_than_the_golden_ones_are_refused(tmp_path: Path, network: type, code: ErrorCode) -> None:
    torch.manual_seed(0)
    pictures = np.stack([prepared(label, 0) for label in range(3)])
    path = export(network(), tmp_path / "a.fieldguide", manifest(), pictures)
    with pytest.raises(FieldGuideError) as caught:
        Runtime.load(path, "cpu")
    assert caught.value.code is code
    assert caught.value.facts["file"] == "a.fieldguide"


class Attentive(TinyNetwork):
    """As transformers answer: GELU, and attention, which torch short-cuts in evaluation."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = torch.nn.MultiheadAttention(32, 2, batch_first=True)

    def answer(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        words = torch.nn.functional.gelu(self.squeeze(features)).unsqueeze(1)
        embedding = self.attention(words, words, words, need_weights=False)[0].flatten(1)
        return self.head(embedding), embedding


@pytest.mark.filterwarnings("error::torch.jit.TracerWarning")
def test_a_transformer_is_saved_without_a_word_opened_and_explained(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, pictures = Attentive().eval(), np.stack([prepared(label, 0) for label in range(3)])
    extra = parts_of_a_bundle(network, tmp_path / "scripted.fieldguide", pictures)
    save_program(network, torch.from_numpy(pictures), tmp_path / "ours.fieldguide", extra)
    runtime = Runtime.load(tmp_path / "ours.fieldguide", "cpu")
    assert runtime.input_gradient(pictures[0], np.array([1, 0, 0], np.float32)).any()


@pytest.mark.filterwarnings("ignore:.*jit.*:DeprecationWarning")
def test_a_transformer_that_somebody_else_saved_opens_too(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, pictures = Attentive().eval(), np.stack([prepared(label, 0) for label in range(3)])
    extra = parts_of_a_bundle(network, tmp_path / "scripted.fieldguide", pictures)
    with torch.no_grad():
        traced = torch.jit.trace(network, (torch.from_numpy(pictures),), _store_inputs=False)
    torch.jit.save(traced, str(tmp_path / "theirs.fieldguide"), _extra_files=extra)
    assert "_native_multi_head_attention" in str(traced.inlined_graph)
    assert np.isfinite(Runtime.load(tmp_path / "theirs.fieldguide", "cpu").run(pictures)[0]).all()


def parts_of_a_bundle(network: torch.nn.Module, scripted: Path, pictures: np.ndarray) -> dict[str, bytes]:
    made = read_bundle(export(network, scripted, manifest(), pictures))
    return {name: made.extra(name) or b"" for name in ("manifest.json", "golden.npz")}


def test_the_gradient_has_the_shape_of_the_picture(runtime: Runtime) -> None:
    gradient = runtime.input_gradient(prepared(0, 0), np.array([1, 0, 0], np.float32))
    assert gradient.shape == (3, 64, 64)
    assert np.abs(gradient).max() > 0
