"""Expressions as QA people write them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.domain import AtLeast, Expression, Name, Not
from qa_pipeline.rules.expression import DEEPEST, LONGEST, ExpressionError, names, parse, show

WORDS = ("and", "or", "not")
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name not in WORDS).map(Name)


def counted(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    return several.flatmap(lambda some: st.integers(1, len(some)).map(lambda count: AtLeast(count, some)))


EXPRESSIONS = st.recursive(NAMES, lambda parts: parts.map(Not) | counted(parts), max_leaves=8)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a", "a"),
        ("a or b and c", "a or (b and c)"),
        ("a and b or c", "(a and b) or c"),
        ("not a and b", "(not a) and b"),
        ("not a or b", "(not a) or b"),
        ("not not a", "not (not a)"),
        ("(a or b) and c", "(a or b) and c"),
        ("a and b and c", "a and b and c"),
        ("((a))", "a"),
    ],
)
def test_not_binds_closest_then_and_then_or(text: str, meant: str) -> None:
    assert meant == show(parse(text))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a && !b || c", "(a and (not b)) or c"),
        ("a AND Not b Or c", "(a and (not b)) or c"),
        ("a且非b或c", "(a and (not b)) or c"),
        ("a 并且 b 或者 c", "(a and b) or c"),
        ("a而且b", "a and b"),
        ("（a或b）且c", "(a or b) and c"),
        ("a\n  and\n  b", "a and b"),
    ],
)
def test_signs_and_chinese_words_mean_the_same(text: str, meant: str) -> None:
    assert meant == show(parse(text))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("at least 2 of (a, b, c)", "at least 2 of (a, b, c)"),
        ("At  Least 2  Of(a,b,c)", "at least 2 of (a, b, c)"),
        ("至少2项(a, b, c)", "at least 2 of (a, b, c)"),
        ("至少 2 个：（a、b，c）", "at least 2 of (a, b, c)"),
        ("at least 2 of (a and b, not c, d or e)", "at least 2 of (a and b, not c, d or e)"),
        ("x and at least 1 of (a, b)", "x and (a or b)"),
        ("at least 2 of (a, b)", "a and b"),
        ("at least 1 of (a)", "a"),
        ("any of (a, b)", "a or b"),
        ("all of (a, b)", "a and b"),
        ("none of (a, b)", "not (a or b)"),
        ("none of (a)", "not a"),
        ("any of （a、b）", "a or b"),
        ("非any of (a, b)", "not (a or b)"),
        ("any of (a, at least 2 of (b, c, d))", "a or at least 2 of (b, c, d)"),
    ],
)
def test_counts_in_both_languages(text: str, meant: str) -> None:
    assert meant == show(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a b",
        "a and",
        "(a",
        "a, b",
        "()",
        "any of ()",
        "any of a",
        "f(a)",
        "at_least()",
        "at_least(True, a, b)",
        "any_of(x=a)",
        "any of (*a)",
        "a(b)(c)",
        "a.b",
        "a[0]",
        "1",
        "1or a",
        "a and 2",
        "True",
        "None or a",
        "'a'",
        "a == b",
        "a != b",
        "a < b",
        "a in b",
        "a is b",
        "lambda: a",
        "lambda x: a",
        "a if b else c",
        "a := b",
        "[a]",
        "{a}",
        "a + b",
        "-a",
        "~a",
        "a; b",
        "await a",
        "yield a",
        "a # and b",
        "a\\",
        "a\x00",
        "__import__('os')",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert repr(text)[1:-1] in str(caught.value)


def test_nothing_behind_a_number_sign_is_lost_in_silence() -> None:
    with pytest.raises(ExpressionError):
        parse("greeting # and farewell")


@pytest.mark.parametrize("text", ["at least 0 of (a, b)", "at least 3 of (a, b)", "至少3项(a, b)"])
def test_a_count_must_be_possible(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"asks for \d of 2"):
        parse(text)


def test_an_expression_has_a_length() -> None:
    long = " or ".join(["name"] * 63)
    assert len(long) <= LONGEST
    assert 63 == len(list(names(parse(long))))
    with pytest.raises(ExpressionError, match="at most 500 characters"):
        parse(long + " or n")


def test_an_expression_nests_so_deep_and_no_deeper() -> None:
    assert "not" in show(parse("not " * (DEEPEST - 1) + "a"))
    for text in ("not " * DEEPEST + "a", "!" * (LONGEST - 1) + "a", "any of (b, " * DEEPEST + "a" + ")" * DEEPEST):
        with pytest.raises(ExpressionError, match="nests too deeply"):
            parse(text)


@pytest.mark.parametrize("depth", [150, 240])
def test_a_heap_of_brackets_is_read_or_refused_and_never_breaks(depth: int) -> None:
    with suppress(ExpressionError):
        assert "a" == show(parse("(" * depth + "a" + ")" * depth))


@pytest.mark.parametrize("name", ["return", "pass", "is", "class", "match", "at_least", "any", "of", "a_1"])
def test_words_that_python_knows_are_names_like_others(name: str) -> None:
    assert AtLeast(2, (Name(name), Not(Name("a")))) == parse(f"{name} and not a")


def test_names_come_from_left_to_right_as_often_as_they_stand() -> None:
    assert ["b", "a", "b", "c"] == list(names(parse("b and not a or at least 2 of (b, c)")))


@given(EXPRESSIONS)
def test_what_is_shown_is_read_as_the_same(expression: Expression) -> None:
    assert expression == parse(show(expression))


@given(st.text("ab ()&|!,#.且或非（）、2至少项", max_size=25))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except ExpressionError:
        return
    assert found == parse(show(found))
