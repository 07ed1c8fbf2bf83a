"""How a Chinese character sounds, without what recognition confuses."""

from __future__ import annotations

from functools import cache

# what speakers and recognition confuse: flat and curled tongue, final n and ng
_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("eng", "en"), ("ing", "in"))


@cache
def sound_of(word: str) -> str:
    """A character's most usual sound, without its tone and what is easily confused; anything else stays.

    >>> sound_of("城"), sound_of("陈")
    ('cen', 'cen')
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - reads its dictionary

    sounds: list[str] = lazy_pinyin(word)
    if len(sounds) != 1:
        return word.lower()
    sound = sounds[0]
    for one, other in _CONFUSED:
        sound = sound.replace(one, other)
    return sound
