"""What a bundle may do to the submissions it holds, and when a document is issued by an act."""

from dataclasses import replace

import pytest

from onewindow.definitions.model import Action
from onewindow.engine.life.cycle import Unfit
from onewindow.kernel.words import Words
from unit.life_services import LICENCE, SYSTEM_ACTOR, VETTER, begin, do

RIDES = Action(
    "arrived", Words("a", "a", "a"), by=("system",), does=("bound",), of="submission", allowed_in=("bundled",)
)
CARGO = replace(LICENCE, actions={**LICENCE.actions, "arrived": replace(RIDES, state="checking")})


def test_only_the_bundle_that_holds_a_submission_moves_it_or_sets_it_free():
    life = do(CARGO, begin(CARGO, "vetting"), "bundle", "", SYSTEM_ACTOR, {"by": "B-1"})
    for act in ("arrived", "unbundle"):
        with pytest.raises(Unfit, match="another bundle"):
            do(CARGO, life, act, "", SYSTEM_ACTOR, {"by": "B-2"})
    moved = do(CARGO, life, "arrived", "", SYSTEM_ACTOR, {"by": "B-1"})
    assert (moved.state, moved.bound_to) == ("checking", "B-1")
    free = do(CARGO, life, "unbundle", "", SYSTEM_ACTOR, {"by": "B-1"})
    assert (free.state, free.bound_to) == ("vetting", "")


def test_a_service_with_an_act_that_issues_issues_there_and_not_again_at_the_end():
    approve = replace(LICENCE.actions["approve"], does=("close", "issue"))
    service = replace(LICENCE, actions={**LICENCE.actions, "approve": approve})
    life = do(service, begin(service, "vetting inspection"), "approve", "1", VETTER)
    assert [one.number for one in life.issued] == [life.document.number]
    assert life.open_legs
    inspector = replace(VETTER, roles=frozenset({"inspector"}))
    done = do(service, life, "inspect", life.open_legs[0].id, inspector)
    assert (done.state, len(done.issued)) == ("issued", 1)
