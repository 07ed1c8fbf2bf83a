import re
import string
from pathlib import Path

import pytest

import qa_pipeline.reporting
from qa_pipeline.domain import MismatchKind, Party, PromiseState, Verdict
from qa_pipeline.reporting.rows import TABLES
from qa_pipeline.reporting.wording import _WORDS, say
from qa_pipeline.resources import data_dir
from qa_pipeline.text.taxonomy import read_taxonomy

TEMPLATES = Path(qa_pipeline.reporting.__file__).parent / "templates"


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("key", sorted(_WORDS))
def test_both_languages_say_the_same_figures(key: str) -> None:
    english, chinese = _WORDS[key]
    assert fields(english.partition("|")[0]) == fields(chinese)
    assert english.strip()
    assert chinese.strip()


def test_every_column_verdict_and_party_has_words() -> None:
    asked = {f"sheet_{table.name}" for table in TABLES} | {column.name for table in TABLES for column in table.columns}
    asked |= {f"mismatch_{kind}" for kind in MismatchKind} | {f"promise_{state}" for state in PromiseState}
    assert set() == (asked | {*Verdict, *Party}) - set(_WORDS)


def test_every_built_in_owner_and_group_has_words_in_both_languages() -> None:
    for cause in read_taxonomy([data_dir() / "models" / "causes" / "taxonomy.yaml"]).causes.values():
        assert say("en", f"owner_{cause.owner}") != say("zh", f"owner_{cause.owner}")
        assert say("en", f"group_{cause.group}") != say("zh", f"group_{cause.group}")


def test_every_word_asked_for_by_a_template_exists() -> None:
    asked = {
        key
        for template in TEMPLATES.glob("*.j2")
        for key in re.findall(r'\bt\("(\w+)"', template.read_text(encoding="utf-8"))
    }
    assert asked
    assert set() == asked - set(_WORDS)


def test_an_unknown_language_is_english() -> None:
    assert "Calls" == say("fr", "calls")
