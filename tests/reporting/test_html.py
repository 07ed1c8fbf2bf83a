import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import qa_pipeline.reporting
from qa_pipeline.analytics.agent_scorecard import agent_scorecards
from qa_pipeline.domain import AgentScorecard, ScoredCall, Verdict
from qa_pipeline.reporting.html import agent_page, index_page
from qa_pipeline.resources import data_dir
from qa_pipeline.testing.calls import AGENTS, made_up_calls, made_up_scorecards
from qa_pipeline.testing.dummies import a_call_score, a_finding, a_scored_call, an_evidence
from qa_pipeline.text.taxonomy import read_taxonomy

SCORECARDS = made_up_scorecards()
TAXONOMY = read_taxonomy([data_dir() / "models" / "causes" / "taxonomy.yaml"])
STYLE = (Path(qa_pipeline.reporting.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")


class Page(HTMLParser):
    """What a browser would see: elements with attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "rect", "path", "circle", "polyline"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def cards_of(*calls: ScoredCall) -> tuple[AgentScorecard, ...]:
    return agent_scorecards(calls, SCORECARDS)


def page_of(*calls: ScoredCall) -> Page:
    return Page(agent_page(cards_of(*calls)[0], SCORECARDS, TAXONOMY))


def made_up(agent_id: str) -> AgentScorecard:
    (agent,) = (agent for agent in AGENTS if agent.agent_id == agent_id)
    return cards_of(*made_up_calls((agent,)))[0]


def test_an_agent_page_shows_the_number_of_calls_the_mean_and_its_interval() -> None:
    card = made_up("A101")
    text = Page(agent_page(card, SCORECARDS, TAXONOMY)).text
    assert card.mean is not None
    assert card.mean.interval is not None
    assert f"{card.mean.value:.1f}" in text
    assert f"95% interval {card.mean.interval.low:.1f}–{card.mean.interval.high:.1f}" in text
    assert "Mean of 34 scored calls; 6 of 34 await review and count with the machine's score, if they have one." in text


def test_an_agent_page_shows_every_part_of_the_scorecard() -> None:
    card = made_up("A101")
    text = Page(agent_page(card, SCORECARDS, TAXONOMY)).text
    for part in ("Criteria", "Mean by week", "Customer sentiment", "Conversation", "Complaint causes", "Weakest calls"):
        assert part in text
    for result in card.criteria:
        assert result.title in text
    for call in (*card.best, *card.worst):
        assert call.call_id in text
    assert "I have been waiting for my refund for three weeks." in text
    assert "The account was changed before two details had been asked for." in text


def test_the_conversation_stands_beside_the_teams() -> None:
    (card, *_) = (one for one in cards_of(*made_up_calls()) if one.agent_id == "A101")
    assert card.conversation.pace_words is not None
    assert card.team_conversation is not None
    assert card.team_conversation.pace_words is not None
    own, team = card.conversation.pace_words, card.team_conversation.pace_words
    assert own.n < team.n
    text = Page(agent_page(card, SCORECARDS, TAXONOMY)).text
    assert f"Agent's pace, words a minute {own.value:.0f} {team.value:.0f} {own.n}" in text


def test_an_agent_without_others_in_the_team_has_no_column_for_it() -> None:
    card = made_up("A101")
    assert card.team_conversation is None
    assert card.conversation.pace_words is not None
    pace = card.conversation.pace_words
    text = Page(agent_page(card, SCORECARDS, TAXONOMY)).text
    assert f"Agent's pace, words a minute {pace.value:.0f} {pace.n}" in text


def test_a_page_is_in_the_language_of_most_of_the_agents_calls() -> None:
    page = Page(agent_page(made_up("B201"), SCORECARDS, TAXONOMY))
    assert "zh-Hans" == page.named("html")[0]["lang"]
    for words in ("质检评分卡", "平均分", "95% 置信区间", "待复核", "未判定", "得分最低的通话"):
        assert words in page.text
    left = re.findall(r"\b(?:Mean|Pass|Fail|Calls|score)\b", page.text)
    assert [] == left


def test_a_failed_criterion_on_an_example_call_tells_why_and_the_nearest_words_with_their_time() -> None:
    near = an_evidence("bye then", start_ms=83_000, end_ms=84_000)
    finding = a_finding("greeting", Verdict.FAIL, why="No wish at the end.", near_misses=(near,))
    text = page_of(a_scored_call(findings=(finding,), score=a_call_score(10.0))).text
    assert "✕ Fail Greeting No wish at the end." in text
    assert "Nearest: 01:23 Agent bye then" in text


def test_few_calls_are_said_to_be_few() -> None:
    card = made_up("A103")
    assert "Fewer than 10 are too few to compare" in Page(agent_page(card, SCORECARDS, TAXONOMY)).text
    assert "fewer than 10 calls: not compared" in Page(index_page((card,), {"A103": "A103.html"}, "en")).text


def test_enough_calls_get_no_such_note() -> None:
    assert "too few to compare" not in Page(agent_page(made_up("A101"), SCORECARDS, TAXONOMY)).text


def test_one_call_has_a_page_without_interval() -> None:
    assert "no interval from one call" in page_of(a_scored_call(score=a_call_score(70.0))).text


def test_calls_without_any_score_or_measurement_have_a_page() -> None:
    text = page_of(a_scored_call(score=a_call_score(None), started_at=None)).text
    assert "No call could be scored." in text
    assert "not measured" in text


def test_calls_that_name_no_agent_say_nothing_about_a_person() -> None:
    calls = [a_scored_call(call_id=f"c{i}", agent_id="", agent_name="") for i in range(12)]
    text = page_of(*calls).text
    assert "Agent not named" in text
    assert "They say nothing about a person" in text


def test_the_index_leads_to_every_agent_and_gives_n_mean_and_interval() -> None:
    cards = cards_of(*made_up_calls())
    pages = {card.agent_id: f"{card.agent_id}.html" for card in cards}
    page = Page(index_page(cards, pages, "en"))
    links = [link["href"] for link in page.named("a")]
    assert [f"agents/{name}" for name in pages.values()] == [link for link in links if link and "agents/" in link]
    for card in cards:
        assert card.mean is not None
        assert card.mean.interval is not None
        assert f"{card.mean.interval.low:.1f}–{card.mean.interval.high:.1f}" in page.text


def test_an_empty_index_says_so() -> None:
    assert "No scored calls yet." in Page(index_page((), {}, "en")).text


def test_the_order_of_agents_is_not_a_ranking() -> None:
    calls = [
        a_scored_call(call_id=f"{agent}{i}", agent_id=agent, agent_name="", score=a_call_score(percent))
        for agent, percent in (("a1", 10.0), ("a2", 99.0), ("a3", 50.0))
        for i in range(12)
    ]
    cards = cards_of(*calls)
    text = Page(index_page(cards, {card.agent_id: "x.html" for card in cards}, "en")).text
    assert text.index("a1") < text.index("a2") < text.index("a3")


@pytest.mark.parametrize("make", [agent_page, None], ids=["agent", "index"])
def test_pages_stand_alone(make: Callable[..., str] | None) -> None:
    card = made_up("A102")
    source = make(card, SCORECARDS, TAXONOMY) if make else index_page((card,), {"A102": "A102.html"}, "en")
    page = Page(source)
    tags = {tag for tag, _ in page.elements}
    assert set() == tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    outside = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "data", "action"} and value and (":" in value or value.startswith("/"))
    ]
    assert [] == outside
    assert "url(" not in source
    assert "@import" not in source
    assert [] == page.open


def test_other_peoples_words_never_become_markup(hostile_calls: list[ScoredCall]) -> None:
    cards = cards_of(*hostile_calls)
    pages = {card.agent_id: "x.html" for card in cards}
    for source in (*(agent_page(card, SCORECARDS, TAXONOMY) for card in cards), index_page(cards, pages, "en")):
        page = Page(source)
        assert set() == {tag for tag, _ in page.elements} & {"script", "img"}
        assert [] == [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    evil = Page(index_page(cards, pages, "en")).text
    assert "<script>alert(1)</script>" in evil
    assert "{{ 7 * 7 }}" in evil


def test_long_quotes_are_cut_on_the_page() -> None:
    finding = a_finding("greeting", Verdict.FAIL, evidence=(an_evidence("word " * 500),))
    text = page_of(a_scored_call(findings=(finding,))).text
    assert "…" in text
    assert text.count("word") < 120


def test_every_chart_is_hidden_from_screen_readers_because_a_table_says_the_same() -> None:
    page = Page(agent_page(made_up("A101"), SCORECARDS, TAXONOMY))
    charts = page.named("svg")
    assert charts
    assert {"true"} == {chart["aria-hidden"] for chart in charts}


def test_a_mean_above_the_scale_stays_in_the_picture() -> None:
    card = cards_of(a_scored_call(score=a_call_score(108.0)), a_scored_call(call_id="c2", score=a_call_score(104.0)))[0]
    widths = [float(str(rect["width"])) for rect in Page(agent_page(card, SCORECARDS, TAXONOMY)).named("rect")]
    assert max(widths) <= 420


def test_weeks_without_calls_break_the_line() -> None:
    card = made_up("A101")
    whole = Page(agent_page(card, SCORECARDS, TAXONOMY))
    gap = replace(card, weeks=(*card.weeks[:2], *card.weeks[4:]))
    assert (1, 2) == (len(whole.named("polyline")), len(Page(agent_page(gap, SCORECARDS, TAXONOMY)).named("polyline")))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "paper"),
        ("ink", "wash"),
        ("ink", "track"),
        ("muted", "paper"),
        ("muted", "wash"),
        ("accent", "paper"),
        ("bad", "bad-soft"),
        ("warn", "warn-soft"),
        ("paper", "bad"),
        ("on-accent", "accent"),
    ],
)
def test_text_has_the_contrast_of_wcag_aa(theme: int, ink: str, ground: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[theme]))
    assert contrast(colours[ink], colours[ground]) >= 4.5
