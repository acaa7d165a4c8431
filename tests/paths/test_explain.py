from __future__ import annotations

import datetime as dt

from tests.paths.story import AICHA, DANA, OMAR, Story
from tests.paths.test_stages import training
from wmcrm.paths import Names, Rule, render, why
from wmcrm.paths.explain import TEMPLATES

NAMES = Names(
    events={number: f"Event {number}" for number in range(1, 9)},
    affiliates={10: "Wikimedians of Senegal"},
    initiatives={7: "Hubs"},
)


def said(story: Story, person: int = AICHA) -> list[str]:
    return [render(sentence) for sentence in why(story.path(person), NAMES)]


def test_every_rule_has_its_sentence() -> None:
    assert set(TEMPLATES) == set(Rule)


def test_a_contact_is_told_that_nothing_counts() -> None:
    story = Story()
    story.person(AICHA)
    assert said(story) == [
        "On 2026-11-21, by version 1 of the path model, the stage is contact: nothing is recorded that counts.",
        "No occasion and no held position is recorded.",
    ]


def test_each_stage_is_explained_by_its_evidence_in_order_of_day() -> None:
    story = Story()
    story.went(AICHA, "participant", "2025-01-01", "2025-02-01")
    story.went(AICHA, "speaker", "2024-12-01")
    story.went(AICHA, "lead", "2025-03-01")
    assert said(story) == [
        "On 2026-11-21, by version 1 of the path model, the highest stage is organizer, reached on 2025-03-01,"
        " and the current stage is organizer.",
        "Helper since 2024-12-01: speaker at Event 3 (2024-12-01).",
        "Participant since 2025-01-01: took part in Event 1 (2025-01-01).",
        "Returning since 2025-02-01: took part in Event 1 (2025-01-01), Event 2 (2025-02-01).",
        "Organizer since 2025-03-01: lead of Event 4 (2025-03-01).",
        "Never reached on the way: co organizer. People may enter at any stage.",
        "Quiet: the last occasion or held position was on 2025-03-01.",
    ]


def test_presumed_attendance_is_said_to_be_presumed() -> None:
    story = Story()
    event = story.event("2026-03-01", tracked_attendance=False)
    story.did(AICHA, "participant", event, attended=None, registered=True)
    assert (
        "Attendance is presumed for Event 1 (2026-03-01): it was not recorded there, and the registration counts."
    ) in said(story)


def test_positions_and_initiatives_are_named_with_their_first_day() -> None:
    story = Story()
    story.held(DANA, "group_contact_1", "2025-01-01")
    story.held(DANA, "programme_lead", "2025-02-01")
    story.involved(OMAR, "working", "2025-01-01")
    story.involved(AICHA, "leading", "2025-01-01")
    assert (
        "Multiplier since 2025-07-01: had by then been group contact 1 at Wikimedians of Senegal for 6 months,"
        " from 2025-01-01."
    ) in said(story, DANA)
    assert "Organizer since 2025-02-01: became programme lead at Wikimedians of Senegal." in said(story, DANA)
    assert (
        "Co-organizer since 2025-04-01: had by then worked 3 months on the initiative Hubs, from 2025-01-01."
    ) in said(story, OMAR)
    assert "Organizer since 2025-01-01: took the lead of the initiative Hubs." in said(story)


def test_a_trainer_is_told_how_many_followed_and_never_who() -> None:
    story = training(then=("2024-06-01", "2024-07-01"))
    sentences = why(story.path(), NAMES)
    told = next(sentence for sentence in sentences if "trained at" in sentence.template)
    assert render(told) == (
        "Multiplier since 2024-07-01: trained at Event 1 (2024-02-29), of which 2 others who attended organized"
        " for one of its hosts for the first time, the last of them on 2024-07-01."
    )
    assert "Event 2" not in str(told.params)
    assert "Event 3" not in str(told.params)


def test_a_mentor_is_told_that_somebody_followed_and_never_who() -> None:
    story = Story()
    story.mentored(AICHA, OMAR, "2025-01-01")
    story.went(OMAR, "coordinator", "2025-03-01")
    assert said(story)[1] == (
        "Multiplier since 2025-03-01: mentored, from 2025-01-01, a person who then reached the stage"
        " co organizer or more."
    )


def test_several_affiliates_and_countries_name_the_occasions_that_added_one() -> None:
    story = Story()
    story.did(AICHA, "lead", story.event("2025-01-01"))
    story.did(AICHA, "lead", story.event("2025-03-01", host=20))
    story.did(OMAR, "lead", story.event("2025-01-01", country="SN"))
    story.did(OMAR, "lead", story.event("2025-03-01", country="ML"))
    assert "organized for at least 2 affiliates: Event 1 (2025-01-01), Event 2 (2025-03-01)." in said(story)[2]
    assert "organized in at least 2 countries: Event 3 (2025-01-01), Event 4 (2025-03-01)." in said(story, OMAR)[2]


def test_what_a_reader_may_not_see_has_no_name() -> None:
    story = Story()
    story.held(DANA, "chair", "2025-01-01")
    sentences = why(story.path(DANA), Names())
    assert "chair at an affiliate for" in render(sentences[1])


def test_titles_with_braces_stay_as_they_are() -> None:
    story = Story()
    story.went(AICHA, "lead", "2025-03-01")
    sentences = why(story.path(), Names(events={1: "{day} {{x}}"}))
    assert "{day} {{x}} (2025-03-01)" in render(sentences[1])


def test_sentences_are_rendered_in_the_readers_language() -> None:
    story = Story()
    story.went(AICHA, "participant", "2025-03-01")
    sentence = why(story.path(), NAMES)[1]
    french = {sentence.template: "{event} : participe depuis le {day}."}
    shown = render(sentence, french.__getitem__, str, lambda day: day.strftime("%d/%m/%Y"))
    assert shown == "Event 1 (01/03/2025) : participe depuis le 01/03/2025."


def test_a_stepped_back_person_is_said_to_have_declared_it() -> None:
    story = Story()
    story.person(AICHA, stepped_back_on=dt.date(2026, 1, 1))
    assert said(story)[-1] == "Stepped back, as the person declared."
