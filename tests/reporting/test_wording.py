import re
import string
from pathlib import Path

import pytest

import qa_pipeline.reporting
from qa_pipeline.domain import Party, Verdict
from qa_pipeline.reporting.rows import TABLES
from qa_pipeline.reporting.wording import _WORDS, cause_title, say

TEMPLATES = Path(qa_pipeline.reporting.__file__).parent / "templates"
CAUSES = (
    "billing_error unexpected_fee refund_delay delivery_delay lost_or_damaged_item product_defect service_outage "
    "technical_issue agent_attitude long_wait repeated_contact misinformation cancellation_difficulty account_access "
    "privacy_concern other"
).split()


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("key", sorted(_WORDS))
def test_both_languages_say_the_same_figures(key: str) -> None:
    english, chinese = _WORDS[key]
    assert fields(english.partition("|")[0]) == fields(chinese)
    assert english.strip()
    assert chinese.strip()


def test_every_column_verdict_and_party_has_words() -> None:
    for table in TABLES:
        say("zh", f"sheet_{table.name}")
        for column in table.columns:
            say("zh", column.name)
    for name in (*Verdict, *Party):
        say("en", name)


def test_every_word_asked_for_by_a_template_exists() -> None:
    asked = {
        key
        for template in TEMPLATES.glob("*.j2")
        for key in re.findall(r'\bt\("(\w+)"', template.read_text(encoding="utf-8"))
    }
    assert asked
    assert set() == asked - set(_WORDS)


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_of_the_taxonomy_has_a_name(cause: str) -> None:
    assert re.search(r"[一-鿿]", cause_title("zh", cause))


def test_an_unknown_language_is_english() -> None:
    assert "Calls" == say("fr", "calls")
