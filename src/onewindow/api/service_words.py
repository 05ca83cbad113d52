"""What a client sees of a definition: the row of the catalogue, and the whole service."""

from __future__ import annotations

from datetime import date
from typing import Any

from onewindow.api.json_schema import schema_of_items
from onewindow.definitions.model import Action, Definition, Fee, Stage
from onewindow.engine.registry import Registry

Wire = dict[str, Any]


def row_of(definition: Definition, registry: Registry, as_of: date) -> Wire:
    """A line of the catalogue; the same figures as `onewindow services --json`."""
    transactions = registry.catalogue.transactions(definition)
    return {
        "id": definition.id,
        "family": definition.family,
        "agency": definition.agency,
        "version": definition.version,
        "items": len(definition.leaves()),
        "rules": len({rule.code for one in transactions for rule in one.rules if rule.valid.covers(as_of)}),
        "stages": len(definition.stages),
        "pledges": sum(len(stage.clocks) for stage in definition.stages),
        "titles": definition.title.as_dict(),
    }


def service_of(definition: Definition, registry: Registry, as_of: date) -> Wire:
    """Everything a client may want to know before it lodges: who may, what happens next, which acts, which fees."""
    transactions = registry.catalogue.transactions(definition)
    return {
        **row_of(definition, registry, as_of),
        "purpose": definition.purpose.as_dict(),
        "law": definition.law,
        "basis": definition.basis,
        "lodging": {
            "by": list(definition.lodging.by),
            "principal": definition.lodging.principal,
            "reference": definition.reference,
            "amend": list(definition.lodging.amend),
            "withdraw": list(definition.lodging.withdraw),
            "reply": list(definition.lodging.reply),
        },
        "xml": {"root": definition.xml_root, "type_codes": list(definition.xml_types)},
        "states": [_state(state) for state in definition.states],
        "stage_list": [_stage(stage) for stage in definition.stages],
        "actions": [_action(action, registry, as_of) for action in definition.actions.values()],
        "fees": [_fee(fee) for fee in definition.fees if fee.valid.covers(as_of)],
        "rule_list": [
            {"code": rule.code, "item": rule.item, "severity": rule.severity, "law": rule.law, "basis": rule.basis}
            | {"message": rule.words.as_dict(), "remedy": rule.remedy.as_dict(), "standing": rule.standing}
            for rule in definition.rules
            if rule.valid.covers(as_of)
        ],
        "transactions": [one.id for one in transactions if one.id != definition.id],
    }


def _state(state: Any) -> Wire:
    return {"name": state.name, "title": state.title.as_dict(), "next": state.next.as_dict(), "end": state.end}


def _stage(stage: Stage) -> Wire:
    return {
        "name": stage.name,
        "title": stage.title.as_dict(),
        "agency": stage.agency,
        "role": stage.role,
        "after": list(stage.after),
        "when": stage.when,
        "actions": list(stage.actions),
        "clocks": [
            {"name": clock.name, "limit": clock.limit.amount, "unit": clock.limit.unit, "calendar": clock.calendar}
            | {"pledge": clock.words.as_dict() if clock.words else None}
            for clock in stage.clocks
        ],
    }


def _action(action: Action, registry: Registry, as_of: date) -> Wire:
    body = schema_of_items(action.items, registry, as_of) if action.items else None
    return {
        "name": action.name,
        "title": action.title.as_dict(),
        "by": list(action.by),
        "of": action.of,
        "while": list(action.allowed_in),
        "body": body,
    }


def _fee(fee: Fee) -> Wire:
    return {"name": fee.name, "title": fee.title.as_dict(), "law": fee.law, "when": fee.when} | {
        "amount": fee.amount,
        "currency": fee.currency,
    }
