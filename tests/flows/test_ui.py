"""Prefect's page in a real browser: a person fills in the form, and a run is done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from flows import artifacts
from tests.flows.house import House, until

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A browser window; what it asks of other machines is refused and noted."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        page = browser.new_page(viewport={"width": 1200, "height": 1300})
        page.set_default_timeout(30_000)
        yield page
        page.screenshot(path=str(tmp_path / "last.png"))
        browser.close()


def opened(page: Page) -> bool:
    """Whether the first drop-down of the form is open now, by mouse or else by keyboard."""
    page.locator(".p-select-button").first.click()
    page.wait_for_timeout(700)
    if not page.get_by_role("option").count():
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(700)
    return page.get_by_role("option").count() > 0


@pytest.mark.lab
def test_a_technician_fills_in_the_form_and_gets_findings(house: House, page: Page) -> None:
    strangers: list[str] = []
    page.on("request", lambda request: strangers.append(request.url) if house.page not in request.url else None)
    found = house.deployment("diagnosa-jaringan")["id"]
    page.goto(f"{house.page}/deployments/deployment/{found}/run")
    for label in ("Perangkat", "OPD", "Semua", "Nomor permohonan"):
        expect(page.get_by_text(label, exact=False).first).to_be_visible()
    until(lambda: opened(page), 30)
    page.get_by_role("option").filter(has_text="utara-r1").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Submit").click()

    def done() -> list[dict[str, str]]:
        runs = [run for run in house.runs("diagnosa-jaringan") if run["start_time"]]
        return [run for run in runs if run["state_type"] in ("COMPLETED", "FAILED")]

    (run,) = until(done, 90)
    assert run["parameters"]["isian"]["perangkat"] == ["utara-r1"]
    assert (run["name"], run["state_type"]) == ("Diagnosa utara-r1", "COMPLETED")
    (task,) = house.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    assert (task["name"], task["state_type"]) == ("diagnosa utara-r1", "FAILED"), "who could not be read is marked"
    (paper,) = house.ask(
        "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run["id"]]}, "type": {"any_": ["markdown"]}}}
    )
    page.goto(f"{house.page}/artifacts/artifact/{paper['id']}")
    expect(page.get_by_text("utara-r1: tidak terbaca")).to_be_visible()
    assert page.locator("img[src^='data:image/svg+xml']").evaluate("image => image.naturalWidth") >= 640
    assert [url for url in strangers if not url.startswith(("data:", "blob:"))] == []


HOSTILE = "<img src=x onerror=\"document.title='dikuasai'\"> [klik](http://jahat.example) www.jahat.example `a` **b**"


@pytest.mark.lab
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("markdown", f"# Judul\n\n| Bukti |\n|---|\n| {artifacts.quoted(HOSTILE)} |"),
        ("table", json.dumps(artifacts.cells([{"bukti": HOSTILE}]))),
    ],
)
def test_device_output_is_text_on_the_page(house: House, page: Page, kind: str, data: str) -> None:
    made = house.ask("/artifacts/", {"type": kind, "key": f"uji-{kind}", "data": data})
    page.goto(f"{house.page}/artifacts/artifact/{made['id']}")
    expect(page.get_by_text("[klik](http://jahat.example) www.jahat.example").first).to_be_visible()
    assert page.locator("img[src=x], a[href*=jahat], strong, td code").count() == 0
    assert page.title() != "dikuasai"
