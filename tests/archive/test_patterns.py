"""What file names say."""

from __future__ import annotations

import pytest

from qa_pipeline.archive.patterns import compile_patterns, from_name
from qa_pipeline.domain import ConfigurationError


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        (
            r"force-(?P<customer_id>\d+)-(?P<agent_id>\d+)-(?P<started_at>\d{8}-\d{6})-(?P<call_id>[\d.]+)\.",
            "2026/11/force-5551234-204-20261121-093000-1763717400.17.wav",
            {
                "customer_id": "5551234",
                "agent_id": "204",
                "started_at": "2026-11-21T09:30:00+00:00",
                "call_id": "1763717400.17",
            },
        ),
        (
            r"_GUID_(?P<call_id>.*?)_.*_AGENT_(?P<agent_id>.*?)_",
            "x_GUID_7f_y_AGENT_ann_.wav",
            {"call_id": "7f", "agent_id": "ann"},
        ),
        (r"^(?P<team>[^/]+)/(?P<queue>[^/]+)/", "blue/billing/1.wav", {"team": "blue", "queue": "billing"}),
        (r"^(?P<agent_id>[^_/]+)_", "blue/ann_1.wav", {"agent_id": "ann"}),
        (r"(?P<team>blue)?(?P<agent_id>ann)", "ann.wav", {"agent_id": "ann"}),
        (r"(?P<agent_name>[\p{Han}]+)", "王芳-1.wav", {"agent_name": "王芳"}),
        (r"(?P<agent_id>bob)", "ann.wav", {}),
    ],
)
def test_named_groups_fill_the_metadata(pattern: str, path: str, expected: dict[str, str]) -> None:
    assert from_name(compile_patterns([pattern]), path) == expected


def test_earlier_patterns_win_and_later_ones_fill_what_is_missing() -> None:
    patterns = compile_patterns([r"(?P<agent_id>a\d)", r"(?P<agent_id>b\d)_(?P<team>\w+)\."])
    assert from_name(patterns, "a1_b2_blue.wav") == {"agent_id": "a1", "team": "blue"}


def test_all_bad_patterns_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as error:
        compile_patterns(["(?P<agent_id>ok)", "(", "no groups", r"(?P<shoe>\d)(?P<recording>x)"])
    assert [problem.where.split()[2] for problem in error.value.problems] == ["2", "3", "4", "4"]
