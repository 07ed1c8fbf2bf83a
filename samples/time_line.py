"""The time line of a spoken call, held against the truth of its script."""

import re
from dataclasses import dataclass

import numpy as np
from call_scripts import Call

RATE = 8000
EDGE_S = 0.5  # silence at both ends of a recording
FLOOR = 0.006  # quieter than this, one hundredth of the loudest sample, is no speech
PACE = {"en": (220, 209, 231), "zh": (300, 285, 315)}  # units a minute: limit, and the range that is too close to it
BACK_CHANNEL = re.compile(r"(mm-hm|uh-huh|yes|right|okay|i see|嗯|好的?|是的?|对的?|[，。,.\s])+", re.IGNORECASE)

Sound = np.ndarray


@dataclass(frozen=True)
class Placed:
    """One spoken turn on the clock of its recording, in samples."""

    party: str
    text: str
    sound: Sound
    start: int
    gap_s: float  # since anybody last spoke
    music: bool

    @property
    def end(self) -> int:
        """The first sample after the turn."""
        return self.start + len(self.sound)


def words(text: str, language: str) -> int:
    """English words; Chinese characters, where every Latin word or number counts as one."""
    if language == "en":
        return sum(any(letter.isalnum() for letter in word) for word in text.split())
    return len(re.findall(r"[\u4e00-\u9fff]|[A-Za-z0-9]+", text))


def silences(placed: list[Placed], told: list[int]) -> tuple[list[bool], list[int], list[str]]:
    """The holds (True when announced in one of the turns `told`), the turns after dead air, and unclear cases."""
    holds, dead, unclear = [], [], []
    agent_turn = -1
    for number, turn in enumerate(placed):
        hold = agent_turn in told or turn.music
        if 2.5 <= turn.gap_s < 3.5 if hold else 4.5 <= turn.gap_s <= 5.5:
            unclear.append(f"the {turn.gap_s} s before turn {number} are too close to a limit")
        if hold and turn.gap_s >= 3:
            holds.append(agent_turn in told)
        elif turn.gap_s > 5:
            dead.append(number)
        agent_turn = number if turn.party == "agent" else agent_turn
    return holds, dead, unclear


def cuts(placed: list[Placed]) -> tuple[list[int], list[str]]:
    """The agent turns that cut in on the customer for 0.5 s or more, and unclear cases."""
    cut, unclear = [], []
    for number, turn in enumerate(placed):
        if turn.party == "customer" or BACK_CHANNEL.fullmatch(turn.text):
            continue
        customer_end = max((other.end for other in placed[:number] if other.party == "customer"), default=0)
        overlap_s = (min(customer_end, turn.end) - turn.start) / RATE
        if 0.3 <= overlap_s < 0.7:
            unclear.append(f"turn {number} overlaps the customer by {overlap_s:.2f} s, too close to the limit")
        if overlap_s >= 0.5:
            cut.append(number)
    return cut, unclear


def pace(placed: list[Placed], language: str) -> tuple[str, str, list[str]]:
    """The verdict on the agent's pace, the numbers in words, and unclear cases; pauses over 0.3 s are left out."""
    count, seconds = 0, 0.0
    for turn in placed:
        if turn.party == "agent":
            pauses = np.diff(np.flatnonzero(np.abs(turn.sound) > FLOOR)) / RATE
            seconds += len(turn.sound) / RATE - float(pauses[pauses > 0.3].sum())
            count += words(turn.text, language)
    rate = count / seconds * 60
    limit, low, high = PACE[language]
    numbers = f"agent speaks {seconds:.1f} s at {rate:.0f} a minute"
    close = 14 < seconds < 16 or (seconds >= 15 and low < rate < high)
    verdict = "not_applicable" if seconds < 15 else "pass" if rate <= limit else "fail"
    return verdict, numbers, [f"pace: {numbers}, too close to a limit"] if close else []


def disagreements(call: Call, placed: list[Placed]) -> list[str]:
    """Where the time line contradicts the truth of the script, or a case is too close to call."""
    truth = call["truth"]
    told = truth["hold_notice"].get("turns", []) if truth["hold_notice"]["verdict"] == "pass" else []
    holds, dead, unclear = silences(placed, told)
    cut, unclear_cuts = cuts(placed)
    pace_verdict, numbers, unclear_pace = pace(placed, call["language"])
    print(f"{call['id']}: {max(turn.end for turn in placed) / RATE + EDGE_S:.1f} s, {numbers}", flush=True)
    bad = [*unclear, *unclear_cuts, *unclear_pace]
    thanks = truth["hold_thanks"]["verdict"]
    found: dict[str, tuple[str, list[int] | None]] = {
        "no_dead_air": ("fail" if dead else "pass", dead),
        "no_interruptions": ("fail" if cut else "pass", cut),
        "hold_notice": (("pass" if all(holds) else "fail") if holds else "not_applicable", None),
        "hold_thanks": (
            (thanks if thanks != "not_applicable" else "pass or fail") if holds else "not_applicable",
            None,
        ),
        "pace": (pace_verdict, None),
    }
    for name, (verdict, cited) in found.items():
        answer = truth[name]
        if answer["verdict"] != verdict or (cited is not None and answer.get("turns", []) != cited):
            bad.append(f"{name}: the script says {answer}, the time line {verdict} {cited or ''}")
    return [f"{call['id']}: {problem}" for problem in bad]
