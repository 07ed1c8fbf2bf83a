"""The call scripts of samples/scripts: what they may hold, and a loader that refuses everything else."""

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "zh")
PARTIES = ("agent", "customer")  # left, right
SAID = (  # earned by what the agent says
    *("greeting", "self_introduction", "identity_verification", "empathy", "apology", "hold_notice", "hold_thanks"),
    *("recap", "closing_check", "farewell"),
)
CRITERIA = (*SAID, "no_banned_words", "no_interruptions", "no_dead_air", "pace")
ALWAYS = {"greeting", "self_introduction", "closing_check", "no_banned_words", "no_interruptions", "no_dead_air"}
CAUSES = {
    *("billing_error", "unexpected_fee", "refund_delay", "delivery_delay", "lost_or_damaged_item", "product_defect"),
    *("service_outage", "technical_issue", "agent_attitude", "long_wait", "repeated_contact", "misinformation"),
    *("cancellation_difficulty", "account_access", "privacy_concern", "other"),
}
TEXTS = ("queue", "customer_id", "customer_voice", "disposition")
CALL_KEYS = {"id", "agent", "started_at", "direction", "channels", "turns", "truth", *TEXTS}
ACTS = {
    *("greeting", "offer_of_help", "self_introduction", "identity_verification", "probing_question", "restatement"),
    *("empathy", "apology", "hold_notice", "hold_thanks", "transfer_notice", "solution", "promise", "recap"),
    *("closing_check", "anticipation", "thanks", "farewell", "praise", "blame", "banned_words", "jargon"),
}
NUMBERS = ("gap", "speed", "level")
TURN_KEYS = {"sentiment", "music", "acts", *NUMBERS}
SENTIMENTS = ("negative", "neutral", "positive")
SHORTEST_MUSIC_S = 3.5

Call = dict[str, Any]
Agents = dict[str, dict[str, str]]


def party_of(turn: dict[str, Any]) -> str:
    """Who speaks the turn; "" when it is not exactly one party, with words."""
    parties = [party for party in PARTIES if party in turn]
    said = len(parties) == 1 and isinstance(turn[parties[0]], str) and turn[parties[0]].strip()
    return parties[0] if said else ""


def turn_problems(turn: dict[str, Any]) -> list[str]:
    """What is wrong with one turn."""
    party = party_of(turn)
    checks = {
        "exactly one of agent, customer, with its words": not party,
        f"unknown keys {sorted(set(turn) - TURN_KEYS - set(PARTIES))}": bool(set(turn) - TURN_KEYS - set(PARTIES)),
        "every customer turn, and no other, has a sentiment": turn.get("sentiment")
        not in (SENTIMENTS if party == "customer" else (None,)),
        "every agent turn, and no other, lists its acts": ("acts" in turn) != (party == "agent"),
        f"unknown acts {sorted(set(turn.get('acts', [])) - ACTS)}": bool(set(turn.get("acts", [])) - ACTS),
        "gap, speed and level are numbers": any(not isinstance(turn.get(key, 1), int | float) for key in NUMBERS),
        f"music fills a gap of {SHORTEST_MUSIC_S} s or more": "music" in turn
        and (turn["music"] is not True or turn.get("gap", 0) < SHORTEST_MUSIC_S),
    }
    return [message for message, wrong in checks.items() if wrong]


def answer_problems(name: str, answer: dict[str, Any], turns: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the truth of one criterion."""
    verdict, cited = answer.get("verdict"), answer.get("turns", [])
    passed = verdict == "pass"
    known = [turns[number] for number in cited if number in range(len(turns))]
    checks = {
        "unknown keys": bool(set(answer) - {"verdict", "turns", "level"}),
        "verdict": verdict not in ("pass", "fail") and (verdict != "not_applicable" or name in ALWAYS),
        "no such turn": len(known) < len(cited),
        "passes in agent turns": passed and name in SAID and {party_of(turn) for turn in known} != {"agent"},
        "cites turns though not applicable": verdict == "not_applicable" and bool(cited),
        "level": answer.get("level") not in ((1, 2) if passed and name == "closing_check" else (None,)),
    }
    return [f"{name}: {message}" for message, wrong in checks.items() if wrong]


def truth_problems(truth: dict[str, Any], turns: list[dict[str, Any]]) -> list[str]:
    """What is wrong with the truth of a call."""
    answers = {name: answer for name, answer in truth.items() if name not in ("is_complaint", "causes")}
    complaint, causes = truth.get("is_complaint"), truth.get("causes")
    bad = []
    if not isinstance(complaint, bool) or not isinstance(causes, list) or set(causes) - CAUSES:
        bad.append("is_complaint is true or false, causes is a list of known causes")
    elif complaint != bool(causes):
        bad.append("a complaint has causes, another call has none")
    if set(answers) != set(CRITERIA):
        bad.append(f"unknown or missing criteria {sorted(set(answers) ^ set(CRITERIA))}")
    return bad + [problem for name, answer in answers.items() for problem in answer_problems(name, answer, turns)]


def call_problems(call: Call, agents: Agents) -> list[str]:
    """What is wrong with one script, in words; empty when it can be built."""
    keys, turns = set(call) - {"csat"}, call.get("turns") or []
    try:
        zoned = datetime.fromisoformat(call["started_at"]).tzinfo is not None
    except (KeyError, TypeError, ValueError):
        zoned = False
    checks = {
        f"unknown or missing keys {sorted(keys ^ CALL_KEYS)}": keys != CALL_KEYS,
        "agent is not listed": call.get("agent") not in agents,
        "direction is inbound or outbound": call.get("direction") not in ("inbound", "outbound"),
        "channels is stereo or mono": call.get("channels") not in ("stereo", "mono"),
        "csat is 1 to 5 or empty": call.get("csat") not in (None, 1, 2, 3, 4, 5),
        "started_at is an ISO time with its zone": not zoned,
        f"{', '.join(TEXTS)} are texts": any(not isinstance(call.get(key), str) for key in TEXTS),
        "both parties have the same voice": call.get("customer_voice")
        == agents.get(call.get("agent", ""), {}).get("voice"),
        "no turns": not turns,
    }
    bad = [message for message, wrong in checks.items() if wrong]
    bad += [f"turn {number}: {problem}" for number, turn in enumerate(turns) for problem in turn_problems(turn)]
    return bad + truth_problems(call.get("truth") or {}, turns)


def load(folder: Path) -> tuple[list[Call], Agents]:
    """All calls by id, each with its language, and the agents; ends the program, naming every mistake."""
    calls: dict[str, Call] = {}
    agents: Agents = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if set(content) != {"agents", "calls"} or path.stem not in LANGUAGES:
            problems.append(f"{path.name}: has agents and calls, and is named after its language, {LANGUAGES}")
            continue
        problems += [
            f"{path.name}: agent {number}: listed twice, or not exactly name, team, voice"
            for number, agent in content["agents"].items()
            if number in agents or set(agent) != {"name", "team", "voice"}
        ]
        agents |= content["agents"]
        for call in content["calls"]:
            name = str(call.get("id"))
            if name in calls or not re.fullmatch(rf"{path.stem}-\d\d", name):
                problems.append(f"{path.name}: call id {name} is used twice, or not {path.stem}-NN")
            problems += [f"{name}: {problem}" for problem in call_problems(call, agents)]
            calls[name] = call | {"language": path.stem}
    if problems:
        sys.exit("\n".join(problems))
    return [calls[name] for name in sorted(calls)], agents
