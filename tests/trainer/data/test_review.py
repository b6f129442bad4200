"""The review, driven as the page drives it: over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image

from fieldguide.core.errors import ErrorCode, FieldGuideError
from tests.helpers.photo_folders import draw_kind
from trainer.commands.review import open_review, summary
from trainer.data.audit.findings import AuditReport, Finding, PhotoAudit, write_audit
from trainer.data.review.decisions import DECISIONS, Choice, Decision, Decisions, apply_decisions
from trainer.data.review.server import ReviewServer
from trainer.data.scan import ScannedPhoto
from trainer.run_folder import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run folder with an audit of six photos, four of them listed."""
    photos = []
    scores: list[dict[Finding, float]] = [
        {Finding.BLURRED: 0.9},
        {},
        {Finding.COPY_ACROSS_LABELS: 1.0},
        {Finding.COPY_ACROSS_LABELS: 0.8},
        {Finding.LABEL_ERROR: 0.7},
        {Finding.UNREADABLE: 1.0},
    ]
    for number, score in enumerate(scores):
        file = tmp_path / f"{number}.jpg"
        draw_kind(number, 0).save(file)
        photos.append(
            PhotoAudit(
                number,
                str(file),
                "Amanita_muscaria" if number % 2 else "Boletus_edulis",
                score,
                7 if number in (2, 3) else -1,
                ("Amanita_muscaria",) if number == 2 else (),
                "Russula emetica" if number == 4 else "",
                "photo_truncated" if Finding.UNREADABLE in score else "",
            )
        )
    folder = RunFolder(tmp_path / "run").create()
    write_audit(folder.audit, AuditReport(tuple(photos), tuple(Finding)))
    return folder


@pytest.fixture
def review(run: RunFolder) -> Iterator[ReviewServer]:
    server = open_review(run.root)
    server.start()
    yield server
    server.stop()


def _cards(review: ReviewServer, step: int) -> list[dict[str, object]]:
    answer = requests.get(f"{review.address}cards?pass={step}", timeout=60)
    return list(answer.json()["cards"])


def _decide(review: ReviewServer, index: int, choice: str, step: int = 1, label: str = "") -> int:
    body = {"index": index, "pass": step, "choice": choice, "label": label}
    return requests.post(f"{review.address}decide", json=body, timeout=60).status_code


def test_the_first_pass_begins_with_the_worst_and_keeps_copies_together(review: ReviewServer) -> None:
    found = _cards(review, 1)
    assert [card["index"] for card in found] == [2, 3, 4, 0]
    assert found[0]["elsewhere"] == ["Amanita muscaria"]
    assert found[2]["suggestion"] == "Russula emetica"
    assert found[2]["file"] == "4.jpg"


def test_a_new_label_is_chosen_from_the_folders_first_and_then_from_the_guide(review: ReviewServer) -> None:
    answer = requests.get(f"{review.address}cards?pass=1", timeout=60).json()
    assert answer["labels"] == ["Amanita muscaria", "Boletus edulis"]
    assert "Amanita phalloides" in answer["names"]
    assert not {"Amanita muscaria", "Boletus edulis"} & set(answer["names"])


def test_two_passes_and_an_undo(review: ReviewServer, run: RunFolder) -> None:
    assert _decide(review, 2, "drop") == 204
    assert _decide(review, 3, "keep") == 204
    assert _decide(review, 4, "relabel", label="Russula  emetica") == 204
    assert _decide(review, 0, "drop") == 204
    assert _decide(review, 0, "undecided") == 204
    second = _cards(review, 2)
    assert [(card["index"], card["choice"]) for card in second] == [(2, ""), (4, "")]
    assert second[1]["earlier"] == "Relabel Russula emetica"
    assert _decide(review, 2, "keep", step=2) == 204
    assert [card["choice"] for card in _cards(review, 2)] == ["keep", ""]
    final = Decisions(run.root / DECISIONS).final()
    assert {Path(file).name: (d.choice, d.label) for file, d in final.items()} == {
        "2.jpg": (Choice.KEEP, ""),
        "3.jpg": (Choice.KEEP, ""),
        "4.jpg": (Choice.RELABEL, "Russula emetica"),
    }
    assert summary(run.root).startswith("0 to drop, 1 to relabel, 2 to keep")


def test_a_later_session_goes_on_even_after_a_crash(run: RunFolder) -> None:
    file = run.root / DECISIONS
    Decisions(file).add(Decision("a.jpg", 1, Choice.DROP))
    with file.open("a", encoding="utf-8") as stream:
        stream.write("b.jpg,1,ke")
    again = Decisions(file)
    again.add(Decision("c.jpg", 1, Choice.KEEP))
    assert list(Decisions(file).final()) == ["a.jpg", "c.jpg"]


def test_the_page_holds_its_sentences_and_the_photos_come_as_jpeg(review: ReviewServer) -> None:
    page = requests.get(review.address, timeout=60)
    assert "First pass" in page.text
    assert "@title@" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    photo = requests.get(f"{review.address}photo/2", timeout=60)
    assert Image.open(io.BytesIO(photo.content)).format == "JPEG"


@pytest.mark.parametrize(
    "body",
    [
        {"index": 99, "pass": 1, "choice": "keep"},
        {"index": -1, "pass": 1, "choice": "keep"},
        {"index": 0, "pass": 3, "choice": "keep"},
        {"index": 0, "pass": 1, "choice": "burn"},
        {"index": 0, "pass": 1, "choice": "relabel", "label": " "},
        {"index": 0, "pass": 1, "choice": "relabel", "label": "../../etc"},
        ["no object"],
    ],
)
def test_nonsense_is_refused_and_nothing_written(review: ReviewServer, run: RunFolder, body: object) -> None:
    assert requests.post(f"{review.address}decide", json=body, timeout=60).status_code == 400
    assert not (run.root / DECISIONS).exists()


def test_other_pages_cannot_reach_it(review: ReviewServer, run: RunFolder) -> None:
    body = json.dumps({"index": 0, "pass": 1, "choice": "drop"})
    plain = requests.post(f"{review.address}decide", data=body, headers={"Content-Type": "text/plain"}, timeout=60)
    foreign = requests.get(review.address, headers={"Host": "evil.example"}, timeout=60)
    assert (plain.status_code, foreign.status_code) == (400, 403)
    for path in ("photo/99", "photo/-1", "photo/../run/audit.csv", "cards?pass=9", "secret"):
        assert requests.get(f"{review.address}{path}", timeout=60).status_code in (400, 404)
    assert not (run.root / DECISIONS).exists()


def test_a_full_disk_is_told(review: ReviewServer, run: RunFolder) -> None:
    (run.root / DECISIONS).mkdir()  # opening it for writing fails, as on a disk that refuses
    assert _decide(review, 2, "keep") == 500


def test_without_an_audit_or_with_an_unknown_finding_it_is_refused(run: RunFolder, tmp_path: Path) -> None:
    for folder, findings in ((tmp_path, ""), (run.root, "ugly")):
        with pytest.raises(FieldGuideError) as refusal:
            open_review(folder, findings)
        assert refusal.value.code is ErrorCode.CONFIG_INVALID


@pytest.mark.parametrize("port", [-1, 70_000, 0])
def test_a_port_that_cannot_be_had_is_refused(port: int, review: ReviewServer, run: RunFolder) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        open_review(run.root, port=port or review.port)  # 0 stands for one that is taken
    assert refusal.value.code is ErrorCode.CONFIG_INVALID


def test_decisions_are_applied_to_a_scan() -> None:
    photos = [ScannedPhoto(number, f"{number}.jpg", "Boletus") for number in range(3)]
    decisions = [Decision("0.jpg", 1, Choice.DROP), Decision("2.jpg", 2, Choice.RELABEL, "russula emetica")]
    decided = apply_decisions(photos, decisions)
    assert [(photo.raw_label, photo.error) for photo in decided] == [
        ("Boletus", "dropped"),
        ("Boletus", ""),
        ("Russula_emetica", ""),
    ]


def test_nobody_without_the_address_and_no_other_site_is_answered(review: ReviewServer) -> None:
    root = f"http://127.0.0.1:{review.port}/"
    for address in (root, f"{root}cards?pass=1", f"{root}wrong/cards?pass=1", f"{root}{review.token[:-1]}/"):
        assert requests.get(address, timeout=60).status_code == 403
    body = {"pass": 1, "index": 0, "choice": "drop"}
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert requests.post(f"{review.address}decide", json=body, headers=headers, timeout=60).status_code == 403
    own = {"Origin": f"http://127.0.0.1:{review.port}", "Sec-Fetch-Site": "same-origin"}
    assert requests.post(f"{review.address}decide", json=body, headers=own, timeout=60).status_code == 204
