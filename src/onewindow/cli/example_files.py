"""The files of `examples/`: a document of every service, lodged by companies of the demonstration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from onewindow.channels.wco_xml_writing import write_document
from onewindow.cli.day import HONG_KONG
from onewindow.cli.demonstration.people import Company, companies
from onewindow.definitions.model import Definition
from onewindow.engine.example import on_behalf_of
from onewindow.engine.registry import Registry

SHOWN = "import-declaration"
"""The service that is shown as XML, as a batch and refused as well."""
BATCH = 3
FAULTS: Mapping[str, object] = {
    "colour": "red",
    "importer": {"identifier_type": "br", "identifier": "31274588"},
    "containers": [{"number": "CSQU3054384", "size_type": "45G1", "fullness": "8"}],
    "totals": {"items": 4, "packages": 315, "gross_weight": "3723", "value": "10090200"},
}
"""What the refused example has instead: an unknown item, things left out, a wrong check digit, a wrong count."""


def example_files(registry: Registry, day: date) -> dict[str, str]:
    """File name → text, accepted from `day` on (but the one below `refused/`)."""
    services = registry.catalogue.services_on(day)
    documents = {one.id: _document(registry, one, day, one.id[:20]) for one in services}
    files = {f"{service}.json": _written(service, document) for service, document in documents.items()}
    shown = registry.catalogue.on(day)[SHOWN]
    batch = [_document(registry, shown, day, f"batch-{number}") for number in range(1, BATCH + 1)]
    files[f"{SHOWN}s.ndjson"] = "".join(json.dumps(_named(SHOWN, one), ensure_ascii=False) + "\n" for one in batch)
    as_xml = json.dumps(_document(registry, shown, day, "xml")).encode()
    files[f"{SHOWN}.xml"] = write_document(as_xml, shown).decode() + "\n"
    files[f"refused/{SHOWN}.json"] = _written(SHOWN, {**documents[SHOWN], "reference": "EX-REFUSED", **FAULTS})
    return files


def _document(registry: Registry, definition: Definition, day: date, name: str) -> dict[str, Any]:
    """The service's example as of noon; its reference names the day, so that another day's is another document."""
    noon = datetime.combine(day, time(12), HONG_KONG)
    reference = f"EX-{day:%y%m%d}-{name.upper()}"
    document: dict[str, Any] = json.loads(registry.example(definition, day, reference=reference, now=noon))
    company = _lodger(definition)
    if company and definition.lodging.principal:
        on_behalf_of(document, definition.lodging.principal, identifier=company.br, name=company.name.en)
    return document


def _lodger(definition: Definition) -> Company | None:
    """The first company of the demonstration whose key may lodge such a document."""
    return next((company for company in companies() if company.kind in definition.lodging.by), None)


def _named(service: str, document: dict[str, Any]) -> dict[str, Any]:
    return {"$service": service, **document}


def _written(service: str, document: dict[str, Any]) -> str:
    return json.dumps(_named(service, document), ensure_ascii=False, indent=2) + "\n"
