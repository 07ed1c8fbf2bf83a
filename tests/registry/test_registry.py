from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_pipeline import assembly, registry

ENTRY_POINTS = """[qa_pipeline.plugins]
check:our_disclaimer = our_checks:disclaimer
check:greeting = our_checks:disclaimer
check:broken = our_checks:nothing_of_this_name
detector:shouting = our_checks:Shouting
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package with a check that works, one that does not, and one that takes a built-in name."""
    (tmp_path / "our_checks.py").write_text(
        "def disclaimer(view, *, within_s: float = 10.0): ...\n"
        "class Shouting:\n    name = 'shouting'\n    measures = ()\n    needs_parties = False\n    fingerprint = '1'\n",
        "utf-8",
    )
    info = tmp_path / "our_checks-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-checks\nVersion: 1.2\n", "utf-8")
    (info / "entry_points.txt").write_text(ENTRY_POINTS, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    forget()
    yield
    sys.modules.pop("our_checks", None)
    forget()


def forget() -> None:
    for cached in (registry.names, assembly.all_checks, assembly.code_version):
        cached.cache_clear()


@pytest.mark.usefixtures("package")
def test_a_check_from_outside_is_known_by_its_name() -> None:
    assert "our_disclaimer" in registry.names("check", assembly.CHECKS)
    assert "disclaimer" == assembly.all_checks()["our_disclaimer"].__name__


@pytest.mark.usefixtures("package")
def test_one_that_cannot_be_loaded_is_named_and_never_fatal() -> None:
    assert ["check:broken"] == [name for name, _ in registry.broken()]
    assert "broken" not in assembly.all_checks()
    assert assembly.check_named("broken") is None


@pytest.mark.usefixtures("package")
def test_a_built_in_check_cannot_be_replaced() -> None:
    assert "qa_pipeline.checks.greeting" == assembly.all_checks()["greeting"].__module__


@pytest.mark.usefixtures("package")
def test_a_detector_from_outside_runs_after_ours() -> None:
    assert ["shouting"] == [detector.name for detector in assembly._outside_detectors()]


def test_installing_a_plug_in_changes_the_version_of_all_judgements(
    request: pytest.FixtureRequest,
) -> None:
    before = assembly.code_version("checks")
    request.getfixturevalue("package")
    assert before != assembly.code_version("checks")


def test_all_fourteen_checks_are_there() -> None:
    forget()
    assert [
        "apology", "closing_check", "empathy", "farewell", "greeting", "hold_notice", "hold_thanks",
        "identity_verification", "no_banned_words", "no_dead_air", "no_interruptions", "pace", "recap",
        "self_introduction",
    ] == sorted(assembly.all_checks())  # fmt: skip
