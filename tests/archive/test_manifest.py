"""Reading manifests: good ones in every dress, bad rows, bad files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_pipeline.archive.fields import call_meta
from qa_pipeline.archive.manifest import Manifest, read_manifest
from qa_pipeline.domain import CallMeta, ConfigurationError

HEADER = (
    "recording,call_id,agent_id,agent_name,team,queue,language,started_at,direction,customer_id,agent_channel,csat,"
    "disposition,category,resolved_at,duration_seconds"
)


@pytest.fixture
def read(root: Path) -> Callable[..., Manifest]:
    """Reads a manifest of these bytes in an archive with a.wav to e.wav and sub/f.wav."""
    (root / "sub").mkdir()
    for name in ("a.wav", "b.wav", "c.wav", "d.wav", "e.wav", "sub/f.wav"):
        (root / name).touch()

    def write_and_read(content: str | bytes, folder: Path | None = None) -> Manifest:
        path = (folder or root) / "calls.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_manifest(path, root)

    return write_and_read


def outcomes(table: Manifest) -> list[tuple[int, str]]:
    taken = [(row.line, "taken") for row in table.rows]
    return sorted(taken + [(row.line, row.error.code) for row in table.refused])


def test_a_full_row_gives_all_that_is_known_of_a_call(read: Callable[..., Manifest]) -> None:
    table = read(
        f"{HEADER}\na.wav,C1,A7,Ann Lee,Blue,billing,en-US,2026-11-21T09:30:00+08:00,Inbound,K3,Left,4.5,solved,"
        "Late refund,2026-11-22T08:00:00+08:00,12.3\n"
    )
    (row,) = table.rows
    assert (row.line, row.recording) == (2, "a.wav")
    assert call_meta(row.said, call_id="default") == CallMeta(
        call_id="C1",
        agent_id="A7",
        agent_name="Ann Lee",
        team="Blue",
        queue="billing",
        language="en",
        started_at=datetime(2026, 11, 21, 1, 30, tzinfo=UTC),
        direction="inbound",
        customer_id="K3",
        agent_channel="left",
        csat=4.5,
        disposition="solved",
        category="Late refund",
        resolved_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "content",
    [
        "recording,agent_name\na.wav,王芳\n".encode(),
        "recording,agent_name\na.wav,王芳\n".encode("utf-8-sig"),
        "recording,agent_name\r\na.wav,王芳\r\n".encode("gb18030"),
        "recording;agent_name\na.wav;王芳\n".encode(),
        "recording\tagent_name\na.wav\t王芳".encode(),
        ' Recording , "Agent Name" \na.wav, 王芳 \n'.replace('"', "").encode(),
        "AGENT-NAME,RECORDING\n王芳,a.wav\n".encode(),
        "recording,agent_name\r\ra.wav,王芳\r".encode(),
        '\n\nrecording,agent_name\n\n"a.wav","王芳"\n,,\n\n'.encode(),
        "recording,agent_name,,\na.wav,王芳,,\n".encode(),
    ],
)
def test_tables_come_in_many_dresses(read: Callable[..., Manifest], content: bytes) -> None:
    table = read(content)
    assert table.refused == ()
    assert [(row.recording, row.said["agent_name"]) for row in table.rows] == [("a.wav", "王芳")]


def test_a_value_may_hold_line_breaks_and_lines_are_counted_as_an_editor_does(read: Callable[..., Manifest]) -> None:
    table = read('recording,notes,csat\na.wav,"two\nlines",1\nb.wav,x,bad\nc.wav,"a ""b"", c",2\n')
    assert outcomes(table) == [(2, "taken"), (4, "bad_csat"), (5, "taken")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",C1,A1", "no_recording"),
        ("gone.wav,C1,A1", "not_found"),
        ("A.wav,C1,A1", "not_found"),
        ("sub,C1,A1", "not_found"),
        ("x" * 5000 + ".wav,C1,A1", "not_found"),
        ("../outside.wav,C1,A1", "outside_archive"),
        ("/etc/hostname,C1,A1", "outside_archive"),
        ("C:\\calls\\a.wav,C1,A1", "outside_archive"),
        ("b.wav,C1,A1,extra", "bad_row"),
        ('b.wav,"C1,A1', "bad_row"),
        ('b.wav,"C"1,A1', "bad_row"),
        ("b.wav," + "y" * 200_000, "bad_row"),
        ("b.wav," + "y" * 501, "value_too_long"),
        ("c.wav,C1,A1", "duplicate_row"),
        ("b.wav,C0,A1", "duplicate_call_id"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_go_on(
    read: Callable[..., Manifest], tmp_path: Path, row: str, code: str
) -> None:
    (tmp_path / "outside.wav").touch()
    table = read(f'recording,call_id,agent_id\nc.wav,C0,A1\n{row}\nd.wav,C3,"A2"\ne.wav,,""\n')
    assert outcomes(table) == [(2, "taken"), (3, code), (4, "taken"), (5, "taken")]
    assert not code.startswith("bad") or table.refused[0].recording == "b.wav"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("started_at", "21.11.2026", "bad_date"),
        ("started_at", "2026-02-30", "bad_date"),
        ("resolved_at", "tomorrow", "bad_date"),
        ("started_at", "0001-01-01T00:00:00+23:59", "bad_date"),
        ("language", "fr", "language_unsupported"),
        ("language", "zh-yue", "language_unsupported"),
        ("language", "粤语", "language_unsupported"),
        ("agent_channel", "2", "bad_agent_channel"),
        ("agent_channel", "middle", "bad_agent_channel"),
        ("csat", "nan", "bad_csat"),
        ("csat", "5 stars", "bad_csat"),
    ],
)
def test_a_value_that_cannot_be_read_refuses_its_row(
    read: Callable[..., Manifest], column: str, value: str, code: str
) -> None:
    table = read(f"recording,call_id,{column}\na.wav,C1,{value}\nb.wav,C2,\n")
    assert outcomes(table) == [(2, code), (3, "taken")]
    assert (table.refused[0].recording, table.refused[0].call_id) == ("a.wav", "C1")
    assert value in str(table.refused[0].error)


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("language", ["en", "EN_gb", "English", "en-US", "英语"], "en"),
        ("language", ["zh", "zh-CN", "zh_Hans", "cmn", "cmn-Hans-CN", "Chinese", "Mandarin", "中文", "普通话"], "zh"),
        ("agent_channel", ["left", "L", "0", "channel_0", "左"], "left"),
        ("agent_channel", ["Right", "r", "1", "ch1", "右"], "right"),
        ("started_at", ["2026-11-21", "2026-11-21T00:00:00Z", "20261121T000000"], datetime(2026, 11, 21, tzinfo=UTC)),
        ("csat", ["5", "5.0", "+5"], 5.0),
    ],
)
def test_values_are_read_in_every_usual_spelling(column: str, values: list[str], expected: object) -> None:
    assert [getattr(call_meta({column: value}, call_id="x"), column) for value in values] == [expected] * len(values)


def test_a_row_with_too_few_values_leaves_the_rest_unsaid(read: Callable[..., Manifest]) -> None:
    (row,) = read("recording,call_id,team\na.wav\n").rows
    assert call_meta(row.said, call_id="a") == CallMeta(call_id="a")


def test_a_second_row_is_good_when_the_first_was_refused(read: Callable[..., Manifest]) -> None:
    table = read("recording,call_id,csat\na.wav,C1,bad\na.wav,C1,3\n")
    assert outcomes(table) == [(2, "bad_csat"), (3, "taken")]


def test_paths_are_tried_from_the_archive_first_and_then_from_the_manifest(
    read: Callable[..., Manifest], root: Path
) -> None:
    (root / "sub" / "a.wav").touch()
    table = read("recording\na.wav\nf.wav\n../b.wav\nsub/../c.wav\nsub\\a.wav\n", folder=root / "sub")
    assert [row.recording for row in table.rows] == ["a.wav", "sub/f.wav", "b.wav", "c.wav", "sub/a.wav"]


def test_a_manifest_may_lie_outside_the_archive_and_its_recordings_may_not(
    read: Callable[..., Manifest], root: Path, tmp_path: Path
) -> None:
    (tmp_path / "stray.wav").touch()
    table = read(f"recording\ncalls/a.wav\nstray.wav\n{root}/b.wav\n", folder=tmp_path)
    assert outcomes(table) == [(2, "taken"), (3, "outside_archive"), (4, "taken")]
    assert [row.recording for row in table.rows] == ["a.wav", "b.wav"]


def test_a_link_out_of_the_archive_is_no_way_out(read: Callable[..., Manifest], root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.wav").touch()
    (root / "way").symlink_to(tmp_path)
    assert outcomes(read("recording\nway/secret.wav\n")) == [(2, "outside_archive")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"file,agent_id\na.wav,1\n", "no column 'recording'; the first line has: file, agent_id"),
        (b"recording,team,Team\na.wav,x,y\n", "column 'team' stands there twice"),
        (b'recording,"agent\na.wav,x\n', "quotes that do not close"),
        ("recording,team\na.wav,x\n".encode("utf-16"), "neither UTF-8 nor GB18030"),
        (b"recording,team\na.wav,caf\xe9,\n", "neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(read: Callable[..., Manifest], content: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read(content)
    assert said in str(error.value)


def test_a_manifest_that_is_not_there_says_so(root: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"calls\.csv: cannot be read"):
        read_manifest(root / "calls.csv", root)
