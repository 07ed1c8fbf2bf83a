"""Sounds of the telephone in which nobody speaks, made up anew from a seed.

Each takes `(rate_hz, seconds, seed)` and gives float32 samples that peak near -12 dBFS (noises lower, as on a line);
the same arguments give the same samples. `SOUNDS` has all of them by name; `telephone` makes a sound as coarse as a
trunk line leaves it.
Tones follow ITU-T E.180 (tones by country), Q.23 (DTMF), T.30 and V.21 (fax).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Sound = Callable[[int, float, int], Samples]
_Wave = NDArray[np.floating[Any]]

PEAK = 0.25
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
_KEYS = "123456789*0#"
_MAJOR = (0, 2, 4, 5, 7, 9, 11)


def ring_us(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Ring-back as in North America: 440 and 480 Hz, 2 s on, 4 s off."""
    return _cadence(rate_hz, seconds, seed, hertz=(440, 480), on_s=2, off_s=4)


def ring_eu(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Ring-back as in most of Europe: 425 Hz, 1 s on, 4 s off."""
    return _cadence(rate_hz, seconds, seed, hertz=(425,), on_s=1, off_s=4)


def ring_uk(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Ring-back as in Britain: 400 and 450 Hz, 0.4 s on, 0.2 s off, 0.4 s on, 2 s off."""
    tone = _tones(rate_hz, seconds, seed, (400, 450))
    at = (np.arange(tone.size) / rate_hz) % 3
    return _to_peak(tone * ((at < 0.4) | ((at >= 0.6) & (at < 1))))


def ring_cn(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Ring-back as in China: 450 Hz, 1 s on, 4 s off."""
    return _cadence(rate_hz, seconds, seed, hertz=(450,), on_s=1, off_s=4)


def busy(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Busy: 450 Hz, 0.35 s on, 0.35 s off (China; elsewhere 0.5 s)."""
    return _cadence(rate_hz, seconds, seed, hertz=(450,), on_s=0.35, off_s=0.35)


def dial_tone(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Dial tone: 350 and 440 Hz without an end."""
    return _to_peak(_tones(rate_hz, seconds, seed, (350, 440)))


def hold_music(rate_hz: int, seconds: float, seed: int) -> Samples:
    """A melody with vibrato over slow chords and an arpeggio, with bursts of noise for drums, in a key by the seed."""
    random = np.random.default_rng(seed)
    wave = np.zeros(round(rate_hz * seconds))
    beat_s = float(random.uniform(0.4, 0.65))
    tonic = 196 * 2 ** (int(random.integers(0, 12)) / 12)
    degree = int(random.integers(7, 14))
    for beat in range(int(seconds / beat_s) + 1):
        at = beat * beat_s
        root = (0, 5, 3, 4)[beat // 4 % 4]
        chord = [_pitch(tonic, root + third) for third in (0, 2, 4)]
        if beat % 4 == 0:
            for pitch in chord:
                _add(wave, rate_hz, at, _note(rate_hz, pitch, 4 * beat_s, decay_s=2.5, level=0.3))
        for half in (0, 1):
            pitch = 2 * chord[(2 * beat + half) % 3]
            _add(wave, rate_hz, at + half * beat_s / 2, _note(rate_hz, pitch, beat_s / 2, decay_s=0.2, level=0.25))
        degree = int(np.clip(degree + random.integers(-2, 3), 5, 16))
        _add(wave, rate_hz, at, _note(rate_hz, _pitch(tonic, degree), beat_s, decay_s=0.8, level=0.6, vibrato=True))
        drum = random.normal(size=round(rate_hz * 0.12)) * np.exp(-np.arange(round(rate_hz * 0.12)) / (0.03 * rate_hz))
        _add(wave, rate_hz, at, drum * (0.3 if beat % 2 else 0.15))
    return _to_peak(wave)


def chords(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Hold music of the quiet kind: chords that swell and fade, two seconds each."""
    random = np.random.default_rng(seed)
    wave = np.zeros(round(rate_hz * seconds))
    tonic = 220 * 2 ** (int(random.integers(0, 12)) / 12)
    swell = np.sin(np.pi * np.arange(2 * rate_hz) / (2 * rate_hz))
    for bar in range(int(seconds / 2) + 1):
        root = int(random.choice((0, 3, 4, 5)))
        notes = [_note(rate_hz, _pitch(tonic, root + third), 2, decay_s=9, level=0.3) for third in (0, 2, 4, 7)]
        _add(wave, rate_hz, 2 * bar, sum(notes, np.zeros(2 * rate_hz)) * swell)
    return _to_peak(wave)


def dtmf(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Keys pressed one after the other, 80 to 250 ms each, as somebody types a number."""
    random = np.random.default_rng(seed)
    wave = np.zeros(round(rate_hz * seconds))
    at = 0.2
    while at < seconds:
        key = int(random.integers(len(_KEYS)))
        length = float(random.uniform(0.08, 0.25))
        _add(wave, rate_hz, at, _tones(rate_hz, length, seed, (_ROWS[key // 3], _COLUMNS[key % 3])))
        at += length + float(random.uniform(0.05, 0.4)) + (1.5 if random.random() < 0.1 else 0)
    return _to_peak(wave)


def white_noise(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Hiss at -40 dBFS."""
    return _to_level(np.random.default_rng(seed).normal(size=round(rate_hz * seconds)), -40)


def pink_noise(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Noise with as much power in every octave, at -35 dBFS: a room, a street far away."""
    return _to_level(_shaped(rate_hz, seconds, seed, lambda hertz: 1 / np.sqrt(np.maximum(hertz, 50))), -35)


def comfort_noise(rate_hz: int, seconds: float, seed: int) -> Samples:
    """What an exchange plays where nothing is sent: soft low noise at -55 dBFS, a new level now and then."""
    wave = _shaped(rate_hz, seconds, seed, lambda hertz: 1 / (1 + (hertz / 800) ** 2))
    steps = np.random.default_rng(seed).uniform(0.6, 1.4, int(seconds / 0.8) + 1)
    return _to_level(wave * np.repeat(steps, round(0.8 * rate_hz) + 1)[: wave.size], -55)


def hum(rate_hz: int, seconds: float, seed: int) -> Samples:
    """The mains and their harmonics (50 Hz, for odd seeds 60 Hz) over a little hiss, at -30 dBFS."""
    mains = 60 if seed % 2 else 50
    wave = sum(
        (_tones(rate_hz, seconds, seed + n, (mains * n,)) / n for n in range(1, 12)),
        np.zeros(round(rate_hz * seconds)),
    )
    return _to_level(wave + 0.02 * np.random.default_rng(seed).normal(size=wave.size), -30)


def clicks(rate_hz: int, seconds: float, seed: int) -> Samples:
    """Pops and crackles of a bad contact, about three a second."""
    random = np.random.default_rng(seed)
    wave = np.zeros(round(rate_hz * seconds))
    for at in random.uniform(0, seconds, round(3 * seconds)):
        size = round(rate_hz * float(random.uniform(0.001, 0.02)))
        _add(wave, rate_hz, float(at), random.normal(size=size) * np.exp(-np.arange(size) / (size / 3)))
    return _to_peak(wave)


def fax(rate_hz: int, seconds: float, seed: int) -> Samples:
    """A fax machine that calls: 1100 Hz for half a second every 3.5 s, and V.21 chirps (1650 and 1850 Hz) between."""
    random = np.random.default_rng(seed)
    wave = np.zeros(round(rate_hz * seconds))
    for start in np.arange(0, seconds, 3.5):
        _add(wave, rate_hz, float(start), _tones(rate_hz, 0.5, seed, (1100,)))
        bits = np.repeat(random.integers(0, 2, 450), rate_hz // 300 + 1)[: round(1.3 * rate_hz)]
        _add(wave, rate_hz, float(start) + 1, np.sin(2 * np.pi * np.cumsum(np.where(bits, 1650, 1850)) / rate_hz))
    return _to_peak(wave)


def modem(rate_hz: int, seconds: float, seed: int) -> Samples:
    """A modem that answers: 2100 Hz for 3 s, then phase jumps of an 1800 Hz carrier, 2400 a second."""
    random = np.random.default_rng(seed)
    count = round(rate_hz * seconds)
    phase = np.pi / 2 * np.repeat(random.integers(0, 4, count // 3 + 1), 3)[:count]
    data = np.sin(2 * np.pi * 1800 * np.arange(count) / rate_hz + phase)
    return _to_peak(np.where(np.arange(count) < 3 * rate_hz, _tones(rate_hz, seconds, seed, (2100,)), data))


def dead(rate_hz: int, seconds: float, seed: int) -> Samples:
    """A channel on which nothing is connected: an offset of one hundredth and the last bit now and then."""
    random = np.random.default_rng(seed)
    return (0.01 + 3e-5 * random.integers(-1, 2, round(rate_hz * seconds))).astype(np.float32)


def silence(rate_hz: int, seconds: float, seed: int) -> Samples:  # noqa: ARG001 - one signature for all sounds
    """Nothing but zeros."""
    return np.zeros(round(rate_hz * seconds), np.float32)


SOUNDS: Mapping[str, Sound] = {
    sound.__name__: sound
    for sound in (
        *(ring_us, ring_eu, ring_uk, ring_cn, busy, dial_tone, hold_music, chords, dtmf),
        *(white_noise, pink_noise, comfort_noise, hum, clicks, fax, modem, dead, silence),
    )
}


def telephone(samples: Samples) -> Samples:
    """The samples after the 8 bits of G.711 (mu-law companding): what is soft becomes coarse.

    >>> [round(float(value), 3) for value in telephone(np.array([0.5, 0.0001], np.float32))]
    [0.495, 0.0]
    """
    size = np.sign(samples) * np.log1p(255 * np.abs(np.clip(samples, -1, 1))) / np.log(256)
    coarse = np.round(size * 127) / 127
    result: Samples = (np.sign(coarse) * np.expm1(np.abs(coarse) * np.log(256)) / 255).astype(np.float32)
    return result


def _cadence(rate_hz: int, seconds: float, seed: int, *, hertz: Sequence[float], on_s: float, off_s: float) -> Samples:
    tone = _tones(rate_hz, seconds, seed, hertz)
    return _to_peak(tone * ((np.arange(tone.size) / rate_hz) % (on_s + off_s) < on_s))


def _tones(rate_hz: int, seconds: float, seed: int, hertz: Sequence[float]) -> _Wave:
    """Sines together, each with a phase by the seed."""
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, len(hertz))
    at = np.arange(round(rate_hz * seconds)) / rate_hz
    wave: _Wave = np.sum([np.sin(2 * np.pi * one * at + phase) for one, phase in zip(hertz, phases, strict=True)], 0)
    return wave


def _note(rate_hz: int, hertz: float, seconds: float, *, decay_s: float, level: float, vibrato: bool = False) -> _Wave:
    """A note with four partials that dies away."""
    at = np.arange(round(rate_hz * seconds)) / rate_hz
    sway = 0.006 * np.sin(2 * np.pi * 5.5 * at) / (2 * np.pi * 5.5) if vibrato else 0
    partials = [np.sin(2 * np.pi * n * hertz * (at + sway)) / n**1.5 for n in range(1, 5) if n * hertz < rate_hz / 2]
    attack = np.minimum(1, at / 0.02)
    release = np.clip((seconds - at) / 0.02, 0, 1)
    note: _Wave = level * attack * release * np.exp(-at / decay_s) * np.sum(partials, 0)
    return note


def _pitch(tonic: float, degree: int) -> float:
    """Hertz of a step of the major scale."""
    return float(tonic * 2 ** (degree // 7 + _MAJOR[degree % 7] / 12))


def _add(wave: _Wave, rate_hz: int, at_s: float, sound: _Wave) -> None:
    start = round(at_s * rate_hz)
    room = max(0, min(sound.size, wave.size - start))
    wave[start : start + room] += sound[:room]


def _shaped(rate_hz: int, seconds: float, seed: int, gain: Callable[[_Wave], _Wave]) -> _Wave:
    """Noise whose spectrum follows `gain` of the frequency."""
    size = round(rate_hz * seconds)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=size))
    wave: _Wave = np.fft.irfft(spectrum * gain(np.fft.rfftfreq(size, 1 / rate_hz)), size)
    return wave


def _to_peak(wave: _Wave) -> Samples:
    return (PEAK * wave / max(float(np.abs(wave).max(initial=0)), 1e-9)).astype(np.float32)


def _to_level(wave: _Wave, dbfs: float) -> Samples:
    level = float(np.sqrt(np.mean(wave**2))) if wave.size else 1.0
    return (wave * 10 ** (dbfs / 20) / max(level, 1e-9)).astype(np.float32)
