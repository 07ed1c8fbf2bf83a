"""Turn the call scripts in samples/scripts into recordings, manifest.csv and truth.jsonl.

Usage     KOKORO_VOICES=VOICES python samples/build.py --tools DIR [--only ID ...] [--cache DIR]
          python samples/build.py --check       only checks the scripts
DIR       the folder of kokoro_tts.py and make_calls.py (with what they need)
Scripts   one file a language, en.yaml and zh.yaml; the head of en.yaml explains the keys
Checks    the truth is held against the time line (silence, holds, cutting in, pace): a call where they
          disagree, or where the case is too close to call, is reported, and the program exits with 1
"""

import argparse
import csv
import hashlib
import importlib
import io
import json
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from call_scripts import CRITERIA, PARTIES, Agents, Call, load, party_of
from time_line import EDGE_S, FLOOR, RATE, Placed, Sound, disagreements

HERE = Path(__file__).resolve().parent
GAP_S = 0.35
NOISE = 0.0003
SPEED = {"en": 0.85, "zh": 0.82}
CHORDS = ((523.3, 659.3, 784.0), (440.0, 523.3, 659.3), (349.2, 440.0, 523.3), (392.0, 493.9, 587.3))
BAR_S = 1.6
COLUMNS = (
    *("recording", "call_id", "agent_id", "agent_name", "team", "queue", "language", "started_at", "direction"),
    *("customer_id", "agent_channel", "csat", "disposition"),
)

Speaker = Callable[[str, str, str, float], Sound]


def speaker(tools: Path, cache: Path) -> Speaker:
    """A function (text, language, voice, speed) -> telephone sound without silence at its ends, kept in `cache`."""
    sys.path.insert(0, str(tools))
    say, telephone = importlib.import_module("kokoro_tts").say, importlib.import_module("make_calls").telephone
    version = [(tools / name).read_text(encoding="utf-8") for name in ("kokoro_tts.py", "make_calls.py")]
    cache.mkdir(parents=True, exist_ok=True)

    def speak(text: str, language: str, voice: str, speed: float) -> Sound:
        key = json.dumps([version, text, language, voice, speed])
        kept = cache / f"{hashlib.sha256(key.encode()).hexdigest()}.npy"
        if not kept.exists():
            spoken = telephone(say(text, language, voice, speed, pause_s=0.12)[0])
            loud = np.flatnonzero(np.abs(spoken) > FLOOR)
            np.save(kept, spoken[loud[0] : loud[-1] + 1].astype(np.float32))
        return np.asarray(np.load(kept))

    return speak


def lay_out(call: Call, agent_voice: str, speak: Speaker) -> list[Placed]:
    """The turns of a call, spoken and placed on one clock."""
    placed: list[Placed] = []
    clock = round(EDGE_S * RATE)
    for turn in call["turns"]:
        party, speed = party_of(turn), float(turn.get("speed", SPEED[call["language"]]))
        voice = agent_voice if party == "agent" else call["customer_voice"]
        sound = speak(turn[party], call["language"], voice, speed) * turn.get("level", 1.0)
        gap_s = float(turn.get("gap", GAP_S)) if placed else 0.0
        start = max(0, clock + round(gap_s * RATE))
        placed.append(Placed(party, turn[party], sound, start, gap_s, turn.get("music", False)))
        clock = max(clock, placed[-1].end)
    return placed


def hold_music(samples: int) -> Sound:
    """A quiet run of four chords, within the telephone band, fading in and out."""
    time = np.arange(samples) / RATE
    shape = np.minimum(time % BAR_S / 0.05, 1.0) * np.exp(-1.2 * (time % BAR_S))
    bar = (time // BAR_S).astype(int) % len(CHORDS)
    music = np.zeros(samples)
    for number, chord in enumerate(CHORDS):
        for tone in chord:
            wave = np.sin(2 * np.pi * tone * time) + 0.3 * np.sin(4 * np.pi * tone * time)
            music += (bar == number) * shape * wave
    fade = np.clip(np.minimum(time, time[::-1]) / 0.2, 0, 1)
    return np.asarray(0.08 * fade * music / np.abs(music).max())


def recording(call: Call, placed: list[Placed]) -> Sound:
    """The 16-bit samples of a call: (n, 2), or (n,) when mono, on 14-bit steps as a mu-law line has them."""
    sound = np.zeros((max(turn.end for turn in placed) + round(EDGE_S * RATE), 2))
    for turn in placed:
        sound[turn.start : turn.end, PARTIES.index(turn.party)] += turn.sound
        if turn.music:
            first, last = turn.start - round((turn.gap_s - 0.2) * RATE), turn.start - round(0.2 * RATE)
            sound[first:last, 0] += hold_music(last - first)
    sound += np.random.default_rng(zlib.crc32(call["id"].encode())).normal(0.0, NOISE, sound.shape)
    if call["channels"] == "mono":
        sound = sound.sum(axis=1) * 0.7
    return (np.clip(np.round(sound * 8192), -8192, 8191) * 4).astype(np.int16)


def truth_line(call: Call, placed: list[Placed]) -> str:
    """The line of truth.jsonl for one call."""
    turns = []
    for turn, script in zip(placed, call["turns"], strict=True):
        times = {"start_ms": round(turn.start / RATE * 1000), "end_ms": round(turn.end / RATE * 1000)}
        feeling = {"sentiment": script["sentiment"]} if "sentiment" in script else {}
        acts = {"acts": script["acts"]} if "acts" in script else {}
        turns.append({"party": turn.party, **times, "text": turn.text, **feeling, **acts})
    criteria = {}
    for name in CRITERIA:
        answer = call["truth"][name]
        level = {"level": answer["level"]} if "level" in answer else {}
        criteria[name] = {"verdict": answer["verdict"], **level, "turns": answer.get("turns", [])}
    line = {key: call[key] for key in ("language", "channels")} | {"turns": turns, "criteria": criteria}
    line |= {key: call["truth"][key] for key in ("is_complaint", "causes")}
    return json.dumps({"call_id": call["id"], **line}, ensure_ascii=False) + "\n"


def manifest(calls: list[Call], agents: Agents) -> str:
    """The text of manifest.csv."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n", extrasaction="ignore")
    table.writeheader()
    for call in calls:
        name, agent = call["id"], agents[call["agent"]]
        row = call | {"recording": f"audio/{name}.flac", "call_id": name, "agent_id": call["agent"]}
        row |= {"agent_name": agent["name"], "team": agent["team"]}
        table.writerow(row | {"agent_channel": "left" if call["channels"] == "stereo" else ""})
    return text.getvalue()


def main() -> int:
    """Build what the command line asks for; 0 when the truth agrees with the time line everywhere."""
    parser = argparse.ArgumentParser(description="Turn the call scripts into recordings, manifest and truth.")
    parser.add_argument("--tools", type=Path, metavar="DIR", help="folder of kokoro_tts.py and make_calls.py")
    parser.add_argument("--only", nargs="+", metavar="ID", help="build only these calls")
    cache = Path.home() / ".cache" / "call-samples"
    parser.add_argument("--cache", type=Path, metavar="DIR", default=cache, help="keeps spoken turns between runs")
    parser.add_argument("--check", action="store_true", help="only check the scripts")
    args = parser.parse_args()
    calls, agents = load(HERE / "scripts")
    wanted = set(args.only or [call["id"] for call in calls])
    if unknown := wanted - {call["id"] for call in calls}:
        parser.error(f"no call named {', '.join(sorted(unknown))}")
    if args.check:
        print(f"{len(calls)} scripts are in order")
        return 0
    if args.tools is None:
        parser.error("--tools DIR is needed to build")

    speak, problems = speaker(args.tools, args.cache), []
    (HERE / "audio").mkdir(exist_ok=True)
    truth_path = HERE / "truth.jsonl"
    old = truth_path.read_text(encoding="utf-8").splitlines(keepends=True) if truth_path.exists() else []
    lines = {json.loads(line)["call_id"]: line for line in old}
    for call in calls:
        if call["id"] in wanted:
            placed = lay_out(call, agents[call["agent"]]["voice"], speak)
            problems += disagreements(call, placed)
            soundfile.write(HERE / "audio" / f"{call['id']}.flac", recording(call, placed), RATE, subtype="PCM_16")
            lines[call["id"]] = truth_line(call, placed)
    kept = "".join(lines[call["id"]] for call in calls if call["id"] in lines)
    truth_path.write_text(kept, encoding="utf-8", newline="\n")
    (HERE / "manifest.csv").write_text(manifest(calls, agents), encoding="utf-8", newline="\n")
    print("\n".join(problems) or "the truth agrees with the time line", file=sys.stderr if problems else sys.stdout)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
