"""What `prefect deploy --all` brings to the office: deployments, schedules, forms; and artifacts that hostile text
cannot turn into markup."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import ParameterTypeError

from flows import artifacts, forms, network, runs, websites
from flows.jobs.errors import BadInput
from flows.words import headline
from inventory.load import load_inventory
from inventory.settings import CHECKOUT
from tests.flows.house import House, until

RECIPE = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text())
DEPLOYMENTS = {each["name"]: each for each in RECIPE["deployments"]}
SCHEDULED = [name for name, each in DEPLOYMENTS.items() if each.get("schedules")]
CLOCKED = {
    "cadangan-malam",
    "periksa-arsip",
    "perbarui-sertifikat",
    "rawat-cadangan-website",
    "sapuan-tahunan",
    "uji-pulih-berkala",
}
WITH_FORM = {*DEPLOYMENTS} - CLOCKED


def form_of(house: House, deployment: str) -> dict[str, dict[str, Any]]:
    """Fields of a form by name, as the page gets them."""
    schema = house.deployment(deployment)["parameter_openapi_schema"]
    assert list(schema["properties"]) == ["isian"]
    name = schema["properties"]["isian"]["$ref"].rpartition("/")[2]
    return dict(schema["definitions"][name]["properties"])


def test_every_entrypoint_names_a_module_never_a_path() -> None:
    assert all(
        each["entrypoint"].startswith("flows.") and "/" not in each["entrypoint"] for each in DEPLOYMENTS.values()
    )


@pytest.mark.lab
def test_all_deployments_are_there_with_their_words_and_pool(house: House) -> None:
    known = {each["name"]: each for each in house.ask("/deployments/filter", {})}
    assert known.keys() >= DEPLOYMENTS.keys()
    for name, wanted in DEPLOYMENTS.items():
        assert known[name]["description"] == wanted["description"]
        assert known[name]["tags"] == wanted["tags"]
        assert known[name]["work_pool_name"] == "pelihara"
        assert not known[name]["pull_steps"]


@pytest.mark.lab
@pytest.mark.parametrize("name", SCHEDULED)
def test_an_active_schedule_yields_a_scheduled_run_by_the_clock_of_the_office(house: House, name: str) -> None:
    (wanted,) = DEPLOYMENTS[name]["schedules"]
    runs = until(lambda: [run for run in house.runs(name) if run["state_type"] == "SCHEDULED"], 90)
    first = min(datetime.fromisoformat(run["expected_start_time"]) for run in runs)
    there = first.astimezone(ZoneInfo(load_inventory(house.settings.inventory).office.zone))
    minute, hour, *_ = wanted["cron"].split()
    assert (str(there.minute), str(there.hour)) == (minute, hour)


@pytest.mark.lab
@pytest.mark.parametrize("name", sorted(WITH_FORM))
def test_every_field_of_a_form_has_its_place_title_and_words(house: House, name: str) -> None:
    fields = form_of(house, name)
    assert [field["position"] for field in fields.values()] == [*range(len(fields))]
    for field in fields.values():
        assert field["title"]
        assert field["description"]
        assert "anyOf" not in field


@pytest.mark.lab
def test_forms_offer_what_the_inventory_has(house: House) -> None:
    inventory = load_inventory(house.settings.inventory)
    diagnose = form_of(house, "diagnosa-jaringan")
    assert diagnose["perangkat"]["items"]["enum"] == sorted(inventory.devices)
    assert diagnose["opd"]["enum"] == ["", *sorted(inventory.opd)]
    assert form_of(house, "perbaiki-perangkat")["perangkat"]["enum"] == sorted(inventory.devices)
    assert form_of(house, "pasang-website")["website"]["enum"] == sorted(inventory.websites)


@pytest.mark.lab
def test_a_device_the_inventory_does_not_know_is_refused_by_the_server(house: House) -> None:
    found = house.deployment("diagnosa-jaringan")["id"]
    body = {"parameters": {"isian": {"perangkat": ["tidak-ada"]}}}
    assert house.http.post(f"/deployments/{found}/create_flow_run", json=body).status_code == 409


@pytest.mark.lab
def test_a_changed_inventory_changes_the_forms(house: House) -> None:
    agencies = house.settings.inventory / "opd.yaml"
    agencies.write_text(agencies.read_text() + "dinas-baru: {name: Dinas Baru}\n")
    until(lambda: "dinas-baru" in form_of(house, "diagnosa-jaringan")["opd"]["enum"], 60)


FLOWS = [
    flow
    for module in (network, websites)
    for flow in vars(module).values()
    if isinstance(flow, Flow) and flow.fn.__module__ == module.__name__
]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_flow_knows_the_fields_of_its_form_when_it_is_run(flow: Any) -> None:
    with pytest.raises(ParameterTypeError, match="bukan_isian"):
        flow.validate_parameters({"isian": {"bukan_isian": 1}})


def test_a_refused_run_says_why_in_the_offices_words_and_a_fault_of_ours_keeps_its_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "get_run_logger", lambda: logging.getLogger("uji"))

    def refused(isian: Exception) -> State[None]:
        raise isian

    state = runs.in_words(refused)(BadInput("sebut perangkatnya"))
    assert (state.type, state.message) == (StateType.FAILED, "sebut perangkatnya")
    with pytest.raises(ZeroDivisionError):
        runs.in_words(refused)(ZeroDivisionError())


def test_forms_hold_no_field_that_could_be_a_secret() -> None:
    fields = [name for form in forms.Form.__subclasses__() for name in form.model_fields]
    assert fields
    assert not {"password", "sandi", "kunci", "token", "rahasia"} & {*fields}


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[klik](http://jahat.example)",
        "![](http://jahat.example/x.png)",
        "a | b | c",
        "# judul\n\n- butir",
        "`kode` **tebal** ~~coret~~",
        "http://jahat.example www.jahat.example",
        "&lt;b&gt;",
    ],
)
def test_hostile_text_is_never_markup(hostile: str) -> None:
    shown = artifacts.quoted(hostile)
    assert "\n" not in shown
    for position, sign in enumerate(shown):
        if sign in "<>[]()!|#`*_~&:/.-":
            assert shown[position - 1] == "\\"


def test_what_cannot_be_seen_is_not_shown() -> None:
    assert artifacts.plain("a\x1b[31mb\u202ec\x00d") == "a [31mb c d"
    assert len(artifacts.plain("x" * 10_000)) == artifacts.LONGEST + 1


FINDING = {"code": "link.down", "severity": "warning", "subject": "eth1", "evidence": "down", "advice": "lihat kabel"}
CALM = {"name": "a", "status": "ok", "reason": "", "detail": "", "seconds": 1.0, "findings": []}


def test_the_worst_target_comes_first_and_a_cause_before_its_graver_consequence() -> None:
    lost = {**FINDING, "code": "ospf.neighbor_lost", "severity": "critical", "cause": "link.down eth1"}
    bad = {**CALM, "name": "b", "status": "findings", "findings": [FINDING, lost]}
    silent = {**CALM, "name": "c", "status": "failed", "reason": "timeout"}
    text = "\n".join(artifacts.targets([CALM, bad, silent]))
    assert text.index("## c") < text.index("## b") < text.index("**Baik:** a")
    assert text.index("PERINGATAN: sambungan putus") < text.index("  - akibatnya: tetangga OSPF hilang")
    rows = artifacts.finding_rows([CALM, bad, silent])
    assert [(row["perangkat"], row["temuan"], row["penyebab"]) for row in rows] == [
        ("c", "tidak terbaca", "-"),
        ("b", "sambungan putus: eth1", "-"),
        ("b", "tetangga OSPF hilang: eth1", "sambungan putus: eth1"),
    ]


def test_the_headline_names_who_could_not_be_read_and_why() -> None:
    silent = {**CALM, "name": "sw3", "status": "failed", "reason": "timeout"}
    bad = {**CALM, "status": "findings", "findings": [FINDING]}
    said = headline([CALM, bad, silent], "perangkat")
    assert said == "3 perangkat: 2 terbaca (1 ada temuan), 1 gagal: sw3 (tidak menjawab sampai batas waktu)"
    assert headline([CALM], "perangkat") == "1 perangkat: 1 terbaca (tanpa temuan)"
    many = headline([{**silent, "name": f"sw{no}"} for no in range(7)], "perangkat")
    assert many.startswith("7 perangkat: 7 gagal: sw0")
    assert many.endswith("dan 2 lainnya")


@pytest.mark.lab
def test_the_archive_is_checked_and_drilled_from_the_page(house: House) -> None:
    checked = house.ended(house.begun("periksa-arsip"))
    assert (checked["state_type"], "dibaca ulang" in checked["state"]["message"]) == ("COMPLETED", True), checked
    isian = {"perangkat": ["dinkes-r1"], "opd": "", "semua": False}
    drilled = house.ended(house.begun("uji-pulih", isian=isian))
    assert drilled["state_type"] == "COMPLETED", drilled
    assert "1 tidak dapat diuji" in drilled["state"]["message"]
    assert {"periksa-arsip", "uji-pulih"} <= {each["key"] for each in house.ask("/artifacts/filter", {})}
