"""What recognition may have invented: words without speech, phrases from captions, words it doubts itself, loops.

Measured with Whisper base on 6,459 rightly recognised words of real English and synthetic English and Mandarin calls,
and on 563 words that it invents when made to listen to 18 sounds without speech (benchmarks/invented.py):

* no-speech probability of the window: right words up to 0.46, invented ones from 0.54 (nine in ten above 0.65);
* the sound at the word's place (audio/evidence.py): above 0 for every right word, 0 for all invented ones;
* word probability: right words below 0.5 in one of 50, invented ones in four of five;
* turns with a mean word probability below 0.5 have more wrong words than right ones, above it fewer.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean

from qa_pipeline.domain import Span, TurnFlag, Word

Evidence = Callable[[Span], float]  # how far the sound at a place is from what is no speech: 0 to 1

REACH_MS = 300  # word times are about this exact
PAUSE_MS = 1200  # words with less between them stand together
NO_SPEECH = 0.5  # the window's no-speech probability from which on it takes clear sound to keep a word
CLEAR_WORD = 0.8  # probability from which on a word stands against a sound that speaks against it: speech in noise
DOUBTFUL = 0.5  # mean probability of a turn's words
CLEAR_SOUND = 0.5
SURE = 0.5  # real ones on calls: 0.72 and more
VERY_SURE = 0.9
COMPRESSED = 2.4  # Whisper's own bound; clear speech reaches 1.9
MIN_COMPRESSED = 100  # characters

# Regular expressions over letters and figures, lower case, without blanks.
# What Whisper says most where nobody speaks; people say it too.
COURTESIES: Mapping[str, tuple[str, ...]] = {
    "en": (
        *("(and|so|oh)?thank(s|you)(all|guys|everyone|verymuch|somuch)*", "(bye)+", "goodbye", "goodnight", "seeyou"),
        *("(im)?sorry", "you", "so", "oh", "hmm+", "im", "the", "beep", "idontknow(whattodo)?"),
        *("music", "applause", "foreign", "blankaudio", "inaudible", "silence"),
    ),
    "zh": (
        *("谢谢(您|你|大家|收听)?", "再见", "拜拜", "您好", "你好", "好的?", "对不起"),
        *("嗯", "啊", "哦", "试", "我们?"),
    ),
}
# What nobody says on a call: captions that it has learnt, and the prompt that it was given.
CAPTIONS: Mapping[str, tuple[str, ...]] = {
    "en": (
        *("thanks?(you)?(all|guys)?(somuch|verymuch)?for(watching|viewing)", "(likeand|please)subscribe"),
        *("subscribeto(my|the|our)channel", "seeyou(guys)?in(my|the)?next(video|one)", "dontforgettosubscribe"),
        *("(sub)?titlesby", "captions?by", "transcri(bed|ption)by", "amaraorg", "translatedby", "allrightsreserved"),
    ),
    "zh": (
        *("(谢谢|感谢)(您|你|大家)?的?(观看|收看|收听)", "多谢收睇", "请不吝", "点赞", "订阅我?的?频道", "订阅转发"),
        *("打赏支持", "明镜与点点", "点点栏目", "字幕(由|by|志愿者|制作|提供|组)", "中文字幕", "优优独播剧场"),
        *(
            "下(次|期|集)(视频)?再(见|会)",
            "普通话的客服",
            "客服通话",
            "使用简体中文",
            "^(这|主要|尤其|反正|以下|其他).?是普通话",
        ),
    ),
}
AMID = 10  # letters of something else that a caption may have before, between and after its parts


_COURTESY = re.compile("(" + "|".join(f"({one})" for some in COURTESIES.values() for one in some) + ")+")
_CAPTION = re.compile(
    f".{{0,{AMID}}}((" + "|".join(f"({one})" for some in CAPTIONS.values() for one in some) + f").{{0,{AMID}}})+"
)

_NUMBERS = frozenset("zero oh o double triple one two three four five six seven eight nine ten".split()) | frozenset(
    "零〇一二三四五六七八九十幺两"
)
MAX_UNIT = 20  # words or characters that repeat themselves together
NEAR = 0.75  # share of a round's words that are the same in the next one: one word in four may change
NEAR_UNIT = 4  # shorter rounds with a change are lists: "one for Monday, one for Tuesday"
NEAR_TIMES = 5


def supported(
    words: Sequence[Word],
    speech: Sequence[Span],
    *,
    sound: Evidence | None = None,
    no_speech: Sequence[float] | None = None,
) -> tuple[Word, ...]:
    """The words of one channel that evidence supports; the others are left out.

    A word stays when it lies within 300 ms of `speech` and its `sound` speaks for it; in a window that is likely to
    hold speech its own high probability will do (speech in loud noise looks like noise). A courtesy or caption phrase
    that stands alone needs all of it: clear sound, time on speech or a very sure engine, and a window that holds
    speech. `no_speech` has for each word the no-speech probability of its window; evidence not given does not count.
    """
    heard = list(zip(words, no_speech or [0.0] * len(words), strict=True))
    kept: list[Word] = []
    for group in _together(heard):
        left = [one for one in _credible(group, sound) if _beside(one[0], speech)]
        if _meant(group, speech, sound) and _meant(left, speech, sound):
            kept += (word for word, _ in left)
    return tuple(kept)


def flags(
    words: Sequence[Word],
    speech: Sequence[Span],
    *,
    sound: Evidence | None = None,
    no_speech: Sequence[float] | None = None,
) -> tuple[TurnFlag, ...]:
    """Why the words of one turn may not be trusted; empty when they may. Evidence as for `supported`."""
    found = []
    evident = sum(_on(word, speech) > 0 and (sound is None or sound(_span(word)) > 0) for word in words)
    if evident * 2 < len(words) or (no_speech and fmean(no_speech) >= NO_SPEECH):
        found.append(TurnFlag.NO_SPEECH_EVIDENCE)
    if sum(word.probability for word in words) < DOUBTFUL * len(words):
        found.append(TurnFlag.LOW_CONFIDENCE)
    if loops(words):
        found.append(TurnFlag.LOOP)
    return tuple(found)


def loops(words: Sequence[Word]) -> Span | None:
    """Where recognition runs in circles, from the first word of the first round to the last; None where it does not."""
    found = _loop([word.text for word in words])
    if found is None:
        return None
    first, last = found
    return Span(start_ms=words[first].start_ms, end_ms=max(words[first].start_ms, words[last].end_ms))


def looping(texts: Sequence[str]) -> bool:
    """Whether the words of one window run in circles, so that it is worth decoding once more.

    People say "no" four times, 好的 four times, a telephone number three times, and digits one by one; all that is no
    loop. Rounds in which one word in four changes are one, and so is text that compresses too well to be speech.

    >>> looping("thank you thank you thank you thank you".split())
    True
    >>> looping("no no no no".split())
    False
    >>> looping(" ".join(f"I went to the house number {n} and" for n in range(6)).split())
    True
    """
    return _loop(texts) is not None


def _beside(word: Word, speech: Sequence[Span]) -> Sequence[Span]:
    """The spans, which are sorted and apart, that a word lies on or within 300 ms of."""
    first = bisect_left(speech, word.start_ms - REACH_MS, key=lambda span: span.end_ms)
    return speech[first : bisect_right(speech, word.end_ms + REACH_MS, lo=first, key=lambda span: span.start_ms)]


def _credible(group: Sequence[tuple[Word, float]], sound: Evidence | None) -> Iterator[tuple[Word, float]]:
    """The words, of those that stand together, that the sound speaks for, or of which the engine is sure without it."""
    sure = fmean(word.probability for word, _ in group) >= CLEAR_WORD
    for word, no_speech in group:
        like_speech = 1.0 if sound is None else sound(_span(word))
        if no_speech >= NO_SPEECH:
            least = CLEAR_WORD if sound is None else DOUBTFUL
            if like_speech >= CLEAR_SOUND and word.probability >= least:
                yield word, no_speech
        elif like_speech > 0 or (sure and word.probability >= CLEAR_WORD):
            yield word, no_speech


def _meant(group: Sequence[tuple[Word, float]], speech: Sequence[Span], sound: Evidence | None) -> bool:
    """Whether words that stand together are no mere courtesy or caption, or have all the evidence that these need."""
    text = "".join(_plain("".join(word.text for word, _ in group)))
    caption = _CAPTION.fullmatch(text) is not None
    if not caption and not _COURTESY.fullmatch(text):
        return True
    words = [word for word, _ in group]
    sure = fmean(word.probability for word in words)
    return (
        sure >= (VERY_SURE if caption else SURE)
        and (sure >= VERY_SURE or 2 * sum(_on(word, speech) > 0 for word in words) > len(words))
        and all(doubt < NO_SPEECH for _, doubt in group)
        and (sound is None or fmean(sound(_span(word)) for word in words) >= CLEAR_SOUND)
    )


def _together(heard: Sequence[tuple[Word, float]]) -> Iterator[list[tuple[Word, float]]]:
    """Words without a long pause between them."""
    group: list[tuple[Word, float]] = []
    for one in heard:
        if group and one[0].start_ms - group[-1][0].end_ms > PAUSE_MS:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _on(word: Word, speech: Sequence[Span]) -> int:
    """Milliseconds of the word on speech; a word without duration counts as one millisecond long."""
    return sum(span.overlap_ms(_span(word)) for span in _beside(word, speech))


def _span(word: Word) -> Span:
    return Span(start_ms=word.start_ms, end_ms=max(word.end_ms, word.start_ms + 1))


def _plain(text: str) -> Iterator[str]:
    """The letters and figures, lower case."""
    return (char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def _loop(texts: Sequence[str]) -> tuple[int, int] | None:
    """First and last word of a loop."""
    units = [(unit, index) for index, text in enumerate(texts) for unit in _units(text)]
    said = [unit for unit, _ in units]
    for size in range(1, min(MAX_UNIT, len(said) // 4) + 1):
        for times, least in ((_times(size), 1.0), (max(_times(size), NEAR_TIMES), NEAR if size >= NEAR_UNIT else 1.0)):
            place = _rounds(said, size, times, least)
            if place:
                return units[place[0]][1], units[place[1] - 1][1]
    letters = re.sub(r"\d", "", "".join(texts).lower())
    packed = letters.encode("utf-16-le") if _chinese(letters) else letters.encode()
    if len(letters) >= MIN_COMPRESSED and len(packed) >= COMPRESSED * len(zlib.compress(packed)):
        return 0, len(texts) - 1
    return None


def _units(text: str) -> list[str]:
    """What a word counts as: itself, each of its Chinese characters, nothing where it is but punctuation."""
    plain = "".join(_plain(text))
    return list(plain) if _chinese(plain) else [plain] if plain else []


def _times(size: int) -> int:
    """How many rounds are a loop: 8 of one word, 4 of more."""
    return 8 if size == 1 else 4


def _rounds(said: Sequence[str], size: int, times: int, least: float) -> tuple[int, int] | None:
    """The first stretch of `times` rounds of `size`, each at least this like the one before, drawn out to its end."""
    same = [one == before for one, before in zip(said[size:], said, strict=False)]
    length = size * (times - 1)
    hits = sum(same[: length - 1]) if length else 0
    for start in range(len(same) - length + 1):
        hits += same[start + length - 1]
        unit = said[start : start + size]
        if hits >= least * length and not _patient(said, start, unit):
            end = start + length
            while end < len(same) and same[end]:
                end += 1
            return start, end + size
        hits -= same[start]
    return None


def _patient(said: Sequence[str], start: int, unit: Sequence[str]) -> bool:
    """Whether this is what people do repeat: digits one by one, and in Chinese a short word (好的好的好的好的)."""
    digits = all(one in _NUMBERS or one.isnumeric() for one in unit)
    enough = 24 if digits and len(unit) < 7 else 12 if len(unit) < 4 and _chinese("".join(unit)) else 0
    return enough > 0 and tuple(said[start : start + enough]) != tuple((list(unit) * enough)[:enough])


def _chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" or char == "〇" for char in text)
