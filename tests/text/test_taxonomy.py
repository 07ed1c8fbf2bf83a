"""The causes of complaints: what is built in, and what a site changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qa_pipeline.domain import ConfigurationError, Taxonomy
from qa_pipeline.text.taxonomy import read_taxonomy

LEAVES = (
    "billing_error unexpected_fee refund_delay delivery_delay lost_or_damaged_item product_defect service_outage"
    " technical_issue agent_attitude long_wait repeated_contact misinformation cancellation_difficulty account_access"
    " privacy_concern other"
).split()
TEN = ", ".join(f"the car park was full {number}" for number in range(10))


@pytest.fixture
def built_in(repository: Path) -> Path:
    return repository / "models" / "causes" / "taxonomy.yaml"


@pytest.fixture
def read(built_in: Path, tmp_path: Path) -> Callable[[str], Taxonomy]:
    def with_site(text: str) -> Taxonomy:
        path = tmp_path / "causes.yaml"
        path.write_text("causes:\n" + text, "utf-8")
        return read_taxonomy([built_in, path])

    return with_site


def test_every_leaf_has_a_group_an_owner_and_a_title_in_both_languages(built_in: Path) -> None:
    taxonomy = read_taxonomy([built_in])
    assert LEAVES == list(taxonomy.causes)
    assert {"process", "people", "product", "communication"} == {cause.group for cause in taxonomy.causes.values()}
    assert all(cause.owner and set(cause.titles) == {"en", "zh"} for cause in taxonomy.causes.values())


def test_a_site_sets_owners_and_titles(read: Callable[[str], Taxonomy]) -> None:
    taxonomy = read("  long_wait: {owner: workforce, title: {en: Queue}}")
    assert ("workforce", "people") == (taxonomy.owner("long_wait"), taxonomy.group("long_wait"))
    assert ("Queue", "等待过久") == (taxonomy.title("long_wait", "en"), taxonomy.title("long_wait", "zh"))
    assert taxonomy.owner("billing_error") == "billing"


def test_a_site_adds_a_cause_with_ten_sentences(read: Callable[[str], Taxonomy]) -> None:
    taxonomy = read(
        f"  parking: {{group: product, owner: facilities, title: {{en: Parking}}, examples: {{en: [{TEN}]}}}}"
    )
    assert (10, "Parking", "parking") == (
        len(taxonomy.causes["parking"].examples["en"]),
        taxonomy.title("parking", "en"),
        taxonomy.title("parking", "zh"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  parking: {group: product, title: {en: Parking}}", "parking needs owner, examples"),
        ("  parking: {group: weather}", "Input should be 'process', 'people', 'product' or 'communication'"),
        (
            "  parking: {group: product, owner: a, title: {en: P}, examples: {en: [full]}}",
            "Tuple should have at least 10 items after validation, not 1",
        ),
        (
            f"  other: {{examples: {{en: [{TEN}]}}}}",
            "other is built in and trained: examples belong to causes of your own",
        ),
        ("  Parking: {owner: a}", "String should match pattern '^[a-z][a-z0-9_]*$'"),
    ],
)
def test_faults_are_told_with_their_line(read: Callable[[str], Taxonomy], text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read("  long_wait: {owner: workforce}\n" + text)
    assert [(3, message)] == [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_site_names_ticket_categories_and_words_of_dispositions(built_in: Path, tmp_path: Path) -> None:
    own = "causes: {long_wait: {categories: [QU-7]}}\nenquiry_dispositions: [INF]\ncomplaint_dispositions: [CMP]\n"
    (tmp_path / "causes.yaml").write_text(own, "utf-8")
    taxonomy = read_taxonomy([built_in, tmp_path / "causes.yaml"])
    assert [{"long_wait"}] * 3 == [taxonomy.causes_of(category) for category in ("qu 7", "Long Wait", "等待过久")]
    assert ("enquiry", "complaint") == (taxonomy.filed_as("INF/2"), taxonomy.filed_as("cmp-1"))


@pytest.mark.parametrize(
    ("disposition", "filed"),
    [
        *(("Complaint", "complaint"), ("General inquiry", "enquiry"), ("not a complaint", "enquiry"), ("VIP", "")),
        *(
            ("客户投诉", "complaint"),
            ("账单咨询", "enquiry"),
            ("非投诉", "enquiry"),
            ("投诉查询", ""),
            ("已解决", ""),
        ),
    ],
)
def test_what_is_built_in_reads_usual_dispositions(built_in: Path, disposition: str, filed: str) -> None:
    assert filed == read_taxonomy([built_in]).filed_as(disposition)


def test_an_unknown_cause_keeps_its_name_and_has_no_owner() -> None:
    assert ("lost luggage", "", "") == (
        Taxonomy().title("lost_luggage", "zh"),
        Taxonomy().owner("lost_luggage"),
        Taxonomy().group("lost_luggage"),
    )
