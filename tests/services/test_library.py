import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fieldguide.core.danger import Danger
from fieldguide.core.errors import ErrorCode
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.services.lanes import Handle, Job, Lane, Lanes
from fieldguide.services.library import EXPORT_GROUP, ChangeKind, Library, LibraryChange
from fieldguide.services.notices import Notices
from fieldguide.storage.asking import Page
from fieldguide.storage.change import Change
from fieldguide.storage.export import ExportKind
from fieldguide.storage.search import Filter
from tests.helpers.guides import corrected
from tests.helpers.kept import keep
from tests.helpers.stored_finds import EDULIS, MUSCARIA, deadly_alarm, make_find, make_identification, make_photo


class Ask:
    """Waits for what a job brings, and keeps every change that the library told."""

    def __init__(self, qtbot: QtBot, library: Library) -> None:
        self._qtbot = qtbot
        self.changes: list[LibraryChange] = []
        library.changed.connect(self.changes.append)

    def __call__(self, job: Job) -> object:
        with self._qtbot.waitSignal(job.done) as told:
            pass
        return told.args[0]


@pytest.fixture
def ask(qtbot: QtBot, library: Library) -> Ask:
    return Ask(qtbot, library)


def add(ask: Ask, library: Library, find: Observation) -> Observation:
    stored = ask(keep(library, find))
    assert isinstance(stored, Observation)
    return stored


def test_a_find_is_added_changed_and_taken_back(library: Library, guide: Guide, ask: Ask, notices: Notices) -> None:
    find = add(ask, library, make_find(guide, EDULIS))
    ask(library.verify([find.id], MUSCARIA))
    ask(library.edit([find.id], Change(notes="birch")))
    ask(library.add_identification(find.id, make_identification(MUSCARIA, guide)))
    ask(library.delete([find.id]))
    for _ in range(5):
        ask(library.undo())
    assert [change.kind.value for change in ask.changes] == [
        "added",
        "changed",
        "changed",
        "changed",
        "removed",
        *["undone"] * 4,
    ]
    assert ask.changes[0].observations == (find,)
    assert ask.changes[1].observations == (replace(find, verified=MUSCARIA),)
    assert ask(library.get(find.id)) == find
    assert [notice.key for notice in notices.take()] == ["storage.nothing_to_undo"]


def test_pages_and_search(library: Library, guide: Guide, ask: Ask) -> None:
    finds = [add(ask, library, make_find(guide, taxon)) for taxon in (EDULIS, MUSCARIA)]
    page = ask(library.page())
    assert isinstance(page, Page)
    assert page.observations == tuple(finds[::-1])
    assert ask(library.count(Filter(text="fly agaric"))) == 1
    assert ask(library.recently_added(1)) == (finds[1],)
    assert ask(library.identifications(finds[0].id)) == (finds[0].identification,)


def test_finds_are_joined_and_parted(library: Library, guide: Guide, ask: Ask) -> None:
    one, two = (
        add(ask, library, make_find(guide, EDULIS, photos=(make_photo(f"{name}.jpg"),))) for name in ("cap", "base")
    )
    whole = ask(library.merge([one.id, two.id]))
    assert isinstance(whole, Observation)
    assert len(whole.photos) == 2
    old, new = ask(library.split(whole.id, [1]))  # type: ignore[misc]
    assert (len(old.photos), len(new.photos)) == (1, 1)
    assert ask(library.split(old.id, [0])) is None
    assert [change.kind for change in ask.changes[2:]] == [ChangeKind.REGROUPED] * 2


def test_failures_reach_job_and_notices(
    library: Library, guide: Guide, ask: Ask, qtbot: QtBot, notices: Notices
) -> None:
    find = add(ask, library, make_find(guide))
    job = library.edit([find.id], Change(place=(200.0, 0.0)))
    with qtbot.waitSignal(job.failed) as told:
        pass
    assert told.args[0].code is ErrorCode.PLACE_INVALID
    (notice,) = notices.take()
    assert notice.error is told.args[0]


def test_a_corrected_guide_reaches_every_find(library: Library, guide: Guide, ask: Ask, qtbot: QtBot) -> None:
    for number in range(3):
        add(ask, library, make_find(guide, EDULIS, photos=(make_photo(f"{number}.jpg"),)))
    worse = corrected(guide, "Boletus edulis", danger=Danger.DEADLY)
    with qtbot.waitSignal(library.changed, check_params_cb=lambda change: change.kind is ChangeKind.REJOINED):
        library.use_guide(worse)
    assert ask(library.count(Filter(dangers=frozenset({Danger.DEADLY})))) == 3
    assert library.current_danger(make_find(guide, EDULIS)) is Danger.DEADLY
    assert library.taxon_danger(make_find(guide, MUSCARIA, alarm=deadly_alarm(guide))) is guide.danger(MUSCARIA)


@pytest.mark.parametrize("kind", list(ExportKind))
def test_every_export_is_written_and_told(
    library: Library, guide: Guide, ask: Ask, notices: Notices, tmp_path: Path, kind: ExportKind
) -> None:
    add(ask, library, make_find(guide, EDULIS))
    told: list[object] = []
    job = library.export(kind, tmp_path / "out", verified_only=False)
    job.reported.connect(told.append)
    ask(job)
    assert (tmp_path / "out").exists()
    assert told[-1].percent == 100  # type: ignore[attr-defined]
    assert notices.take()[0].key == "storage.exported"


def test_a_cancelled_export_leaves_nothing(
    library: Library, guide: Guide, ask: Ask, lanes: Lanes, qtbot: QtBot, tmp_path: Path
) -> None:
    add(ask, library, make_find(guide, EDULIS))
    held = threading.Event()

    def hold(handle: Handle) -> None:
        held.wait(10)

    lanes.start(Lane.EXPORT, hold)
    job = library.export(ExportKind.CSV, tmp_path / "out.csv")
    with qtbot.waitSignal(job.cancelled):
        lanes.cancel(EXPORT_GROUP)
        held.set()
    assert list(tmp_path.glob("*out*")) == []
