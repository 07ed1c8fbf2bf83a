"""Conditions in the words of people, English and Chinese."""

from __future__ import annotations

from qa_pipeline.domain import Answer, Condition, Party
from qa_pipeline.rules.measures import MEASURES

_WHO = {
    "en": {Party.AGENT: "the agent", Party.CUSTOMER: "the customer", None: "anyone"},
    "zh": {Party.AGENT: "坐席", Party.CUSTOMER: "客户", None: "任何一方"},
}
_STATES = {
    "en": {"in_trouble": "has trouble with the service", "distressed": "is upset", "unlucky": "tells of a misfortune"},
    "zh": {"in_trouble": "对服务有不满", "distressed": "情绪不好", "unlucky": "遭遇不幸"},
}
_ANSWERS = {
    "en": {Answer.YES: "yes", Answer.NO: "no", Answer.UNSURE: "not clear"},
    "zh": {Answer.YES: "是", Answer.NO: "否", Answer.UNSURE: "不明确"},
}
_FEELINGS = {"negative": "不满", "neutral": "平静", "positive": "满意"}


def describe(condition: Condition, language: str) -> str:
    """One condition as a person reads it; its title where it has one."""
    if condition.title:
        return condition.title
    said = _chinese(condition) if language == "zh" else _english(condition)
    return said + (_chinese_place(condition) if language == "zh" else _english_place(condition))


def told(condition: Condition, answer: Answer, language: str) -> str:
    """One condition with the answer that this call gives to it."""
    return f"{describe(condition, language)}{'：' if language == 'zh' else ': '}{_ANSWERS[language][answer]}"


def _english(condition: Condition) -> str:  # noqa: PLR0911 - one line for each kind
    who = _WHO["en"][condition.by]
    many = {0: "none of ", 1: ""}.get(
        condition.different,
        "all of " if condition.different == len(condition.of) else f"{condition.different} of ",
    )
    if condition.kind == "says":
        acts = (" or " if condition.different <= 1 else ", ").join(condition.of).replace("_", " ")
        return f"{who} says {many}{acts}{_english_times(condition)}"
    if condition.kind == "words":
        phrases = " / ".join(f'"{one}"' for one in condition.of)
        return f"{who} says {many}{phrases}{_english_times(condition)}"
    if condition.kind == "regex":
        return f"{who} says something like /{condition.of[0]}/{_english_times(condition)}"
    if condition.kind == "feels":
        return f"{who} sounds {' or '.join(condition.of)}{_english_times(condition)}"
    if condition.kind == "customer_is":
        return f"the customer {' or '.join(_STATES['en'][one] for one in condition.of)}"
    if condition.kind == "measure":
        whose = f"{who}: " if MEASURES[condition.of[0]].of_party else ""
        bounds = _bounds(condition, low=" at least ", high=" at most ", both=" and")
        return f"{whose}{MEASURES[condition.of[0]].about}{bounds}"
    if condition.kind == "call":
        return f"{condition.of[0].replace('_', ' ')} is {' or '.join(condition.values)}"
    least = "" if condition.least is None else f" (at least {condition.least:g} of them)"
    return " → ".join(name.replace("_", " ") for name in condition.of) + least


def _chinese(condition: Condition) -> str:  # noqa: PLR0911 - one line for each kind
    who = _WHO["zh"][condition.by]
    many = {0: "没有说", 1: "说了"}.get(
        condition.different,
        "说全了" if condition.different == len(condition.of) else f"至少说了{condition.different}种：",
    )
    if condition.kind in ("says", "words"):
        acts = ("或" if condition.different <= 1 else "、").join(condition.of)
        return f"{who}{many}{acts}{_chinese_times(condition)}"
    if condition.kind == "regex":
        return f"{who}说了符合 /{condition.of[0]}/ 的话{_chinese_times(condition)}"
    if condition.kind == "feels":
        return f"{who}语气{'或'.join(_FEELINGS[one] for one in condition.of)}{_chinese_times(condition)}"
    if condition.kind == "customer_is":
        return f"客户{'或'.join(_STATES['zh'][one] for one in condition.of)}"
    if condition.kind == "measure":
        whose = who if MEASURES[condition.of[0]].of_party else ""
        return (
            f"{whose}{MEASURES[condition.of[0]].about_zh}{_bounds(condition, low='不低于', high='不超过', both='，')}"
        )
    if condition.kind == "call":
        return f"{condition.of[0]} 为 {'或'.join(condition.values)}"
    least = "" if condition.least is None else f"（至少{condition.least:g}项）"
    return " → ".join(condition.of) + least


def _bounds(condition: Condition, *, low: str, high: str, both: str) -> str:
    least = "" if condition.least is None else f"{low}{condition.least:g}"
    most = "" if condition.most is None else f"{high}{condition.most:g}"
    return least + (both if least and most else "") + most


def _english_times(condition: Condition) -> str:
    bounds = _bounds(condition, low=" at least ", high=" at most ", both=" and")
    return f",{bounds} times" if bounds else ""


def _chinese_times(condition: Condition) -> str:
    bounds = _bounds(condition, low="至少", high="最多", both="、")
    return f"（{bounds}次）" if bounds else ""


def _english_place(condition: Condition) -> str:
    window = condition.window
    places = [
        f"in the first {window.first_turns} turns" if window.first_turns else "",
        f"in the last {window.last_turns} turns" if window.last_turns else "",
        f"within {window.first_s:g} s of the agent's first word" if window.first_s else "",
        f"in the last {window.last_s:g} s" if window.last_s else "",
        f"after {'every ' * condition.each}{condition.after.replace('_', ' ')}" if condition.after else "",
        f"before {'every ' * (condition.each and not condition.after)}{condition.before.replace('_', ' ')}"
        if condition.before
        else "",
        f"at most {condition.within_s:g} s away" if condition.within_s is not None else "",
    ]
    kept = [place for place in places if place]
    return f" ({', '.join(kept)})" if kept else ""


def _chinese_place(condition: Condition) -> str:
    window = condition.window
    places = [
        f"前{window.first_turns}句" if window.first_turns else "",
        f"最后{window.last_turns}句" if window.last_turns else "",
        f"坐席开口后{window.first_s:g}秒内" if window.first_s else "",
        f"最后{window.last_s:g}秒" if window.last_s else "",
        f"在{'每次' * condition.each}{condition.after}之后" if condition.after else "",
        f"在{'每次' * (condition.each and not condition.after)}{condition.before}之前" if condition.before else "",
        f"相隔不超过{condition.within_s:g}秒" if condition.within_s is not None else "",
    ]
    kept = [place for place in places if place]
    return f"（{'，'.join(kept)}）" if kept else ""
