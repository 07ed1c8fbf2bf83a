from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from qa_pipeline.domain import ConfigurationError, Party
from qa_pipeline.text.packs import load_acts
from qa_pipeline.text.phrases import PhraseBook

ROOT = Path(__file__).parents[2]
BUILT_IN = ROOT / "scorecards" / "phrases"
CASES = ROOT / "tests" / "cases" / "acts"


@pytest.fixture(scope="module", params=["en", "zh"])
def book(request: pytest.FixtureRequest) -> tuple[str, PhraseBook]:
    return request.param, PhraseBook(load_acts([BUILT_IN], request.param), language=request.param)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_built_in_act_is_told_from_what_only_looks_like_it(path: Path, book: tuple[str, PhraseBook]) -> None:
    language, phrases = book
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))[language]
    wrong = [
        (text, expected)
        for expected, texts in ((True, cases["says"]), (False, cases["says_not"]))
        for text in texts
        if expected != any(hit.act == path.stem for hit in phrases.search(text))
    ]
    assert [] == wrong


def test_both_languages_have_the_same_acts() -> None:
    english, chinese = ({act.name: act.party for act in load_acts([BUILT_IN], language)} for language in ("en", "zh"))
    assert english == chinese


def write(folder: Path, text: str, name: str = "closing_check") -> None:
    (folder / "en").mkdir(parents=True, exist_ok=True)
    (folder / "en" / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_a_sites_file_adds_to_the_one_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path / "a", "about: A.\nparty: agent\nphrases: [anything else]\nunless: [nothing else]\n")
    write(tmp_path / "b", "about: B.\nparty: agent\nphrases: [what more]\n")
    (act,) = load_acts([tmp_path / "a", tmp_path / "b"], "en")
    assert (("anything else", "what more"), ("nothing else",), Party.AGENT) == (act.phrases, act.unless, act.party)


def test_a_sites_file_may_replace_the_one_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path / "a", "about: A.\nparty: agent\nphrases: [anything else]\n")
    write(tmp_path / "b", "about: B.\nparty: any\nphrases: [what more]\nreplace: true\n")
    (act,) = load_acts([tmp_path / "a", tmp_path / "b"], "en")
    assert (("what more",), Party.UNKNOWN) == (act.phrases, act.party)


def test_every_fault_in_every_file_is_named_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "about: A.\nparty: agent\nphrases:\n  - fine\n  - (open\n  - '{nobody}'\n")
    write(tmp_path, "about: A.\nparty: robot\nphrases: [x]\n", name="greeting")
    with pytest.raises(ConfigurationError) as caught:
        load_acts([tmp_path], "en")
    assert [("closing_check.yaml", 5), ("closing_check.yaml", 6), ("greeting.yaml", 2)] == [
        (Path(problem.where).name, problem.line) for problem in caught.value.problems
    ]
