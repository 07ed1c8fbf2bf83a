"""Expressions over conditions, as QA people write them, to trees and back.

    greeting and (offer_of_help or self_introduction)
    not blame
    at least 2 of (probing_question, restatement, empathy)
    any of (a, b)      all of (a, b)      none of (a, b)

"not" binds closest, then "and", then "or", as everywhere. `&&`, `||`, `!` and 且, 或, 非 mean the same, 至少2项(a, b)
is "at least 2 of". Python's own parser reads it; nothing is ever run.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

from qa_pipeline.domain import AtLeast, Expression, Name, Not

LONGEST = 500  # characters
DEEPEST = 20  # parts inside parts
_SPELLED = (
    (re.compile(r"（"), "("),
    (re.compile(r"）"), ")"),
    (re.compile(r"[，、]"), ","),
    (re.compile(r"&&|并且|而且|且"), " and "),
    (re.compile(r"\|\||或者|或"), " or "),
    (re.compile(r"!(?!=)|非"), " not "),
    (re.compile(r"\b(and|or|not)\b", re.IGNORECASE), lambda found: found[1].lower()),
    (
        re.compile(r"(?:\bat\s+least\s+(\d+)\s+of|至少\s*(\d+)\s*[项个](?:[:：]|\s)*)\s*\(", re.IGNORECASE),
        r" at_least(\1\2, ",
    ),
    (re.compile(r"\b(any|all|none)\s+of\s*\(", re.IGNORECASE), lambda found: f" {found[1].lower()}_of("),
)
# what only Python knows; it would pass over everything behind a "#" without a word
_FOREIGN = re.compile(r"[^\w\s(),]|(?<!\bat_least\()\b\d")
# words that Python keeps for itself and that may well name a condition ("return"): a mark makes plain names of them
_MARK = "·"
_KEPT = re.compile(rf"\b({'|'.join({word for word in keyword.kwlist if word.islower()} - {'and', 'or', 'not'})})\b")


class ExpressionError(ValueError):
    """An expression that cannot be read; the text says why."""


def parse(text: str) -> Expression:
    """The tree of an expression. Raises ExpressionError.

    >>> show(parse("a or b and not c"))
    'a or (b and (not c))'
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression has at most {LONGEST} characters; give parts of it a name of their own")
    spelled = text
    for pattern, replacement in _SPELLED:
        spelled = pattern.sub(replacement, spelled)
    cannot = ExpressionError(
        f"{text!r} cannot be read; it takes names, and, or, not, brackets, "
        "at least N of (…), any of (…), all of (…), none of (…)"
    )
    if _FOREIGN.search(spelled):
        raise cannot
    try:
        tree = ast.parse(_KEPT.sub(rf"\1{_MARK}", " ".join(spelled.split())), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise cannot from None
    return _tree(tree.body, text, DEEPEST)


def show(expression: Expression) -> str:
    """The expression with a pair of brackets around every part, so that nobody needs to know what binds closest."""
    return _show(expression, outermost=True)


def names(expression: Expression) -> Iterator[str]:
    """Every name in it, from left to right."""
    if isinstance(expression, Name):
        yield expression.name
    elif isinstance(expression, Not):
        yield from names(expression.part)
    else:
        for part in expression.parts:
            yield from names(part)


def _show(expression: Expression, *, outermost: bool = False) -> str:
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Not):
        text = f"not {_show(expression.part)}"
    elif expression.count in (1, len(expression.parts)):
        word = " or " if expression.count == 1 else " and "
        text = word.join(_show(part) for part in expression.parts)
    else:
        return f"at least {expression.count} of ({', '.join(_show(part, outermost=True) for part in expression.parts)})"
    return text if outermost else f"({text})"


def _tree(node: ast.expr, text: str, room: int) -> Expression:
    """`room` is how many more parts may stand inside one another."""
    if not room:
        raise ExpressionError(f"{text!r} nests too deeply; give parts of it a name of their own")
    if isinstance(node, ast.Name):
        return Name(node.id.removesuffix(_MARK))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return Not(_tree(node.operand, text, room - 1))
    if isinstance(node, ast.BoolOp):
        parts = tuple(_tree(value, text, room - 1) for value in node.values)
        return AtLeast(len(parts) if isinstance(node.op, ast.And) else 1, parts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _count(node.func.id, node.args, text, room)
    raise ExpressionError(f"{ast.unparse(node).replace(_MARK, '')!r} has no meaning in {text!r}")


def _count(word: str, arguments: list[ast.expr], text: str, room: int) -> Expression:
    if word == "at_least" and arguments:
        count, *arguments = arguments
        least = count.value if isinstance(count, ast.Constant) and type(count.value) is int else 0
        if not 1 <= least <= len(arguments):
            raise ExpressionError(f"{text!r} asks for {least} of {len(arguments)}")
    elif word in ("any_of", "all_of", "none_of") and arguments:
        least = len(arguments) if word == "all_of" else 1
    else:
        raise ExpressionError(f"{word}(…) has no meaning in {text!r}")
    parts = tuple(_tree(argument, text, room - 1) for argument in arguments)
    found = parts[0] if len(parts) == 1 else AtLeast(least, parts)
    return Not(found) if word == "none_of" else found
