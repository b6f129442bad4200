"""A history of 100,000 finds: first page, any search, scrolling. By hand: `python -m tests.benchmarks.bench_history`.

Bars: first page and any search below 50 ms; memory flat while scrolling.
FIELDGUIDE_BENCH_FINDS says how many finds.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.records import VerdictKind
from fieldguide.core.taxonomy import Rank
from fieldguide.storage.database import Database
from fieldguide.storage.observations import ObservationStore
from fieldguide.storage.search import Filter, Sort
from tests.helpers.stored_finds import PHALLOIDES, deadly_alarm, make_find, make_photo

FINDS = int(os.environ.get("FIELDGUIDE_BENCH_FINDS", "100000"))
BAR_MS = 50.0
WORDS = ("oak", "beech", "moss", "path", "rain", "north", "slope", "ring", "old", "stump")


def fill(store: ObservationStore, guide: Guide) -> None:
    chance = random.Random(7)
    species = [record.taxon for record in guide.records.values() if record.taxon.rank is Rank.SPECIES]
    start = datetime(2006, 1, 1)
    for number in range(FINDS):
        taxon, *others = chance.sample(species, 5)
        when = start + timedelta(minutes=chance.randrange(20 * 365 * 24 * 60))
        find = make_find(guide, taxon, photos=(make_photo(f"{number}.jpg", when),), observed_at=when, others=(*others,))
        if number % 50 == 0:
            find = replace(find, identification=make_find(guide, PHALLOIDES, alarm=deadly_alarm(guide)).identification)
        store.add(replace(find, notes=" ".join(chance.sample(WORDS, 3))))


def measure(act: Callable[[], object]) -> tuple[float, float]:
    """Medians of 15 calls, ms: by the clock, and of the processor, which other programs do not disturb."""
    times = []
    for _ in range(15):
        begun, worked = time.perf_counter(), time.process_time()
        act()
        times.append(((time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000))
    clock, processor = zip(*times, strict=True)
    return statistics.median(clock), statistics.median(processor)


CASES = {
    "first page": Filter(),
    "one letter (a)": Filter(text="a"),
    "one letter (s)": Filter(text="s"),
    "two common letters (a s)": Filter(text="a s"),
    "genus (amanita)": Filter(text="amanita"),
    "species (amanita phalloides)": Filter(text="amanita phalloides"),
    "common name (death cap)": Filter(text="death cap"),
    "notes (oak moss rain)": Filter(text="oak moss rain"),
    "rare and common (phalloides oak)": Filter(text="phalloides oak"),
    "nothing (zzz)": Filter(text="zzz"),
    "deadly": Filter(dangers=frozenset({Danger.DEADLY})),
    "verified (none)": Filter(verified=True),
    "deadly, species, a word": Filter("oak", frozenset({Danger.DEADLY}), frozenset({VerdictKind.SPECIES})),
    "by kind": Filter(sort=Sort.NAME),
    "by place": Filter(sort=Sort.PLACE),
    "by danger": Filter(sort=Sort.DANGER),
    "a month": Filter(since=datetime(2015, 9, 1).date(), until=datetime(2015, 9, 30).date()),
    "a month and a letter": Filter("b", since=datetime(2015, 9, 1).date(), until=datetime(2015, 9, 30).date()),
}


def main() -> None:
    guide = load_guide()
    with tempfile.TemporaryDirectory() as folder, Database(Path(folder) / "o.db") as database:
        store = ObservationStore(database, guide)
        begun = time.perf_counter()
        with database.transaction():
            fill(store, guide)
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 2**20
        print(f"{FINDS} finds stored in {time.perf_counter() - begun:.0f} s, {size:.0f} MB")
        failed = []
        for name, wanted in CASES.items():
            page, work = measure(lambda wanted=wanted: store.page(wanted))
            count, _ = measure(lambda wanted=wanted: store.count(wanted))
            groups, _ = measure(lambda wanted=wanted: store.groups(wanted))
            found = store.count(wanted)
            told = f"page {page:6.1f} ms (processor {work:6.1f})   count {count:6.1f}   groups {groups:6.1f}"
            print(f"{name:34} {told} {found:8}")
            failed += [name] if work > BAR_MS else []
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun, seen = time.perf_counter(), sum(1 for _ in store.every())
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"scrolled {seen} finds in {time.perf_counter() - begun:.1f} s, memory grew by {grown:.1f} MB")
        assert not failed, failed


if __name__ == "__main__":
    main()
