"""What a site may say of a call: the names, and how their values are read.

Manifest, sidecar and file name all give text under the names of CallMeta; this module turns it into values.

Codes of ArchiveError in this package, all of them kept in the ledger:

    no_recording          a manifest row names no file
    not_found             the file of a manifest row is not there
    outside_archive       a row or a link leads out of the archive
    bad_row               quotes that do not close, or more values than columns
    duplicate_row         an earlier row has the same recording
    duplicate_call_id     an earlier recording has the same call_id
    bad_date              started_at or resolved_at is no ISO 8601 date
    bad_agent_channel     agent_channel is neither left nor right
    bad_csat              csat is no number
    language_unsupported  the language is neither English nor Mandarin
    value_too_long        a value has more than 500 characters
    bad_sidecar           the JSON beside the recording cannot be read
    pattern_timeout       a file-name pattern took too long on this name
    bad_file_name         the file's name is no UTF-8
    unreadable            the file or folder cannot be opened (and the codes of audio/probe.py)
    too_short             (skipped) shorter than the setting
    duplicate             (skipped) the same content as another recording
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime

from qa_pipeline.domain import ArchiveError, CallMeta

NAMES = tuple(field.name for field in fields(CallMeta))
_LONGEST = 500  # characters; longer keys do not fit into a database index

_ENGLISH = frozenset({"en", "eng", "english", "英语", "英文"})
_CHINESE = frozenset(
    {
        "zh",
        "zho",
        "chi",
        "cmn",
        "chinese",
        "mandarin",
        "中文",
        "汉语",
        "漢語",
        "普通话",
        "普通話",
        "国语",
        "國語",
        "华语",
    }
)
_LEFT = frozenset({"left", "l", "0", "ch0", "channel 0", "左"})
_RIGHT = frozenset({"right", "r", "1", "ch1", "channel 1", "右"})


def tidy(said: Mapping[str, object]) -> dict[str, str]:
    """The known names with their text: header spelling evened out, blanks and control characters removed.

    Names that mean nothing here and empty values are left out.

    >>> tidy({" Agent ID ": " A7 ", "shoe size": "44", "csat": None})
    {'agent_id': 'A7'}
    """
    named = ((plain_name(name), plain_text(value)) for name, value in said.items() if value is not None)
    return {name: text for name, text in named if text and name in NAMES}


def plain_name(name: str) -> str:
    """A column's name as it is compared.

    >>> plain_name("Started-At ")
    'started_at'
    """
    return "_".join(name.replace("-", " ").replace("_", " ").casefold().split())


def plain_text(value: object) -> str:
    """Text without control characters and lone surrogates, which no database takes, and without outer blanks."""
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text).strip()


def call_meta(said: Mapping[str, str], *, call_id: str) -> CallMeta:
    """The values of a call; `call_id` where nothing says another. Raises ArchiveError with one of the codes above."""
    texts = {"call_id": call_id, **said}
    for name, text in texts.items():
        if len(text) > _LONGEST:
            raise ArchiveError(f"{name} has {len(text)} characters, at most {_LONGEST} fit.", code="value_too_long")
    return CallMeta(
        call_id=texts["call_id"],
        agent_id=texts.get("agent_id", ""),
        agent_name=texts.get("agent_name", ""),
        team=texts.get("team", ""),
        queue=texts.get("queue", ""),
        language=_language(texts.get("language", "")),
        started_at=_date(texts, "started_at"),
        direction=texts.get("direction", "").lower(),
        customer_id=texts.get("customer_id", ""),
        agent_channel=_agent_channel(texts.get("agent_channel", "")),
        csat=_csat(texts.get("csat", "")),
        disposition=texts.get("disposition", ""),
        category=texts.get("category", ""),
        resolved_at=_date(texts, "resolved_at"),
    )


def _language(text: str) -> str:
    tag = text.casefold().replace("_", "-")
    main = tag.partition("-")[0].strip()
    if not tag:
        return ""
    if main in _ENGLISH:
        return "en"
    if main in _CHINESE and not tag.startswith("zh-yue"):
        return "zh"
    raise ArchiveError(
        f"The language {text!r} is not supported.", code="language_unsupported", hint="Use en or zh, or leave it empty."
    )


def _date(texts: Mapping[str, str], name: str) -> datetime | None:
    """ISO 8601 on its own clock; without a time zone it is taken as UTC."""
    text = texts.get(name, "")
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        moment = read if read.tzinfo else read.replace(tzinfo=UTC)
        moment.astimezone(UTC)  # a moment before the first or after the last that there is raises here
    except (ValueError, OverflowError) as error:
        raise ArchiveError(
            f"{name} {text!r} is no date.", code="bad_date", hint="Write it like 2026-11-21T09:30:00+08:00."
        ) from error
    return moment


def _agent_channel(text: str) -> str:
    word = " ".join(text.casefold().replace("_", " ").split())
    if not word or word in _LEFT | _RIGHT:
        return "" if not word else "left" if word in _LEFT else "right"
    raise ArchiveError(
        f"agent_channel {text!r} is not understood.", code="bad_agent_channel", hint="Write left or right, or 0 or 1."
    )


def _csat(text: str) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        number = math.nan
    if number is not None and not math.isfinite(number):
        raise ArchiveError(f"csat {text!r} is no number.", code="bad_csat", hint="Leave it empty when there is none.")
    return number
