"""Which sentences ask: by their mark, by their particle, or, where recognition left marks out, by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_pipeline.text.sentences import sentences

MARK = 0.95  # how sure a question is by its mark or particle
WORDS = 0.75  # and by its words alone

_BE = r"(?:is|are|was|were|do|does|did|can|could|will|would|should|shall|may|might|must|have|has|had)(?:n't)?(?:'s)?"
_WHOM = r"(?:i|you|we|they|he|she|it|there|this|that|these|those|my|your|his|her|our|their|the|anyone|somebody|someone)"
_ASKS = re.compile(
    r"^(?:(?:and|so|but|or|well|okay|ok|oh|right|sorry|alright|yes|no|then|now|um|uh|hi|hello|please)\b[ ,]*)*"
    # "when will it come", "how much is it"; but not "when I called" or "what you did"
    rf"(?:(?:who|whose|whom|what|when|where|why|how|which)(?: (?!{_WHOM}\b)[a-z]+){{0,2}}? {_BE}"
    rf"|(?:who|what|where|when|how)'s|{_BE} {_WHOM})\b",
    re.IGNORECASE,
)
_ASKS_ZH = re.compile(
    r"什么|怎么|怎样|哪[里儿个家位种款天些]|几[点号个天位次]|多少|多久|多长时间|为啥|干嘛|谁"
    r"|是不是|有没有|能不能|可不可以|可以不可以|要不要|会不会|对不对|行不行|好不好|需不需要|方不方便|知不知道"
)
# "it is nothing", "I do not know what", "I will see whether": the words of questions in sentences that tell
_TELLS_ZH = re.compile(
    r"没什么|没有什么|(?:什么|怎么|谁|多少)[都也]|不知道|不清楚|不管|无论|没多少|没几|不怎么|哪里哪里"
    r"|有什么.{0,8}(?:再|随时|联系)|[看查问](?:一?下|看)?(?:是不是|有没有|能不能|怎么|什么)"
)
_MA = re.compile(r"吗(?:[，,、\s。！!]|$)")
_NE = re.compile(r"呢[。！!]?$")
_NE_TELLS = re.compile(
    r"还|正|着呢|才|在.{1,6}呢|[是好]呢"
)  # "it has not come yet", "I am looking": 呢 of what goes on


def questions(text: str, language: str) -> Iterator[tuple[int, int, float]]:
    """(start, end, how sure) of each sentence of a turn that asks, in characters.

    >>> [text for text in ("Who is that?", "I see.") if list(questions(text, "en"))]
    ['Who is that?']
    """
    for start, end in sentences(text, language):
        sure = _sure(text[start:end].strip(), language)
        if sure:
            yield start, end, sure


def _sure(sentence: str, language: str) -> float:
    """How sure it is that a sentence asks; 0 where it does not."""
    if sentence.endswith(("?", "？")):
        return MARK
    if language == "zh":
        return _sure_zh(sentence)
    if sentence.endswith((".", "!", "…")):
        return 0.0  # where recognition has set a mark it knows better than a list of words
    return WORDS if _ASKS.match(sentence) else 0.0


def _sure_zh(sentence: str) -> float:
    if _MA.search(sentence):
        return MARK
    if _NE.search(sentence) and (_ASKS_ZH.search(sentence) or not _NE_TELLS.search(sentence)):
        return MARK
    if sentence.endswith(("。", "！", "!")) or _TELLS_ZH.search(sentence):
        return 0.0
    return WORDS if _ASKS_ZH.search(sentence) else 0.0
