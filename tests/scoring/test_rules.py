"""Conditions and expressions in scorecard files: read rightly, and every fault told where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent, indent

import pytest

from qa_pipeline.domain import ConfigurationError, Criterion, Finding, Party, Scorecard, Window
from qa_pipeline.rules.expression import show
from qa_pipeline.scoring.read import read_scorecard

AGENTS = dict.fromkeys(("greeting", "empathy", "solution"), Party.AGENT)
WHOSE = {
    "en": {**AGENTS, "thanks": Party.UNKNOWN, "trouble": Party.CUSTOMER},
    "zh": {"greeting": Party.AGENT},
}

HEAD = """\
name: site
version: "1"
title: Site
language: en
critical_cap: 40
bands: [{name: all, title: All, at_least: 0}]
"""


def known(view: object, *, within_s: float = 30.0) -> Finding:
    raise NotImplementedError


def whose_act(name: str, language: str) -> Party | None:
    return WHOSE[language].get(name)


def text_of(conditions: str = "", criterion: str = "pass_when: greeting", own: str = "") -> str:
    """A scorecard: its conditions begin in line 8, its criterion in line 12 where there are none."""
    text = HEAD
    if conditions:
        text += "conditions:\n" + indent(dedent(conditions).strip("\n"), "  ") + "\n"
    text += "sections:\n  - name: all\n    title: All\n    criteria:\n      - name: it\n        title: It\n"
    text += "        weight: 1\n" + indent(dedent(criterion).strip("\n"), " " * 8) + "\n"
    if own:
        text += "        conditions:\n" + indent(dedent(own).strip("\n"), " " * 10) + "\n"
    return text


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Scorecard]:
    def from_text(text: str) -> Scorecard:
        path = tmp_path / "scorecard.yaml"
        path.write_text(text, "utf-8")
        return read_scorecard(path, {"known": known}.get, whose_act)

    return from_text


@pytest.fixture
def faults(read: Callable[[str], Scorecard]) -> Callable[..., list[tuple[int, str]]]:
    def told(conditions: str = "", criterion: str = "pass_when: greeting", own: str = "") -> list[tuple[int, str]]:
        with pytest.raises(ConfigurationError) as caught:
            read(text_of(conditions, criterion, own))
        return [(problem.line, problem.message) for problem in caught.value.problems]

    return told


Read = Callable[[str], Scorecard]
Faults = Callable[..., list[tuple[int, str]]]


def criterion(scorecard: Scorecard) -> Criterion:
    (only,) = scorecard.criteria
    return only


# what is read


def test_conditions_and_expressions_become_a_rule(read: Read) -> None:
    conditions = """
        upset: {feels: [negative, neutral]}
        warm: {says: [empathy, thanks], needs: all, after: upset, before: solution, within_s: 20, in: {first_turns: 4}}
        unused: {says: thanks}
    """
    rule = criterion(read(text_of(conditions, "pass_when: warm && !thanks\nonly_when: upset"))).rule
    assert rule is not None
    assert rule.pass_when is not None
    assert rule.only_when is not None
    assert ("warm and (not thanks)", "upset", None) == (show(rule.pass_when), show(rule.only_when), rule.coach_when)
    assert ["upset", "warm"] == list(rule.conditions)  # with what they lead to, without what nobody asks for
    warm, upset = rule.conditions["warm"], rule.conditions["upset"]
    assert ("says", ("empathy", "thanks"), 2, Party.AGENT) == (warm.kind, warm.of, warm.different, warm.by)
    assert ("upset", "solution", 20.0, Window(first_turns=4)) == (warm.after, warm.before, warm.within_s, warm.window)
    assert (("negative", "neutral"), Party.CUSTOMER) == (upset.of, upset.by)


@pytest.mark.parametrize(("needs", "different"), [("any", 1), ("all", 3), ("none", 0), ("2", 2)])
def test_how_many_it_takes(needs: str, different: int, read: Read) -> None:
    text = text_of(f"some: {{says: [greeting, empathy, thanks], needs: {needs}}}", "pass_when: some")
    rule = criterion(read(text)).rule
    assert rule is not None
    assert different == rule.conditions["some"].different


@pytest.mark.parametrize(("by", "party"), [("agent", Party.AGENT), ("customer", Party.CUSTOMER), ("anyone", None)])
def test_whose_words(by: str, party: Party | None, read: Read) -> None:
    rule = criterion(read(text_of(f"some: {{words: [hello], by: {by}}}", "pass_when: some"))).rule
    assert rule is not None
    assert party is rule.conditions["some"].by


def test_a_criterions_own_condition_comes_before_the_scorecards(read: Read) -> None:
    text = text_of("warm: {says: empathy}", "pass_when: warm", own="warm: {says: thanks}")
    rule = criterion(read(text)).rule
    assert rule is not None
    assert ("thanks",) == rule.conditions["warm"].of


def test_a_check_may_have_an_occasion_and_a_tolerance(read: Read) -> None:
    found = criterion(read(text_of(criterion="check: known\nonly_when: empathy\ncoach_when: thanks")))
    assert "known" == found.check
    assert found.rule is not None
    assert None is found.rule.pass_when


def test_a_check_alone_has_no_rule(read: Read) -> None:
    assert None is criterion(read(text_of("some: {says: thanks}", "check: known"))).rule


def test_what_a_condition_says_changes_the_fingerprint_and_a_default_does_not(read: Read) -> None:
    plain = read(text_of("some: {says: thanks}", "pass_when: some")).fingerprint
    assert plain == read(text_of("some: {says: thanks, needs: any, each: false}", "pass_when: some")).fingerprint
    assert plain != read(text_of("some: {says: thanks, by: customer}", "pass_when: some")).fingerprint


# faults of conditions


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("{says: greetings}", "there is no dialogue act 'greetings'"),
        ("{says: [greeting, bow]}", "there is no dialogue act 'bow'"),
        ("{says: thanks, after: lunch}", "there is no condition and no dialogue act 'lunch'"),
        ("{says: thanks, before: lunch}", "there is no condition and no dialogue act 'lunch'"),
        ("{in_order: [greeting, lunch]}", "there is no condition and no dialogue act 'lunch'"),
        ("{says: trouble}", "'trouble' is what customers say, and would never be found: add `by: customer`"),
        ("{says: thanks, after: trouble}", "'trouble' is what customers say; it needs a condition of its own: {says"),
        ("{words: [hello, '(hi']}", "a ')' is missing"),
        ("{words: ['[hi]']}", "'[hi]' names no word that is always there"),
        ("{words: [hi], unless: ['hi {folks}']}", "{folks} is unknown; there are"),
        ("{regex: '(a'}", "'(a' is no regular expression: missing )"),
        ("{regex: a, unless: [b, '*']}", "'*' is no regular expression: nothing to repeat"),
        ("{measure: talk_percent, at_most: 60, by: customer}", "`by` of talk_percent is not said"),
        ("{measure: pace, at_most: 60, by: anyone}", "`by` of pace is agent or customer"),
        ("{says: thanks, after: some}", "'some' leads back to itself"),
    ],
)  # fmt: skip
def test_a_condition_that_leads_nowhere_is_told_with_its_line(condition: str, message: str, faults: Faults) -> None:
    ((line, told),) = faults(f"some: {condition}")
    assert 8 == line
    assert told.startswith(message)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("{title: Nothing}", "a condition has exactly one of says, words, regex, feels"),
        ("{says: greeting, words: [hello]}", "this one has says and words"),
        ("{says: [], words: [hello]}", "says must be a dialogue act or a list of them"),
        ("{says: 5}", "says must be a dialogue act or a list of them"),
        ("{words: hello}", "words must be a list"),
        ("{words: []}", "words: Tuple should have at least 1 item"),
        ("{regex: ''}", "regex: String should have at least 1 character"),
        ("{feels: angry}", "feels must be negative, neutral or positive"),
        ("{customer_is: rich}", "customer_is must be in_trouble"),
        ("{measure: height, at_most: 3}", "measure: Input should be 'longest_hold'"),
        ("{call: colour, is: red}", "call: Input should be 'queue'"),
        ("{says: greeting, needs: most}", "needs must be any, all, none or a whole number from 1"),
        ("{says: greeting, by: me}", "by: Input should be 'agent'"),
        ("{says: greeting, in: {last_turns: 0}}", "last_turns: Input should be greater than or equal to 1"),
        ("{says: greeting, in: {middle: 1}}", "'middle' is not known here"),
        ("{says: greeting, where: x}", "'where' is not known here"),
        ("hello", "some must have keys of its own"),
        ("{measure: holds}", "measure needs at_least or at_most"),
        ("{call: queue}", "call needs `is`"),
        ("{says: greeting, is: x}", "`is` belongs to call"),
        ("{says: greeting, unless: [x]}", "`unless` belongs to words and regex"),
        ("{says: greeting, needs: all}", "`needs` belongs to says and words with several things"),
        ("{feels: [negative, neutral], needs: all}", "`needs` belongs to says and words with several things"),
        ("{says: [greeting, thanks], needs: 3}", "`needs` asks for more than there are"),
        ("{says: [greeting, thanks], needs: all, at_least: 2}", "`needs` and at_least or at_most do not go together"),
        ("{measure: holds, at_most: 1, after: thanks}", "after, before and in belong to what somebody says or feels"),
        ("{call: queue, is: x, in: {first_turns: 1}}", "after, before and in belong to what somebody says or feels"),
        ("{says: thanks, within_s: 5}", "within_s and each need after or before"),
        ("{says: thanks, each: true}", "within_s and each need after or before"),
        ("{says: thanks, each: true, after: greeting, before: empathy}", "each takes after or before, not both"),
        ("{says: thanks, each: true, after: greeting, at_least: 2}", "each does not go with `needs`, at_least"),
        ("{says: thanks, at_least: 3, at_most: 2}", "at_least is above at_most"),
        ("{says: thanks, at_least: 0}", "at_least is 1 or more, or at_most says how often"),
        ("{in_order: [greeting, thanks], at_least: 3}", "in_order asks for more than there are"),
        ("{in_order: [greeting, thanks], at_most: 1}", "at_most does not belong to in_order"),
        ("{customer_is: unlucky, at_least: 2}", "at_least and at_most do not belong to customer_is and call"),
        ("{call: queue, is: x, by: agent}", "`by` belongs to what somebody says, feels or does"),
        ("{feels: negative, by: agent}", "feels is of the customer"),
    ],
)  # fmt: skip
def test_keys_that_do_not_go_together_are_told(condition: str, message: str, faults: Faults) -> None:
    told = faults(f"some: {condition}")
    assert {8} == {line for line, _ in told}
    assert 1 == len([one for _, one in told if message in one])


def test_a_name_of_a_condition_is_plain(faults: Faults) -> None:
    assert [(8, "'Very Warm' is no name; it takes small letters, figures and _, a letter first")] == faults(
        "Very Warm: {says: thanks}"
    )


@pytest.mark.parametrize(
    "where", ["{call: queue, is: x}", "{says: [greeting, thanks], needs: none}", "{measure: duration, at_least: 9}"]
)
@pytest.mark.parametrize("way", ["says: thanks, after: where", "says: thanks, before: where", "in_order: [where]"])
def test_nothing_can_stand_after_what_has_no_moment(where: str, way: str, faults: Faults) -> None:
    assert [(9, "'where' has no moment that others could stand after or before")] == faults(
        f"where: {where}\nsome: {{{way}}}"
    )


def test_every_condition_of_a_circle_is_told(faults: Faults) -> None:
    told = faults("""
        one: {says: thanks, after: two}
        two: {says: thanks, before: three}
        three: {in_order: [one, greeting]}
        four: {says: thanks, after: one}
    """)
    assert [(line, f"{name!r} leads back") for line, name in ((8, "one"), (9, "two"), (10, "three"))] == [
        (line, message[: len(f"{name!r} leads back")])
        for (line, message), name in zip(told, ("one", "two", "three"), strict=True)
    ]


def test_a_circle_through_a_criterions_own_condition_is_told_there(faults: Faults) -> None:
    ((line, message),) = faults(
        "one: {says: thanks, after: two}\ntwo: {says: thanks}", "pass_when: two", own="two: {says: thanks, after: one}"
    )
    assert (19, True) == (line, message.startswith("'two' leads back"))


def test_faults_of_phrases_stand_in_their_own_lines(faults: Faults) -> None:
    told = faults("""
        some:
          words:
            - hello
            - (hi
          unless:
            - hi]
    """)
    assert [11, 13] == [line for line, _ in told]


def test_acts_are_those_of_the_scorecards_language(read: Read) -> None:
    chinese = text_of(criterion="pass_when: empathy").replace("language: en", "language: zh")
    with pytest.raises(ConfigurationError) as caught:
        read(chinese)
    assert ["there is no condition and no dialogue act 'empathy'"] == [one.message for one in caught.value.problems]


# faults of criteria and their expressions


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("pass_when: greetings", "there is no condition and no dialogue act 'greetings'"),
        ("pass_when: greeting or trouble", "'trouble' is what customers say; it needs a condition of its own"),
        ("pass_when: greeting and and thanks", "'greeting and and thanks' cannot be read"),
        ("pass_when: greeting.said", "'greeting.said' cannot be read"),
        ("pass_when: at least 3 of (greeting, thanks)", "'at least 3 of (greeting, thanks)' asks for 3 of 2"),
        ("pass_when: at_least()", "at_least(…) has no meaning"),
        ("pass_when: 'greeting # thanks'", "'greeting # thanks' cannot be read"),
        ("pass_when: ''", "pass_when: String should have at least 1 character"),
    ],
)
def test_an_expression_that_cannot_be_used_is_told_with_its_line(lines: str, message: str, faults: Faults) -> None:
    ((line, told),) = faults(criterion=lines)
    assert 14 == line
    assert told.startswith(message)


@pytest.mark.parametrize("key", ["only_when", "coach_when"])
def test_every_expression_is_looked_at(key: str, faults: Faults) -> None:
    assert [(15, "there is no condition and no dialogue act 'lunch'")] == faults(
        criterion=f"pass_when: greeting\n{key}: not lunch"
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("check: known\npass_when: greeting", "a criterion has either a check or pass_when"),
        ("only_when: greeting", "a criterion has either a check or pass_when"),
        ("pass_when: greeting\nparameters: {within_s: 3}", "parameters belong to a check"),
    ],
)
def test_a_criterion_has_one_decision(lines: str, message: str, faults: Faults) -> None:
    assert [(11, message)] == faults(criterion=lines)


def test_a_weight_of_nothing_needs_a_reason(faults: Faults, read: Read) -> None:
    text = text_of().replace("weight: 1", "weight: 0")
    with pytest.raises(ConfigurationError, match="weight 0 needs a bonus"):
        read(text)
    for reason in ("bonus: 2", "coach_only: true", "critical: true", "auto_fail: true"):
        assert 0 == criterion(read(text.replace("weight: 0", f"weight: 0\n        {reason}"))).weight


def test_days_are_read_and_must_come_one_after_the_other(read: Read) -> None:
    text = text_of() + "effective_from: 2026-01-01\neffective_to: 2026-07-01\n"
    scorecard = read(text)
    assert ("2026-01-01", "2026-07-01") == (str(scorecard.effective_from), str(scorecard.effective_to))
    for last in ("2026-01-01", "2025-12-31"):
        with pytest.raises(ConfigurationError) as caught:
            read(text.replace("2026-07-01", last))
        assert ["effective_to must come after effective_from"] == [one.message for one in caught.value.problems]


def test_all_faults_are_told_at_once(faults: Faults) -> None:
    told = faults(
        """
        one: {says: bow}
        two: {says: thanks, needs: all}
        three: {regex: '('}
        four: {in_order: [one, nothing]}
        five: {says: thanks, after: five}
        """,
        "pass_when: one and two and six\ncoach_when: (one",
        own="seven: {measure: holds, at_most: 1, by: agent}",
    )
    assert [8, 9, 10, 11, 12, 20, 21, 23] == [line for line, _ in told]


def test_a_condition_with_a_fault_of_form_is_not_said_to_be_missing(faults: Faults) -> None:
    assert [(8, "words must be a list")] == faults(
        "one: {words: hello}\ntwo: {says: thanks, after: one}", "pass_when: one"
    )


def test_without_a_language_no_act_is_said_to_be_missing(read: Read) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(text_of("some: {says: bow}").replace("language: en", "language: fr"))
    assert [4] == [one.line for one in caught.value.problems]
