"""Archives that two readers read differently: what Python finds in them is harmless, what torch finds writes a file."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from fieldguide.core.bundle import packing, read_bundle, read_manifest, read_table
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.operators import refuse_program
from fieldguide.inference.runtime import Runtime
from fieldguide.inference.torchscript import open_program, read_weights
from fieldguide.storage.models import ModelShelf
from tests.helpers.archives import end, end64, files_of, pack
from tests.helpers.bundles import manifest, prepared
from tests.helpers.tiny_network import TinyNetwork, export
from trainer.export.packaged import Recipe, package_network
from trainer.fit.network import read_state


class Bait(nn.Module):
    """Writes a file while it is being loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.payload = torch.tensor(list(b"owned"), dtype=torch.uint8)

    @torch.jit.export
    def __getstate__(self) -> tuple[torch.Tensor, bool]:
        return self.payload, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]) -> None:
        self.training = state[1]
        written = torch.from_file("SPOOR", True, state[0].numel(), dtype=torch.uint8)
        written.copy_(state[0])
        self.payload = written

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures


class Trap(TinyNetwork):
    """A network like any other, with bait."""

    def __init__(self) -> None:
        super().__init__()
        self.bait = Bait()


Files = dict[str, bytes]


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Files:
    pictures = np.stack([prepared(label, 0) for label in range(3)])
    return files_of(export(TinyNetwork(), tmp_path_factory.mktemp("good") / "archive.fieldguide", manifest(), pictures))


@pytest.fixture(scope="session")
def trap() -> Files:
    stream = io.BytesIO()
    torch.jit.save(torch.jit.script(Trap().eval()), stream)
    return files_of(stream.getvalue())


def armed(trap: Files, spoor: Path) -> Files:
    return {
        name: data.replace(b"SPOOR", spoor.as_posix().encode()) if name.endswith(".py") else data
        for name, data in trap.items()
    }


# Each makes one file of two: `good` for one reader, `evil` for another.


def in_the_comment(good: Files, evil: Files) -> bytes:
    """The end's record points at one directory; where it says the comment begins lies the other, of the same size."""
    shown, hidden = pack(good), pack(evil, len(pack(good).body))
    size = max(len(shown.directory), len(hidden.directory))
    shown = pack(good, last_comment=b" " * (size - len(shown.directory)), shift=size + 22)
    comment = hidden.directory + bytes(size - len(hidden.directory))
    at = len(shown.body) + len(hidden.body)
    return shown.body + hidden.body + shown.directory + end(hidden.count, size, at + size + 22, comment)


def by_the_longer_record(good: Files, evil: Files) -> bytes:
    """The longer record before the end says one thing, the one that the locator points at another."""
    shown, hidden = pack(good), pack(evil, len(pack(good).body))
    data = shown.body + hidden.body + hidden.directory
    far = end64(hidden.count, len(hidden.directory), len(shown.body) + len(hidden.body), 0)[:56]
    where = len(data)
    data += far + shown.directory
    start = len(data) - len(shown.directory)
    return data + end64(shown.count, len(shown.directory), start, where) + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def by_the_shorter_record(good: Files, evil: Files) -> bytes:
    """The end itself names one directory, its longer form the other."""
    shown, hidden = pack(good), pack(evil, len(pack(good).body))
    at = len(shown.body) + len(hidden.body)
    data = shown.body + hidden.body + hidden.directory + shown.directory
    longer = end64(shown.count, len(shown.directory), at + len(hidden.directory), len(data))
    return data + longer + end(hidden.count, len(hidden.directory), at)


def after_the_end(good: Files, evil: Files) -> bytes:
    """A whole second archive behind the first."""
    shown = pack(good)
    first = shown.body + shown.directory + end(shown.count, len(shown.directory), len(shown.body))
    hidden = pack(evil, len(first))
    return first + hidden.body + hidden.directory + end(hidden.count, len(hidden.directory), len(first + hidden.body))


def before_the_start(good: Files, evil: Files) -> bytes:
    """A whole second archive before the first, whose offsets count from its own start."""
    hidden, shown = pack(evil), pack(good)
    first = hidden.body + hidden.directory + end(hidden.count, len(hidden.directory), len(hidden.body))
    return first + shown.body + shown.directory + end(shown.count, len(shown.directory), len(shown.body))


def in_a_gap(good: Files, evil: Files) -> bytes:
    """The files of the second archive lie between files and directory of the first."""
    shown, hidden = pack(good), pack(evil, len(pack(good).body))
    data = shown.body + hidden.body + hidden.directory
    return data + shown.directory + end(shown.count, len(shown.directory), len(data))


def twice(good: Files, evil: Files) -> bytes:
    """Every name stands twice."""
    shown = pack(good)
    hidden = pack(evil, len(shown.body))
    directory = shown.directory + hidden.directory
    data = shown.body + hidden.body
    return data + directory + end(shown.count + hidden.count, len(directory), len(data))


def under_two_names(good: Files, evil: Files) -> bytes:
    """The record of each file calls it otherwise than the directory."""
    shown = pack(good)
    other = bytearray(shown.body)
    for name, offset in zip(good, shown.offsets, strict=True):
        other[offset + 30 : offset + 30 + len(name)] = name[::-1].encode()
    return bytes(other) + shown.directory + end(shown.count, len(shown.directory), len(shown.body))


def overlapping(good: Files, evil: Files) -> bytes:
    """Two files of the directory are one in the body."""
    shown = pack(good)
    *_, last = zip(shown.offsets, good, strict=True)
    name = last[1][:-1].encode() + b"~"
    entry = shown.directory[shown.directory.rindex(b"PK\1\2") :][:46] + name
    directory = shown.directory + entry
    return shown.body + directory + end(shown.count + 1, len(directory), len(shown.body))


def counted_wrongly(good: Files, evil: Files) -> bytes:
    """The end counts fewer files than the directory holds."""
    shown = pack(good)
    return shown.body + shown.directory + end(shown.count - 1, len(shown.directory), len(shown.body))


def in_many_parts(good: Files, evil: Files) -> bytes:
    """The end says that this is the second disk."""
    shown = pack(good)
    last = bytearray(end(shown.count, len(shown.directory), len(shown.body)))
    last[4:8] = struct.pack("<2H", 1, 1)
    return shown.body + shown.directory + last


def with_gaps(good: Files, evil: Files) -> bytes:
    """Bytes that belong to no file lie between the files."""
    shown = pack(good, gap=16)
    return shown.body + shown.directory + end(shown.count, len(shown.directory), len(shown.body))


def with_other_sizes(good: Files, evil: Files) -> bytes:
    """The record of each file tells another length than the directory."""
    shown = pack(good)
    body = bytearray(shown.body)
    for offset in shown.offsets:
        body[offset + 18 : offset + 26] = struct.pack("<2L", 7, 9)
    return bytes(body) + shown.directory + end(shown.count, len(shown.directory), len(shown.body))


def locked(good: Files, evil: Files) -> bytes:
    """Every file says that it is encrypted."""
    return _flags_set(good, 0x1)


def patched(good: Files, evil: Files) -> bytes:
    """Every file says that it is a patch of another."""
    return _flags_set(good, 0x20)


def _flags_set(good: Files, flag: int) -> bytes:
    shown = pack(good)
    body, directory, at = bytearray(shown.body), bytearray(shown.directory), 0
    for name, offset in zip(good, shown.offsets, strict=True):
        body[offset + 6] |= flag
        directory[at + 8] |= flag
        at += 46 + len(name)
    return bytes(body + directory) + end(shown.count, len(shown.directory), len(shown.body))


def _zipped(good: Files, packing: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, data in good.items():
            archive.writestr(name, data)
    return stream.getvalue()


def packed_with_lzma(good: Files, evil: Files) -> bytes:
    """A packing that torch does not know."""
    return _zipped(good, zipfile.ZIP_LZMA)


def packed_with_bzip2(good: Files, evil: Files) -> bytes:
    """Another one."""
    return _zipped(good, zipfile.ZIP_BZIP2)


def with_a_folder(good: Files, evil: Files) -> bytes:
    """A name that ends as a folder does."""
    return _zipped({**good, f"{next(iter(good)).split('/')[0]}/data/": b""}, zipfile.ZIP_STORED)


TRICKS = [
    *(in_the_comment, by_the_longer_record, by_the_shorter_record, after_the_end, before_the_start, in_a_gap),
    *(twice, under_two_names, overlapping, counted_wrongly, in_many_parts, with_gaps, with_other_sizes),
    *(locked, patched, packed_with_lzma, packed_with_bzip2, with_a_folder),
]
REFUSALS = {ErrorCode.BUNDLE_UNSAFE, ErrorCode.BUNDLE_DAMAGED}


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_no_door_opens_an_archive_that_can_be_read_in_two_ways(
    tmp_path: Path, good: Files, trap: Files, trick: Callable[[Files, Files], bytes]
) -> None:
    spoor, path = tmp_path / "spoor", tmp_path / "a.fieldguide"
    path.write_bytes(trick(good, armed(trap, spoor)))
    doors: list[Callable[[], object]] = [
        lambda: Runtime.load(path, "cpu"),
        lambda: ModelShelf(tmp_path / "shelf").install(path, refuse_program),
        lambda: read_manifest(path),
        lambda: read_weights(path),
        lambda: open_program(path, manifest()),
        lambda: read_table(path),
    ]
    for door in doors:
        with pytest.raises(FieldGuideError) as caught:
            door()
        assert caught.value.code in REFUSALS, caught.value
        assert caught.value.facts["file"] == path.name
    assert not spoor.exists()


def test_the_bait_is_real(tmp_path: Path, good: Files, trap: Files) -> None:
    """Given to torch as it is, the archive writes its file: without this the tests above would prove nothing."""
    spoor = tmp_path / "spoor"
    torch.jit.load(io.BytesIO(in_the_comment(good, armed(trap, spoor))))
    assert spoor.read_bytes() == b"owned"


@pytest.mark.parametrize("trick", [in_the_comment, by_the_longer_record], ids=lambda trick: trick.__name__)
def test_what_torch_gets_is_what_was_read_even_if_nothing_were_refused(
    tmp_path: Path, good: Files, trap: Files, trick: Callable[[Files, Files], bytes]
) -> None:
    spoor = tmp_path / "spoor"
    with zipfile.ZipFile(io.BytesIO(trick(good, armed(trap, spoor)))) as archive:
        fresh = packing.rewritten(archive, lambda _: True)
        assert archive.namelist() == list(good)
    assert not hasattr(torch.jit.load(io.BytesIO(fresh)), "bait")
    assert not spoor.exists()


def test_notes_for_debuggers_are_handed_to_nobody(bundle_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.fieldguide"
    with zipfile.ZipFile(bundle_path) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for beside in ("evil.py.debug_pkl", "evil.pkl", "evil"):
            new.writestr(f"{name.split('/')[0]}/code/__torch__/{beside}", b"\x80\x02" + b")\x85" * 9)
    with zipfile.ZipFile(io.BytesIO(read_bundle(path).data)) as archive:
        assert not [name for name in archive.namelist() if "evil" in name]


def test_what_torch_and_python_write_is_taken(tmp_path: Path, good: Files) -> None:
    """Both describe files in their own way: torch with records behind them and always the longer end."""
    stream = io.BytesIO()
    extra = {name.split("/extra/")[1]: data for name, data in good.items() if "/extra/" in name}
    torch.jit.save(torch.jit.script(TinyNetwork()), stream, _extra_files=extra)
    for number, data in enumerate((stream.getvalue(), _zipped(good, zipfile.ZIP_DEFLATED))):
        path = tmp_path / f"{number}.fieldguide"
        path.write_bytes(data)
        found = read_bundle(path)
        assert found.manifest == read_manifest(path)
        assert len(files_of(found.data)) == len(good)


def test_many_small_files_are_no_way_round_the_bound_of_a_large_one(tmp_path: Path, good: Files) -> None:
    folder = next(iter(good)).split("/")[0]
    path = tmp_path / "a.fieldguide"
    path.write_bytes(_zipped({**good, **{f"{folder}/extra/{n}": bytes(1_000_000) for n in range(60)}}, 8))
    for door in (read_manifest, read_bundle):
        with pytest.raises(FieldGuideError) as caught:
            door(path)
        assert caught.value.code is ErrorCode.BUNDLE_UNSAFE


def test_weights_are_read_from_a_copy_of_what_was_checked(tmp_path: Path, trap: Files) -> None:
    state = TinyNetwork().state_dict()
    for name, options in {"zip": {}, "pickle": {"_use_new_zipfile_serialization": False}}.items():
        torch.save(state, tmp_path / f"{name}.pth", **options)
        found = read_state(tmp_path / f"{name}.pth")
        assert all(torch.equal(found[key], value) for key, value in state.items())


@pytest.mark.parametrize("trick", [in_the_comment, by_the_longer_record, after_the_end], ids=lambda each: each.__name__)
def test_a_program_that_poses_as_weights_is_refused_by_the_trainer(
    tmp_path: Path, trap: Files, trick: Callable[[Files, Files], bytes]
) -> None:
    spoor, file = tmp_path / "spoor", tmp_path / "weights.pth"
    stream = io.BytesIO()
    torch.save(TinyNetwork().state_dict(), stream)
    plain = {name: data for name, data in files_of(stream.getvalue()).items()}
    for data in (trick(plain, armed(trap, spoor)), _zipped(armed(trap, spoor), zipfile.ZIP_STORED)):
        file.write_bytes(data)
        with pytest.raises(FieldGuideError) as caught:
            read_state(file)
        assert caught.value.code is ErrorCode.WEIGHTS_MISMATCH
        with pytest.raises(FieldGuideError):
            package_network(Recipe(file), manifest())
    assert not spoor.exists()


def test_an_older_archive_of_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"storages".ljust(512, b"\0") * 4)
    with pytest.raises(FieldGuideError) as caught:
        read_state(tmp_path / "a.tar")
    assert caught.value.code is ErrorCode.WEIGHTS_MISMATCH
