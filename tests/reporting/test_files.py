from pathlib import Path

import pytest

from qa_pipeline.reporting.files import clean, page_names, remove_stale, replacing, write_text


@pytest.mark.parametrize(
    "agent_id",
    [
        "../../x",
        "..",
        ".",
        "a/b",
        "a\\b",
        "C:x",
        "con",
        "NUL",
        "王小明",
        "x" * 300,
        " ",
        "a.html",
        "\udc80",
        "\x00",
        "-x",
    ],
)
def test_a_hostile_agent_id_stays_in_the_folder(agent_id: str, tmp_path: Path) -> None:
    name = page_names([agent_id])[agent_id]
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()
    assert name.isascii()
    assert len(name) < 100
    assert not name.startswith((".", "-"))
    assert name.partition(".")[0].lower() not in {"con", "nul"}
    write_text(tmp_path / name, "x")


def test_a_plain_agent_id_is_its_own_file_name() -> None:
    assert {"A-10_2": "A-10_2.html"} == page_names(["A-10_2"])


def test_no_two_agents_share_a_file_on_any_system() -> None:
    ids = [
        "a1",
        "A1",
        "a/1",
        "a\\1",
        "a-1",
        "",
        "_not-named",
        "not-named",
        "王",
        "李",
        "x" * 70,
        "x" * 71,
        "é",
        "e\u0301",
    ]
    ids += [Path(name).stem for name in page_names(ids).values()]
    names = page_names(ids)
    assert len(set(ids)) == len({name.casefold() for name in names.values()})


def test_a_name_depends_on_the_agents_not_on_their_order() -> None:
    assert page_names(["b", "../a", "B"]) == page_names(["B", "b", "../a"])


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def fail() -> None:
        with replacing(path) as part:
            part.write_text("half", encoding="utf-8")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert ("old", [path]) == (path.read_text(encoding="utf-8"), list(tmp_path.iterdir()))


def test_the_team_may_read_what_was_written(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "x")
    assert 0o644 == (tmp_path / "a.txt").stat().st_mode & 0o777


def test_only_pages_that_an_earlier_run_listed_are_removed(tmp_path: Path) -> None:
    for name in ("a.html", "b.html", "mine.html"):
        write_text(tmp_path / name, "x")
    remove_stale(tmp_path, ["a.html", "b.html"])
    remove_stale(tmp_path, ["b.html"])
    assert {"b.html", "mine.html", "pages.txt"} == {path.name for path in tmp_path.iterdir()}


def test_a_tampered_list_removes_nothing_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "agents"
    write_text(tmp_path / "x.html", "x")
    write_text(folder / "keep.txt", "x")
    write_text(folder / "pages.txt", "../x.html\nkeep.txt\n/etc/x.html\n\n")
    remove_stale(folder, [])
    assert (True, True) == ((tmp_path / "x.html").exists(), (folder / "keep.txt").exists())


def test_cleaning_keeps_ordinary_text() -> None:
    assert "tab\tline\n王 é 😀" == clean("tab\tline\n王 é 😀")
