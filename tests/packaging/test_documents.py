"""README and site: short, whole, and without a word of comfort."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.comfort import comfort_in

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_leads_to_is_there(page: Path) -> None:
    folder = page.parent  # of the page as it is shown, wherever its text lies
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (folder / target).exists()] == []


@pytest.mark.parametrize("name", ["foragers", "societies", "safety", "index", "gallery"])
def test_no_guide_comforts(name: str) -> None:
    assert comfort_in((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8"), "en") == []


def test_the_readme_is_one_screen_and_every_page_of_the_site_is_there() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 70
    named = set(re.findall(r"[\w-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    assert [name for name in named if not (ROOT / "docs" / name).exists()] == []
    assert {page.name for page in PAGES if page.parent.name == "docs"} - named == set()
