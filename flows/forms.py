"""What a person fills in at the Prefect UI: one model a flow, labels in Indonesian, choices from the inventory.

All fields of a form stand in one model, because the UI orders and labels those of a model reliably. An empty string
means "not given": `X | None` would show as tabs. Choices are frozen when the deployment is made (`prefect deploy
--all`; `pelihara up` does it again whenever the inventory changes), and a run checks them anew against the inventory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from inventory.load import load_inventory
from inventory.models import Inventory
from inventory.settings import Settings


@cache
def _inventory() -> Inventory:
    return load_inventory(Settings.read().inventory)


def _in_order(schema: dict[str, Any]) -> None:
    """PostgreSQL keeps no order of nested keys, so the form's order is said in each field."""
    for position, field in enumerate(schema.get("properties", {}).values()):
        field["position"] = position


class Form(BaseModel):
    """A form of the UI; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_in_order)


def _one_of(names: Callable[[], Iterable[str]]) -> Callable[[dict[str, Any]], None]:
    def freeze(schema: dict[str, Any]) -> None:
        if choices := sorted(names()):
            schema["enum"] = ([""] if schema.get("default") == "" else []) + choices

    return freeze


def _many_of(names: Callable[[], Iterable[str]]) -> Callable[[dict[str, Any]], None]:
    def freeze(schema: dict[str, Any]) -> None:
        schema["uniqueItems"] = True
        if choices := sorted(names()):
            schema["items"] = {"type": "string", "enum": choices}

    return freeze


AGENCY = _one_of(lambda: _inventory().opd)
DEVICE = _one_of(lambda: _inventory().devices)
DEVICES = _many_of(lambda: _inventory().devices)
WEBSITE = _one_of(lambda: _inventory().websites)
WEBSITES = _many_of(lambda: _inventory().websites)

CASE = r"^[A-Z]{3}-\d{4}-\d{4,}$"
HASH = r"^[0-9a-f]{64}$"

ChosenAgency = Annotated[
    str,
    Field(
        title="OPD",
        description="Semua milik OPD ini. Biarkan kosong bila memilih satu per satu.",
        json_schema_extra=AGENCY,
    ),
]
ChosenDevices = Annotated[
    list[str],
    Field(
        title="Perangkat",
        description="Pilih satu atau beberapa; atau biarkan kosong dan pilih OPD di bawah.",
        json_schema_extra=DEVICES,
    ),
]
ChosenWebsites = Annotated[
    list[str],
    Field(
        title="Website",
        description="Pilih satu atau beberapa; atau biarkan kosong dan pilih OPD di bawah.",
        json_schema_extra=WEBSITES,
    ),
]
Everything = Annotated[bool, Field(title="Semua", description="Seluruh inventaris; pilihan di atas diabaikan.")]
CaseNumber = Annotated[
    str,
    Field(title="Nomor permohonan", description="Misalnya JAR-2026-0001; lihat `pelihara case list`.", pattern=CASE),
]
ForCase = Annotated[
    str,
    Field(
        title="Nomor permohonan",
        description="Boleh kosong. Bila diisi, hasilnya menjadi bukti permohonan ini.",
        pattern=CASE + "|^$",
    ),
]
ApprovedPlan = Annotated[
    str,
    Field(
        title="Sidik rencana",
        description="Kosong: bila tepat satu rencana siap, itu yang dijalankan; bila tidak, tidak ada yang diubah "
        "dan tabel rencananya ditampilkan.",
        pattern=HASH + "|^$",
    ),
]


def _label(names: list[str], opd: str, every: bool) -> str:
    """What a run is about, for its name."""
    if every:
        return "semua"
    return ", ".join([*names, *([f"OPD {opd}"] if opd else [])]) or "tanpa pilihan"


class CaseForm(Form):
    """Permohonan yang langkah teknisnya dikerjakan."""

    permohonan: CaseNumber
    langkah: Annotated[
        int, Field(title="Langkah", description="Biarkan 0: langkah tempat permohonan sekarang berada.", ge=0)
    ] = 0
    percobaan: Annotated[int, Field(title="Percobaan", description="Biarkan 0; diisi bila dimulai sendiri.", ge=0)] = 0

    @property
    def label(self) -> str:
        return f"{self.permohonan} langkah {self.langkah} ({self.percobaan})" if self.langkah else self.permohonan


class DevicesForm(Form):
    """Perangkat mana yang dibaca."""

    perangkat: ChosenDevices = []
    opd: ChosenAgency = ""
    semua: Everything = False
    permohonan: ForCase = ""

    @property
    def label(self) -> str:
        return _label(self.perangkat, self.opd, self.semua)


class DrillForm(Form):
    """Perangkat mana yang cadangannya diuji pulih."""

    perangkat: ChosenDevices = []
    opd: ChosenAgency = ""
    semua: Everything = False

    @property
    def label(self) -> str:
        return _label(self.perangkat, self.opd, self.semua)


class WebsiteDrillForm(Form):
    """Website mana yang cadangannya diuji pulih."""

    website: ChosenWebsites = []
    opd: ChosenAgency = ""
    semua: Everything = False

    @property
    def label(self) -> str:
        return _label(self.website, self.opd, self.semua)


class DeviceChangeForm(Form):
    """Perubahan pada satu perangkat, untuk permohonan yang sudah disetujui."""

    perangkat: Annotated[str, Field(title="Perangkat", description="Yang diubah.", json_schema_extra=DEVICE)]
    permohonan: CaseNumber
    rencana: ApprovedPlan = ""

    @property
    def label(self) -> str:
        return f"{self.perangkat} ({self.permohonan})"


class WebsitesForm(Form):
    """Website mana yang dibaca."""

    website: ChosenWebsites = []
    opd: ChosenAgency = ""
    semua: Everything = False
    permohonan: ForCase = ""

    @property
    def label(self) -> str:
        return _label(self.website, self.opd, self.semua)


class MaintenanceForm(Form):
    """Website yang dipelihara, masing-masing dalam permohonannya yang sedang terbuka."""

    website: ChosenWebsites = []
    opd: ChosenAgency = ""
    semua: Everything = False
    permohonan: Annotated[
        str,
        Field(
            title="Nomor permohonan",
            description="Boleh kosong: permohonan tiap website yang sedang terbuka. Bila diisi, pilih satu website.",
            pattern=CASE + "|^$",
        ),
    ] = ""

    @property
    def label(self) -> str:
        return _label(self.website, self.opd, self.semua)


class WebsiteChangeForm(Form):
    """Perubahan pada satu website, untuk permohonan yang sudah disetujui."""

    website: Annotated[str, Field(title="Website", description="Yang diubah.", json_schema_extra=WEBSITE)]
    permohonan: CaseNumber
    rencana: ApprovedPlan = ""

    @property
    def label(self) -> str:
        return f"{self.website} ({self.permohonan})"


class MonthForm(Form):
    """Bulan yang dilaporkan."""

    bulan: Annotated[
        str,
        Field(
            title="Bulan",
            description="Tahun dan bulan, misalnya 2026-11. Kosong berarti bulan yang lalu.",
            pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$",
        ),
    ] = ""

    @property
    def label(self) -> str:
        return self.bulan or "bulan lalu"


def office_zone() -> dict[str, str]:
    """Build step of prefect.yaml: schedules run by the clock of the office."""
    return {"zone": _inventory().office.zone}
