"""What a log of decisions comes to."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from wmcrm.consent import Decision, fold_purpose
from wmcrm.consent.fold import STRICTNESS
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, ConsentStanding

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def entry(number: int, decision: ConsentDecision, **details: object) -> Decision:
    values: dict[str, object] = {
        "id": number,
        "recorded_for_id": 1,
        "channel": Channel.EMAIL,
        "decision": decision,
        "proven": True,
        "method": ConsentMethod.FORM,
        "on_day": dt.date(2026, 1, number),
        "recorded_at": START + dt.timedelta(days=number),
    }
    return Decision(**(values | details))  # type: ignore[arg-type]


GIVEN, WITHDRAWN, REFUSED, OBJECTED, VOIDED = (
    ConsentDecision.GIVEN,
    ConsentDecision.WITHDRAWN,
    ConsentDecision.REFUSED,
    ConsentDecision.OBJECTED,
    ConsentDecision.VOIDED,
)


def standing(*log: Decision, channel: Channel = Channel.EMAIL, merged_at: dt.datetime | None = None) -> ConsentStanding:
    return fold_purpose(list(log), merged_at)[channel].standing


def test_a_consent_holds_for_two_years() -> None:
    state = fold_purpose([entry(1, GIVEN, on_day=dt.date(2024, 2, 29))])[Channel.EMAIL]
    assert state.standing is ConsentStanding.GIVEN
    assert state.valid_until == dt.date(2026, 2, 28)


def test_a_withdrawal_ends_a_consent() -> None:
    assert standing(entry(1, GIVEN), entry(2, WITHDRAWN)) is ConsentStanding.WITHDRAWN


def test_a_later_act_of_the_person_gives_again() -> None:
    assert standing(entry(1, WITHDRAWN), entry(2, GIVEN)) is ConsentStanding.GIVEN


def test_a_sheet_never_overturns_a_withdrawal() -> None:
    sheet = entry(2, GIVEN, method=ConsentMethod.IMPORT)
    assert standing(entry(1, WITHDRAWN), sheet) is ConsentStanding.WITHDRAWN
    assert standing(entry(1, OBJECTED), sheet) is ConsentStanding.OBJECTED


def test_a_claim_without_its_notice_is_unproven_and_takes_nothing_away() -> None:
    claim = entry(2, GIVEN, method=ConsentMethod.IMPORT, proven=False)
    assert standing(claim) is ConsentStanding.UNPROVEN
    assert standing(entry(1, GIVEN), claim) is ConsentStanding.GIVEN
    assert standing(entry(1, REFUSED), claim) is ConsentStanding.REFUSED


def test_a_withdrawal_for_all_channels_reaches_each() -> None:
    log = [entry(1, GIVEN), entry(2, WITHDRAWN, channel=Channel.ANY)]
    assert standing(*log) is ConsentStanding.WITHDRAWN
    assert standing(*log, channel=Channel.ANY) is ConsentStanding.WITHDRAWN


def test_on_the_same_day_in_one_batch_the_restriction_holds() -> None:
    day, moment = dt.date(2026, 1, 5), START
    log = [entry(2, GIVEN, on_day=day, recorded_at=moment), entry(1, WITHDRAWN, on_day=day, recorded_at=moment)]
    assert standing(*log) is ConsentStanding.WITHDRAWN


def test_undoing_an_import_takes_back_what_it_gave() -> None:
    state = fold_purpose([entry(1, GIVEN), entry(2, VOIDED, voids_id=1)])
    assert Channel.EMAIL not in state


def test_after_a_merge_the_stricter_record_wins_until_a_later_act() -> None:
    merged_at = START + dt.timedelta(days=10)
    log = [entry(1, WITHDRAWN, recorded_for_id=2), entry(3, GIVEN, recorded_for_id=1)]
    assert standing(*log, merged_at=merged_at) is ConsentStanding.WITHDRAWN
    again = entry(20, GIVEN, recorded_for_id=1)
    assert standing(*log, again, merged_at=merged_at) is ConsentStanding.GIVEN


DECISIONS = st.builds(
    entry,
    st.integers(1, 28),
    st.sampled_from([GIVEN, WITHDRAWN, REFUSED, OBJECTED]),
    recorded_for_id=st.integers(1, 2),
    channel=st.sampled_from([Channel.EMAIL, Channel.ANY]),
    proven=st.booleans(),
    method=st.sampled_from([ConsentMethod.IMPORT, ConsentMethod.FORM]),
)


@given(st.lists(DECISIONS, max_size=8, unique_by=lambda made: made.id))
def test_a_merge_never_forbids_less_than_either_record(log: list[Decision]) -> None:
    merged = fold_purpose(log, START + dt.timedelta(days=400))
    for side in (1, 2):
        for channel, alone in fold_purpose([made for made in log if made.recorded_for_id == side]).items():
            if alone.standing in STRICTNESS:
                assert STRICTNESS[merged[channel].standing] >= STRICTNESS[alone.standing]


@given(st.lists(DECISIONS, max_size=8, unique_by=lambda made: made.id))
def test_the_order_in_which_a_log_is_read_does_not_matter(log: list[Decision]) -> None:
    assert fold_purpose(log) == fold_purpose(list(reversed(log)))
