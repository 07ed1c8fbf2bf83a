from __future__ import annotations

from collections.abc import Callable
from typing import Any

As = Callable[[str], Any]


def test_x(as_: As) -> None:
    page = as_("rosa").get("/call?id=A101-000")
    print(page.text)
    assert page.status_code == 200
