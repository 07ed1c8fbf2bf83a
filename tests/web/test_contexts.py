"""Templates ask only for what their context has, and only for words that exist: read from their syntax trees.

Which template is rendered with which context is read from the code: every call of `render(visit, "x.html", …)`,
`text_of(…)` and `get_template("x.html").render(page=…)`, whose context is a dataclass by its call or by its annotation.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from qa_pipeline.reporting import wording
from qa_pipeline.web import desk
from qa_pipeline.web.render import environment
from qa_pipeline.web.words import WORDS

WEB = Path(desk.__file__).parent
TEMPLATES = sorted(path.relative_to(WEB / "templates").as_posix() for path in (WEB / "templates").rglob("*.html"))


def environment_() -> Environment:
    return environment("en")


def tree(template: str) -> nodes.Template:
    loader = environment_().loader
    assert loader is not None
    return environment_().parse(loader.get_source(environment_(), template)[0])


def relatives(template: str) -> set[str]:
    """The templates that a template extends or includes, with theirs, and itself."""
    found, todo = {template}, [template]
    while todo:
        for node in tree(todo.pop()).find_all((nodes.Extends, nodes.Include)):
            name = getattr(getattr(node, "template", None), "value", None)
            if isinstance(name, str) and name not in found:
                found.add(name)
                todo.append(name)
    return found


def asked_of_page(template: str) -> set[str]:
    """The attributes of `page` that a template reads, in the macros that it calls from elsewhere too."""
    asked, todo, seen = read_of(tree(template)), called(template, tree(template)), set()
    while todo:
        file, name = todo.pop()
        macro = next((one for one in tree(file).find_all(nodes.Macro) if one.name == name), None)
        if macro is not None and (file, name) not in seen:
            seen.add((file, name))
            asked |= read_of(macro)
            todo |= called(file, macro)
    return asked


def read_of(node: nodes.Node) -> set[str]:
    """What is read of `page`, macros inside left out: they count where they are called.

    A macro that has an argument of that name reads something else.
    """
    if isinstance(node, nodes.Macro) and "page" in {one.name for one in node.args}:
        return set()
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name == "page":
        return {node.attr}
    inner = (one for one in node.iter_child_nodes() if not isinstance(one, nodes.Macro))
    return set().union(*(read_of(one) for one in inner))


def called(file: str, node: nodes.Node) -> set[tuple[str, str]]:
    """The macros of other files (or of the same one) that a node calls, as file and name."""
    whole = tree(file)
    aliases = {one.target: one.template.value for one in whole.find_all(nodes.Import)}
    single = {
        (name if isinstance(name, str) else name[1]): (one.template.value, name if isinstance(name, str) else name[0])
        for one in whole.find_all(nodes.FromImport)
        for name in one.names
    }
    found = set()
    for one in node.find_all(nodes.Call):
        target = one.node
        if isinstance(target, nodes.Getattr) and isinstance(target.node, nodes.Name) and target.node.name in aliases:
            found.add((aliases[target.node.name], target.attr))
        elif isinstance(target, nodes.Name):
            found.add(single.get(target.name, (file, target.name)))
    return found


def contexts() -> dict[str, set[type]]:
    """The dataclasses that each template is rendered with."""
    found: dict[str, set[type]] = defaultdict(set)
    for path in sorted(WEB.rglob("*.py")):
        name = "qa_pipeline.web." + path.relative_to(WEB).with_suffix("").as_posix().replace("/", ".")
        module = ast.parse(path.read_text("utf-8"))
        scope = dict(vars(import_module(name.removesuffix(".__init__"))))
        returns = {
            one.name: ast.unparse(one.returns)
            for one in ast.walk(module)
            if isinstance(one, ast.FunctionDef) and one.returns
        }
        for made_by, function in scope.copy().items():  # what is made elsewhere is known by what makes it
            kind = function.__annotations__.get("return") if inspect.isfunction(function) else None
            if kind is not None and made_by not in returns:
                returns[made_by] = str(kind)
                scope = {one: function.__globals__.get(one) for one in re.findall(r"\w+", str(kind))} | scope
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef):
                for template, context in rendered(function):
                    for kind in kinds(context, function, returns):
                        made = scope.get(kind)
                        if isinstance(made, type):
                            found[template].add(made)
    return found


def rendered(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Templates that are named in a function, with what they are rendered with."""
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        callee = ast.unparse(call.func)
        if callee.split(".")[-1] in ("render", "text_of") and len(call.args) >= 3:
            yield from ((one, call.args[2]) for one in names(call.args[1], function))
        elif callee.endswith(".render"):
            page = next((one.value for one in call.keywords if one.arg == "page"), None)
            getter = next((one for one in ast.walk(call.func) if isinstance(one, ast.Call)), None)
            if page is not None and getter is not None and getter.args:
                yield from ((one, page) for one in names(getter.args[0], function))


def names(value: ast.expr, function: ast.FunctionDef) -> list[str]:
    """The templates that an expression, or a variable of the function, can name."""
    if isinstance(value, ast.Name):
        given = [
            one.value
            for one in ast.walk(function)
            if isinstance(one, ast.Assign) and any(ast.unparse(to) == value.id for to in one.targets)
        ]
        return [name for one in given for name in names(one, function) if not isinstance(one, ast.Name)]
    return [
        one.value
        for one in ast.walk(value)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.endswith(".html")
    ]


def kinds(value: ast.expr, function: ast.FunctionDef, returns: dict[str, str]) -> set[str]:
    """The names of the classes that an expression can be of."""
    if isinstance(value, ast.IfExp):
        return kinds(value.body, function, returns) | kinds(value.orelse, function, returns)
    if isinstance(value, ast.Call):
        called = ast.unparse(value.func)
        if called == "replace" and value.args:
            return kinds(value.args[0], function, returns)
        return set(re.findall(r"\w+", returns[called])) if called in returns else {called.split(".")[-1]}
    if isinstance(value, ast.Name):
        arguments = [*function.args.args, *function.args.kwonlyargs]
        annotated = {one.arg: ast.unparse(one.annotation) for one in arguments if one.annotation}
        found = set(re.findall(r"\w+", annotated.get(value.id, "")))
        for one in ast.walk(function):
            if isinstance(one, ast.Assign) and value.id in map(ast.unparse, one.targets):
                found |= set() if ast.unparse(one.value) == value.id else kinds(one.value, function, returns)
            if isinstance(one, ast.AnnAssign) and ast.unparse(one.target) == value.id:
                found |= set(re.findall(r"\w+", ast.unparse(one.annotation)))
        return found
    return set()


CONTEXTS = contexts()


def has(kind: type) -> set[str]:
    fields = {one.name for one in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    return fields | {name for name in dir(kind) if not name.startswith("_")}


@pytest.mark.parametrize("template", sorted(CONTEXTS))
def test_a_template_asks_only_for_what_its_context_has(template: str) -> None:
    asked = set().union(*(asked_of_page(one) for one in relatives(template)))
    for kind in CONTEXTS[template]:
        assert (kind.__name__, set()) == (kind.__name__, asked - has(kind))


def test_the_context_of_every_template_that_asks_for_one_is_known() -> None:
    covered = set().union(*(relatives(one) for one in CONTEXTS))
    covered |= {file for one in covered for file, _ in called(one, tree(one))}
    assert [] == [one for one in TEMPLATES if asked_of_page(one) and one not in covered]


def test_contexts_are_frozen_dataclasses() -> None:
    every = {kind for one in CONTEXTS.values() for kind in one}
    assert {"QueueView", "SignInPage", "MePage", "ErrorPage"} <= {kind.__name__ for kind in every}
    assert [] == [one.__name__ for one in every if not one.__dataclass_params__.frozen]  # type: ignore[attr-defined]


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_words_that_a_template_says_exist(template: str) -> None:
    lacking = []
    for call in tree(template).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and call.args:
            lacking += [key for key in keys(call.args[0]) if not known(key)]
    assert [] == lacking


def keys(value: nodes.Node) -> list[str]:
    """The keys that an expression names: whole, or "prefix*" where the rest is worked out."""
    if isinstance(value, nodes.Const) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, nodes.CondExpr):
        return [key for one in (value.expr1, value.expr2) if one is not None for key in keys(one)]
    if isinstance(value, (nodes.Concat, nodes.Add)):
        first = value.nodes[0] if isinstance(value, nodes.Concat) else value.left
        if isinstance(first, nodes.Const) and isinstance(first.value, str):
            return [f"{first.value}*"]
    return []


def known(key: str) -> bool:
    if key.endswith("*"):
        return any(one.startswith(key[:-1]) for one in WORDS)
    return key in WORDS or key in wording._WORDS


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_in_a_template_goes_unescaped_or_inline(template: str) -> None:
    text = (WEB / "templates" / template).read_text("utf-8")
    filters = {one.name for one in tree(template).find_all(nodes.Filter)}
    marked = list(tree(template).find_all((nodes.MarkSafe, nodes.ScopedEvalContextModifier)))
    assert (set(), []) == (filters & {"safe", "forceescape"}, marked)
    assert [] == re.findall(r"""\s(?:style|on[a-z]+)\s*=\s*["']""", text)
    assert [] == re.findall(r"(?:src|href|action)=[\"'](?:https?:)?//", text)
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", text):
        assert "src=" in tag or "nonce=" in tag or "application/json" in tag, tag
