"""What a person who has the photos wants to hear first: may this model be passed on, and what would make it better.

Sentences made from the numbers of `metrics.json` alone. Only objections are counted: nothing here can say that a model
is good, the best it can say is that others may try it if they hear what it misses.
"""

from __future__ import annotations

from itertools import islice
from math import ceil
from pathlib import Path

from markupsafe import Markup

from fieldguide.core.danger import Danger
from fieldguide.core.taxonomy import Rank
from fieldguide.core.text import percent, text
from trainer.evaluation.danger import PROMISED
from trainer.evaluation.metrics import ELSEWHERE
from trainer.evaluation.records import PhotoResult
from trainer.report.grounds import GAP, differences
from trainer.report.parts import bullets, head, joined, paragraph, part
from trainer.report.shown import Shown

FEW = 20  # photos below which a share says little
POOR = 0.5  # F1 below which a label is badly known
LEAST_RECALL = 0.9  # dangerous photos must ring at least so often, at the low end of the interval
NERVOUS, USELESS = 0.4, 0.95  # shares of the other photos that ring the deadly alarm
SILENT = 0.5  # share of its own kinds for which a model that says nothing is of little use
RIGHT = 0.8  # names that are said must be right so often
SURE, NEARLY_NOTHING = 0.7, 0.05  # a photo whose folder may be wrong: so sure of another name, so little for its own
OFTEN = 2  # photos of one label with the same wrong name
NAMED = 6
RANKS = ("species", "genus", "family")


def suitability(shown: Shown) -> Markup:
    """Whether it may be given to others, with every reason against it."""
    against = objections(shown)
    key, kind = ("not_yet", "warning") if against else ("try_it", "verdict")
    passed = shown.first.danger.passed_as_harmless
    about = paragraph(f"{key}_about", count=passed.count, of=passed.of, deadly=passed.deadly)
    return part("box", kind, joined([head(key), about, bullets(against)]))


def objections(shown: Shown) -> list[str]:
    """What speaks against giving the model to others, danger first; empty when nothing measured does."""
    said = shown.first.verdicts
    against = [*_ground(shown), *_dangers(shown)]
    silent = shown.first.verdicts_on_known.unknown.value
    if (silent or 0.0) >= SILENT:
        against.append(text("report.against_silent", share=percent(silent)))
    for rank in RANKS:
        right = said.at(rank).right
        if right.value is not None and right.value < RIGHT:
            facts = {"right": percent(right.value), "photos": right.photos}
            against.append(text(f"report.against_{rank}", **facts))
    if "novel" in shown.relaxed:
        against.append(text("report.against_own_kinds"))
    if not (shown.first.other_things or shown.own_things):
        against.append(text("report.bad_no_others"))
    return against


def _ground(shown: Shown) -> list[str]:
    """That nobody's photos but its own were asked, or that it does clearly worse on others."""
    if shown.run and shown.first.split != ELSEWHERE:
        crossed = shown.fitting is not None and shown.fitting.ground == "crossed"
        more = f" {text('report.against_no_elsewhere_crossed')}" if crossed else ""
        return [text("report.against_no_elsewhere") + more]
    worse = differences(shown)
    return [text("report.against_gap", points=round(100 * GAP), differences="; ".join(worse))] if worse else []


def _dangers(shown: Shown) -> list[str]:
    danger = shown.first.danger
    passed, false = danger.passed_as_harmless, danger.deadly.false_alarms.value
    against = []
    if not any(label.danger == Danger.DEADLY.value for label in shown.labels):
        against.append(text("report.against_no_deadly"))
    if passed.deadly:
        against.append(text(_form("against_passed", passed.deadly), count=passed.deadly))
    for level in ("deadly", "harmful"):
        recall = danger.of(level).recall
        if recall.photos and recall.low < LEAST_RECALL:
            facts = {"low": percent(recall.low), "asked": percent(LEAST_RECALL), "photos": recall.photos}
            against.append(text(f"report.against_recall_{level}", **facts))
    if not danger.deadly.recall.photos:
        against.append(text("report.against_untested"))
    if danger.guarantees.deadly is None:
        against.append(text("report.against_no_promise"))
    if false is not None and false > NERVOUS:
        against.append(text(f"report.bad_false{'_all' * (false >= USELESS)}", share=percent(false)))
    return against


def next_steps(shown: Shown) -> list[str]:
    """What to do to make it better, what helps most first."""
    steps = [*_suspects(shown), *_promise(shown), *_wanted(shown), *_mixed(shown)]
    if not shown.measures.other_things:
        steps.append(text("report.next_background"))
    learned = any(label.photos.get("train") for label in shown.labels)
    if learned and shown.run and not (shown.run.findings or shown.run.quarantine):
        steps.append(text("report.next_audit"))
    return steps or [text("report.next_none")]


def _suspects(shown: Shown) -> list[str]:
    """Photos that the model is sure are something else: often the folder is wrong."""
    rows = [row for row in shown.measures.mistakes.top_losses if _is_suspect(row)]
    names = ", ".join("/".join(Path(row.file).parts[-2:]) for row in rows[:NAMED])
    return [text(_form("next_suspects", len(rows)), count=len(rows), files=names)] if rows else []


def _is_suspect(row: PhotoResult) -> bool:
    return row.probability >= SURE and (row.probability_of_true or 0.0) < NEARLY_NOTHING


def _promise(shown: Shown) -> list[str]:
    """How many deadly photos a promise of the deadly alarm would need."""
    if shown.fitting is None or shown.first.danger.guarantees.deadly is not None:
        return []
    asked = max(shown.fitting.config.deadly_alpha, PROMISED)
    key = "next_promise_elsewhere" if shown.fitting.ground == ELSEWHERE else "next_promise"
    return [text(f"report.{key}", needed=ceil(round(1 / asked - 1, 9)), held=percent(1 - asked))]


def _wanted(shown: Shown) -> list[str]:
    """Labels that are badly known or had few photos: the dangerous ones first, then those with the fewest photos."""
    measured = {each.label: each for each in shown.measures.classes}
    wanted = []
    for label in shown.labels:
        each, count = measured.get(label.name), label.photos.get("train")
        poor = each is not None and each.f1 < POOR
        if label.rank != Rank.SPECIES.value or not (poor or 0 < (count or FEW) < FEW):
            continue
        known = text("report.next_recognised", right=each.right, photos=each.photos) if each else ""
        learned = text("report.next_learned", count=count) if count else ""
        facts = ", ".join(filter(None, (learned, known)))
        order = -Danger(label.danger).severity, count or 0, label.name
        wanted.append((order, f"{label.name} ({facts})"))
    names = [name for _, name in sorted(wanted)]
    return [text(_form("next_photos", len(names)), count=len(names), names=listed(names, NAMED))] if names else []


def _mixed(shown: Shown) -> list[str]:
    """Pairs that are mixed up again and again, those where a dangerous kind gets a milder name first."""
    measures = shown.measures
    danger = {label.name: label.danger for label in shown.labels}
    photos = {each.label: each.photos for each in measures.classes}
    milder = {(row.true, row.said) for row in measures.mistakes.taken_for}
    pairs = [row for row in measures.confusions if row.photos >= OFTEN and danger.get(row.said)]
    pairs.sort(key=lambda row: ((row.true, row.said) not in milder, -row.photos))
    mixed = [
        text("report.next_pair", true=row.true, said=row.said, count=row.photos, photos=photos[row.true])
        for row in islice(pairs, NAMED)
    ]
    return [text("report.next_mixed", pairs="; ".join(mixed))] if mixed else []


def listed(names: list[str], most: int) -> str:
    """The first names, and how many more there are."""
    first, more = ", ".join(names[:most]), len(names) - most
    return text("report.and_more", names=first, count=more) if more > 0 else first


def _form(key: str, count: int) -> str:
    """The sentence for one or for several."""
    return f"report.{key}_one" if count == 1 else f"report.{key}"
