"""How fast and how well speech is recognised: this pipeline beside Whisper as people use it, on the same calls.

    python benchmarks/speech.py DATA [--calls N] [--threads N] [--json]

DATA is as for accuracy.py. Each engine works in a process of its own, one after another, on the base model with the
same threads and word times, on both channels of each call. Loading the model and a first short window are not counted;
reading the recording is. Prints seconds of call a second, the ratio to each other engine, the word error rate (digits
and spellings folded, see accuracy.py) and the most memory that the process held.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import accuracy
import jiwer
import numpy as np
from numpy.typing import NDArray
from whisper.normalizers import EnglishTextNormalizer

from qa_pipeline import assembly
from qa_pipeline.archive.find import find
from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import Party, Recording
from qa_pipeline.pipeline import Forgetful, attribute, listen
from qa_pipeline.settings import load_settings
from qa_pipeline.weights.fetch import folder_of

RATE_HZ = 16_000
Sound = NDArray[np.float32]
Hear = Callable[[Recording], tuple[str, str]]  # the agent's and the customer's text


def main() -> int:
    """Prints the table, or measures one engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--calls", type=int, help="only so many calls")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--engine", choices=ENGINES, help="measure this one alone, in this process")
    args = parser.parse_args()
    if args.engine:
        print(json.dumps(measure(args.engine, args.data, args.calls, args.threads)))
        return 0
    engines = {name: apart(name, args.data, args.calls, args.threads) for name in ENGINES}
    if args.json:
        print(json.dumps({"engines": engines}))
        return 0
    ours = engines["qa_pipeline"]["x_realtime"]
    print(f"{'engine':24}{'x real time':>12}{'qa_pipeline is':>16}{'word errors':>13}{'peak MB':>9}")
    for name, row in engines.items():
        ratio = f"{ours / row['x_realtime']:.2f} x"
        print(f"{name:24}{row['x_realtime']:12.1f}{ratio:>16}{row['wer']:13.1%}{row['peak_mb']:9.0f}")
    return 0


def apart(name: str, data: Path, calls: int | None, threads: int) -> dict[str, float]:
    """One engine's figures, from a process of its own."""
    command = [sys.executable, __file__, str(data), "--engine", name, "--threads", str(threads)]
    done = subprocess.run(  # noqa: S603 - this very file
        [*command, *(["--calls", str(calls)] if calls else [])], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure(name: str, data: Path, calls: int | None, threads: int) -> dict[str, float]:
    """Speed, word error rate (a fraction) and peak memory of one engine in this process."""
    truth = accuracy.read_truth(data)
    manifest = data / ("calls.csv" if (data / "calls.csv").is_file() else "manifest.csv")
    found = find(data, probe=probe, manifest=manifest).recordings
    recordings = [one for one in found if one.media.channels == 2 and one.meta.language != "zh"][:calls]
    hear = ENGINES[name](threads)
    started = time.perf_counter()
    heard = {recording.id: hear(recording) for recording in recordings}
    wall = time.perf_counter() - started
    seconds = sum(recording.media.duration_ms for recording in recordings) / 1000
    return {
        "x_realtime": round(seconds / wall, 2),
        "wer": round(word_error_rate(heard, truth), 4),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def word_error_rate(heard: dict[str, tuple[str, str]], truth: accuracy.Turns) -> float:
    """Wrong words for each true one, by party, digits and spellings folded."""
    fold, whisper = accuracy.folder(), EnglishTextNormalizer()
    pairs = []
    for call, texts in heard.items():
        ordered = sorted(truth[call], key=lambda turn: int(str(turn["start_ms"])))
        for party, text in zip((Party.AGENT, Party.CUSTOMER), texts, strict=True):
            said = " ".join(str(turn["text"]) for turn in ordered if turn["party"] == party).replace("~", "")
            pairs.append((fold(whisper(said)), fold(whisper(text))))
    kept = [pair for pair in pairs if pair[0]]
    return float(jiwer.wer([said for said, _ in kept], [text for _, text in kept]))


def qa_pipeline(threads: int) -> Hear:
    """From the file to turns with parties, as every night."""
    parts = assembly.parts(load_settings(threads=threads))
    warm_up(lambda sound: parts.engine.recognise([sound], "en"))

    def hear(recording: Recording) -> tuple[str, str]:
        memory = Forgetful()
        _, transcript, _ = attribute(recording, *listen(recording, parts, memory), parts, memory)
        agent, customer = (
            " ".join(turn.text for turn in transcript.of(party)) for party in (Party.AGENT, Party.CUSTOMER)
        )
        return agent, customer

    return hear


def faster_whisper_batched(threads: int) -> Hear:
    """Its BatchedInferencePipeline with its own speech finder, 8 windows at a time."""
    from faster_whisper import BatchedInferencePipeline  # noqa: PLC0415 - one engine a process

    pipeline = BatchedInferencePipeline(_model(threads))
    return _by_channel(lambda sound: pipeline.transcribe(sound, language="en", word_timestamps=True, batch_size=8)[0])


def faster_whisper(threads: int) -> Hear:
    """Its WhisperModel.transcribe with the VAD filter."""
    model = _model(threads)
    return _by_channel(lambda sound: model.transcribe(sound, language="en", word_timestamps=True, vad_filter=True)[0])


def openai_whisper(threads: int) -> Hear:
    """whisper.transcribe with its own options, on the same weights."""
    import torch  # noqa: PLC0415 - one engine a process
    import whisper  # noqa: PLC0415 - likewise

    torch.set_num_threads(threads)
    settings = load_settings(engine="openai-whisper", threads=threads)
    model = assembly.engine(settings)._model  # type: ignore[attr-defined]  # noqa: SLF001 - the same weights, bare
    return _by_channel(
        lambda sound: whisper.transcribe(model, sound, language="en", word_timestamps=True, fp16=False)["segments"]
    )


def _model(threads: int) -> Any:  # noqa: ANN401 - faster-whisper has no types
    from faster_whisper import WhisperModel  # noqa: PLC0415 - one engine a process

    settings = load_settings()
    folder = folder_of(assembly.model_card(settings.speech_model), settings.models_dir)
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)


def _by_channel(transcribe: Callable[[Sound], Iterable[Any]]) -> Hear:
    """Each channel by itself; the agent's is the one that the metadata name."""
    warm_up(lambda sound: list(transcribe(sound)))

    def hear(recording: Recording) -> tuple[str, str]:
        texts = []
        for track in decode(Path(recording.uri), RATE_HZ).tracks:
            segments = transcribe(track.read(0, track.frames))
            texts.append("".join(one["text"] if isinstance(one, dict) else one.text for one in segments))
        left, right = texts
        return (left, right) if recording.meta.agent_channel == "left" else (right, left)

    return hear


def warm_up(recognise: Callable[[Sound], object]) -> None:
    """Loads the model and lets it work once on two seconds of noise."""
    recognise((0.01 * np.random.default_rng(1).standard_normal(2 * RATE_HZ)).astype(np.float32))


ENGINES: dict[str, Callable[[int], Hear]] = {
    one.__name__: one for one in (qa_pipeline, faster_whisper_batched, faster_whisper, openai_whisper)
}

if __name__ == "__main__":
    sys.exit(main())
