"""Complaints over many calls, with figures computed by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from qa_pipeline.analytics.complaints import complaint_report
from qa_pipeline.analytics.contacts import Contacts
from qa_pipeline.analytics.emerging import emerging
from qa_pipeline.analytics.mismatches import mismatches
from qa_pipeline.analytics.promises import promises
from qa_pipeline.analytics.repeats import repeats
from qa_pipeline.analytics.rises import cause_trends, held_against_all, ratio_interval, rise_probability
from qa_pipeline.analytics.telling import telling_phrases
from qa_pipeline.domain import (
    Cause,
    Contact,
    MismatchKind,
    ModelError,
    NamedCause,
    PromiseState,
    Said,
    SignalKind,
    Taxonomy,
)
from qa_pipeline.testing.complaints import NEW_MATTER, made_up_complaints
from qa_pipeline.testing.dummies import a_scored_call, a_signal

DAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
SAID = Said(quote="It is late.", start_ms=5000)
TAXONOMY = Taxonomy(
    {
        "refund_delay": Cause(
            name="refund_delay", group="process", owner="billing", titles={"zh": "退款延迟"}, categories=("RF 01",)
        ),
        "long_wait": Cause(name="long_wait", group="people", owner="service", titles={"en": "Long wait"}),
    },
    enquiries=("enquiry", "咨询", "非投诉"),
    complaints=("complaint", "投诉"),
)


def a_contact(call_id: str = "c1", *causes: str, day: float = 0, **changes: object) -> Contact:
    started = DAY + timedelta(days=day)
    values: dict[str, object] = {
        "agent_id": "a1",
        "team": "",
        "language": "en",
        "started_at": started,
        "ended_at": started + timedelta(minutes=10),
        "customer_id": "",
        "disposition": "",
        "category": "",
        "resolved_at": None,
        "complains": True,
        "unplaced": (),
        "called_before": None,
    }
    named = tuple(NamedCause(name=name, severity=None, confidence=0.8, said=SAID) for name in causes)
    return Contact(call_id=call_id, causes=named, **(values | changes))  # type: ignore[arg-type]  # a test's shorthand


# Mismatches


@pytest.mark.parametrize("disposition", ["Enquiry", "billing-ENQUIRY", "账单咨询", "非投诉"])
def test_a_complaint_filed_as_an_enquiry_is_listed(disposition: str) -> None:
    (found,) = mismatches([a_contact(disposition=disposition)], TAXONOMY).found
    assert MismatchKind.FILED_AS_ENQUIRY is found.kind


@pytest.mark.parametrize("disposition", ["Complaint", "投诉", "Enquiry about a complaint", "enquiryless", "VIP", ""])
def test_what_agrees_or_says_neither_is_not_listed(disposition: str) -> None:
    assert () == mismatches([a_contact(disposition=disposition)], TAXONOMY).found


def test_a_call_filed_as_complaint_without_one_is_listed_and_one_nobody_can_tell_is_not() -> None:
    calls = [
        a_contact("no", disposition="complaint", complains=False),
        a_contact(disposition="enquiry", complains=None),
    ]
    found = mismatches(calls, TAXONOMY)
    assert [("no", MismatchKind.NOT_HEARD)] == [(one.contact.call_id, one.kind) for one in found.found]
    assert 1 == found.dispositions


@pytest.mark.parametrize(
    ("category", "listed"),
    [
        ("rf-01", False),
        ("Refund_Delay", False),
        ("退款延迟", False),
        ("long wait", True),
        ("LONG WAIT ", True),
        ("x", False),
    ],
)
def test_a_tickets_category_is_compared_by_its_causes_names_titles_and_categories(category: str, listed: bool) -> None:
    found = mismatches([a_contact("c1", "refund_delay", category=category)], TAXONOMY)
    assert ([MismatchKind.OTHER_CATEGORY] if listed else []) == [one.kind for one in found.found]
    assert found.categories == (category != "x")


def test_one_cause_in_common_is_enough_and_other_is_no_cause() -> None:
    calls = [
        a_contact("both", "long_wait", "refund_delay", category="long wait"),
        a_contact("other", "other", category="long wait"),
    ]
    assert ((), 1) == (mismatches(calls, TAXONOMY).found, mismatches(calls, TAXONOMY).categories)


def test_words_that_nobody_has_explained_are_counted() -> None:
    calls = [a_contact(str(i), "long_wait", disposition="VIP", category=c) for i, c in enumerate("xyy")]
    found = mismatches(calls, TAXONOMY)
    assert ((("VIP", 3),), (("y", 2), ("x", 1))) == (found.unread_dispositions, found.unread_categories)


# Repeats


def test_one_customer_with_one_cause_within_a_week_of_the_call_before() -> None:
    def by(customer: str, name: str, day: float, *causes: str) -> Contact:
        return a_contact(name, *causes, day=day, customer_id=customer)

    found = repeats(
        [
            by("K1", "a", 0, "long_wait"),
            by("K1", "b", 7, "long_wait", "refund_delay"),
            by("K1", "c", 13.9, "long_wait"),
            by("K1", "d", 30, "long_wait"),
            by("K2", "e", 1, "long_wait"),
            by("", "f", 1, "long_wait"),
            by("", "g", 2, "long_wait"),
            by("K3", "h", 1, "other"),
            by("K3", "i", 2, "other"),
        ]
    )
    assert [("K1", "long_wait", "abc")] == [
        (one.customer_id, one.cause, "".join(call.call_id for call in one.contacts)) for one in found.found
    ]
    assert (5, 1) == (found.identified, found.by_customer)


def test_the_window_ends_with_the_second() -> None:
    calls = [a_contact(name, "long_wait", day=day, customer_id="K") for name, day in (("a", 0), ("b", 7.001))]
    assert () == repeats(calls).found
    assert 1 == len(repeats(calls, window_days=8).found)


def test_who_says_to_have_called_before_is_listed_without_an_id_and_once() -> None:
    again = Said(quote="I called yesterday.", start_ms=0)
    calls = [
        a_contact("plain", complains=False, called_before=again, day=3),
        a_contact("a", "long_wait", customer_id="K"),
        a_contact("b", "long_wait", customer_id="K", day=1, called_before=again),
    ]
    assert [["plain"], ["a", "b"]] == [[call.call_id for call in one.contacts] for one in repeats(calls).found]


# Promises


@pytest.mark.parametrize(
    ("resolved_h", "as_of_h", "state", "overdue_h"),
    [
        (None, 24, PromiseState.OPEN, None),
        (None, 30, PromiseState.OVERDUE, 6 - 1 / 6),  # the timer runs from the end, ten minutes after the start
        (24, 100, PromiseState.KEPT, None),
        (25, 24, PromiseState.LATE, None),
        (0, 30, PromiseState.KEPT, None),
        (-1, 30, PromiseState.OVERDUE, 6 - 1 / 6),
    ],
)
def test_a_complaint_is_due_a_day_after_its_call(
    resolved_h: float | None, as_of_h: float, state: PromiseState, overdue_h: float | None
) -> None:
    resolved = None if resolved_h is None else DAY + timedelta(hours=resolved_h)
    found = promises([a_contact(resolved_at=resolved), a_contact(complains=False)], DAY + timedelta(hours=as_of_h))
    (one,) = found.found
    assert (state, DAY + timedelta(hours=24, minutes=10)) == (one.state, one.due_at)
    assert overdue_h == (one.overdue_h if overdue_h is None else pytest.approx(one.overdue_h))
    assert (resolved_h == -1) == found.impossible


def test_moments_on_other_clocks_are_the_same_moments() -> None:
    resolved = datetime(2026, 11, 17, 17, 0, tzinfo=timezone(timedelta(hours=8)))  # 09:00 UTC
    (one,) = promises([a_contact(resolved_at=resolved)], DAY).found
    assert PromiseState.KEPT is one.state


def test_the_longest_overdue_stands_first() -> None:
    calls = [
        a_contact("new", day=9.9),
        a_contact("b", day=2),
        a_contact("a", day=1),
        a_contact("undated", started_at=None),
    ]
    found = promises(calls, DAY + timedelta(days=10)).found
    assert ["a", "b", "new"] == [one.contact.call_id for one in found]


# Rises


@pytest.mark.parametrize("counts", [(6, 100, 4, 400), (3, 50, 0, 300), (1, 10, 9, 10), (40, 900, 80, 4000)])
def test_the_chance_and_the_interval_are_those_of_scipy(counts: tuple[int, int, int, int]) -> None:
    now, exposure, before, exposure_before = counts
    share = exposure / (exposure + exposure_before)
    theirs = stats.binomtest(now, now + before, share, alternative="greater")
    assert theirs.pvalue == pytest.approx(rise_probability(*counts))
    low, high = stats.binomtest(now, now + before).proportion_ci(0.95, method="exact")
    ours = ratio_interval(*counts)
    assert low / (1 - low) * exposure_before / exposure == pytest.approx(ours.low)
    assert (high / (1 - high) * exposure_before / exposure if high < 1 else math.inf) == pytest.approx(ours.high)


def test_three_now_and_none_before_by_hand() -> None:
    # all three fall into the fifth of the exposure: (1/5)³
    assert 0.008 == pytest.approx(rise_probability(3, 100, 0, 400))


def test_none_now_is_no_rise_and_without_exposure_nothing_is_said() -> None:
    assert 1.0 == rise_probability(0, 100, 5, 400)
    with pytest.raises(ValueError, match="nothing to compare"):
        rise_probability(3, 100, 0, 0)


def test_benjamini_and_hochberg_by_hand() -> None:
    # 0.01 · 4/1, 0.03 · 4/3, 0.04 · 4/4 from above: the third may not exceed the fourth
    for chances in permutations([0.01, 0.03, 0.032, 0.9]):
        found = dict(zip(chances, held_against_all(chances), strict=True))
        assert {0.01: 0.04, 0.03: 0.128 / 3, 0.032: 0.128 / 3, 0.9: 0.9} == pytest.approx(found)
    assert [] == held_against_all([])


def test_a_cause_rises_when_the_test_and_three_calls_say_so() -> None:
    now = [a_contact(f"n{i}", "refund_delay") for i in range(8)] + [a_contact(f"w{i}", "long_wait") for i in range(2)]
    before = [a_contact(f"b{i}", "refund_delay") for i in range(6)]
    refund, wait = cause_trends(now, before, judged_now=100, judged_before=400)
    assert (8, 6, True) == (refund.now, refund.before, refund.rises)
    assert refund.ratio == pytest.approx((8 / 100) / (6 / 400))
    assert refund.p == pytest.approx(stats.binom.sf(7, 14, 0.2))
    # two calls where there were none: (1/5)² = 0.04 is under 5 %, and two calls are still too few
    assert (0.04, None, False) == (pytest.approx(wait.p), wait.ratio, wait.rises)
    assert wait.q is not None
    assert wait.q <= 0.05


def test_as_many_calls_of_fewer_judged_are_no_fall() -> None:
    now = [a_contact(f"n{i}", "long_wait") for i in range(5)]
    before = [a_contact(f"b{i}", "long_wait") for i in range(20)]
    (one,) = cause_trends(now, before, judged_now=50, judged_before=200)
    assert (1.0, False) == (one.ratio, one.rises)


def test_without_an_earlier_period_nothing_is_tested() -> None:
    (one,) = cause_trends([a_contact(f"n{i}", "long_wait") for i in range(9)], [], judged_now=9, judged_before=0)
    assert (None, None, None, None, False) == (one.p, one.q, one.ratio, one.interval, one.rises)


def test_where_nothing_changes_hardly_a_report_shows_a_rise() -> None:
    chance, shown = np.random.default_rng(7), 0
    names = [f"cause_{i}" for i in range(10)]
    for _ in range(200):
        counts = [(int(chance.poisson(4)), int(chance.poisson(16))) for _ in names]
        chances = [rise_probability(now, 100, before, 400) for now, before in counts]
        shown += any(q <= 0.05 for q in held_against_all(chances))
    assert shown <= 20  # 5 % of 200, and what chance adds


# Emerging causes


def unplaced(call_id: str, quote: str, language: str = "en") -> Contact:
    return a_contact(call_id, unplaced=(Said(quote=quote, start_ms=0),), language=language)


def by_first_word(texts: Sequence[str]) -> NDArray[np.float32]:
    """Texts with the same first character are alike."""
    kinds = sorted({text[0] for text in texts})
    return np.array([[float(text[0] == kind) for kind in kinds] for text in texts], np.float32)


def test_three_calls_alike_are_an_emerging_cause_and_two_are_not() -> None:
    calls = [unplaced(f"p{i}", f"parking is full {i}") for i in range(3)] + [
        unplaced(f"x{i}", "xylophone") for i in range(2)
    ]
    (found,) = emerging([*calls, a_contact("placed", "long_wait")], by_first_word).found
    assert (3, ("parking is full",)) == (found.calls, found.phrases)
    assert ["p0", "p1", "p2"] == sorted(one.contact.call_id for one in found.examples)


def test_three_sayings_of_one_call_are_one_call() -> None:
    said = tuple(Said(quote=f"parking {i}", start_ms=i) for i in range(3))
    assert () == emerging([a_contact(unplaced=said), unplaced("c2", "parking")], by_first_word).found


def test_the_order_of_the_calls_changes_nothing() -> None:
    calls = [unplaced(f"{word}{i}", f"{word} {i}") for word in ("parking", "music", "soap") for i in range(4)]
    assert emerging(calls, by_first_word) == emerging(calls[::-1], by_first_word)
    assert [4, 4, 4] == [one.calls for one in emerging(calls, by_first_word).found]


def test_languages_are_grouped_apart_and_others_are_only_counted() -> None:
    calls = [unplaced(f"{name}{i}", "parking", name) for name in ("en", "zh", "fr") for i in range(3)]
    found = emerging(calls, by_first_word)
    assert (["en", "zh"], 9, 6) == ([one.language for one in found.found], found.unplaced, found.read)


def test_telling_phrases_are_those_of_the_group_and_not_of_everybody() -> None:
    group = ["the car park is full again", "your car park was full", "I cannot find space in the car park"]
    others = ["my bill is full of mistakes", "the bill is wrong", "it is full of errors"] * 3
    (english,) = telling_phrases([group], others, "en")
    assert "car park" == english[0]
    (chinese,) = telling_phrases([list(NEW_MATTER["zh"])], ["退款还没到账"], "zh")
    assert "停车场" == chinese[0]


def test_a_phrase_of_one_call_names_nothing() -> None:
    assert [()] == telling_phrases([["purple parrot purple parrot", "green goose"]], [], "en")


# The whole


def nothing(texts: Sequence[str]) -> NDArray[np.float32]:
    raise AssertionError(f"nobody asked for {len(texts)} vectors")


def test_the_made_up_weeks_show_their_rise_and_their_new_matter() -> None:
    contacts = Contacts(taxonomy=TAXONOMY)
    for call in made_up_complaints():
        contacts.add(call)
    report = complaint_report(contacts, lambda texts: np.ones((len(texts), 1), np.float32))
    assert (84, 336, 420) == (report.judged, report.judged_before, report.total)
    assert ["2026-10-19", "2026-11-16", "2026-11-22"] == [
        str(day) for day in (report.before, report.first, report.last)
    ]
    assert ["refund_delay"] == [one.cause for one in report.causes if one.rises]
    assert "car park" in [phrase for one in report.emerging.found for phrase in one.phrases]
    assert report.complaints == sum(one.now for one in report.causes) + report.emerging.unplaced


def test_a_day_before_shows_the_report_as_it_was() -> None:
    calls = list(made_up_complaints())
    then = datetime(2026, 11, 15, 23, 59)  # noqa: DTZ001 - on the calls' own clocks
    whole, cut = Contacts(taxonomy=TAXONOMY, as_of=then), Contacts(taxonomy=TAXONOMY, as_of=then)
    for call in calls:
        whole.add(call)
        if call.recording.meta.started_at and call.recording.meta.started_at.replace(tzinfo=None) <= then:
            cut.add(call)
    assert complaint_report(cut, nothing) == complaint_report(whole, nothing)


def test_missing_weights_cost_the_emerging_causes_only() -> None:
    def missing(texts: Sequence[str]) -> NDArray[np.float32]:
        raise ModelError(f"{len(texts)} texts and no weights", code="model_missing")

    contacts = Contacts(taxonomy=TAXONOMY)
    for call in made_up_complaints():
        contacts.add(call)
    report = complaint_report(contacts, missing)
    assert ("model_missing", True) == (report.emerging.unread, bool(report.causes))


def test_calls_without_a_time_are_counted_and_compared_with_their_tickets() -> None:
    contacts = Contacts(taxonomy=TAXONOMY)
    contacts.add(
        a_scored_call(
            started_at=None,
            disposition="enquiry",
            signals=(a_signal(SignalKind.COMPLAINT, "true"),),
            measured=frozenset(SignalKind),
        )
    )
    report = complaint_report(contacts, nothing)
    assert (None, 1, 1) == (report.as_of, report.total_complaints, len(report.mismatches.found))


def test_a_site_sets_how_long_a_repeat_and_a_promise_last() -> None:
    contacts = Contacts(taxonomy=TAXONOMY)
    for day in (1, 11):
        contacts.add(
            a_scored_call(
                started_at=datetime(2026, 11, day, 9, tzinfo=UTC),
                customer_id="c-1",
                signals=(a_signal(SignalKind.COMPLAINT, "true"), a_signal(SignalKind.CAUSE, "long_wait")),
                measured=frozenset(SignalKind),
            )
        )
    usual = complaint_report(contacts, nothing)
    wide = complaint_report(contacts, nothing, repeat_days=10, promise_hours=400)
    assert (0, 1) == (usual.repeats.by_customer, wide.repeats.by_customer)
    assert (1, 0) == tuple(sum(one.overdue_h is not None for one in of.promises.found) for of in (usual, wide))


def test_no_calls_make_an_empty_report() -> None:
    report = complaint_report(Contacts(taxonomy=TAXONOMY), nothing)
    assert (None, 0, (), ()) == (report.as_of, report.total, report.causes, report.promises.found)
