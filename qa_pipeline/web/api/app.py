"""The interface put together: its own application under the page, with its own schema and errors."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI

from qa_pipeline.web.api import v1
from qa_pipeline.web.api.gate import Meter
from qa_pipeline.web.api.problems import tell_problems
from qa_pipeline.web.desk import Desk

SCHEMA_VERSION = "1.1.0"
"""Of what goes in and out: the last number rises with descriptions, the middle one with additions, the first one with
anything that could break a program; then the path changes too.
"""


def create_api(desk: Desk, statuses: Mapping[str, int]) -> FastAPI:
    """The interface over the page's desk; `statuses` are those of errors by their code."""
    api = FastAPI(
        title="Call quality: the interface for programs",
        version=SCHEMA_VERSION,
        description=(
            "Calls, findings, scores, transcripts, reviews and agents' figures. Every request carries a token "
            "(`Authorization: Bearer qa_…`) and may and sees what its owner may and sees. Errors are "
            "`application/problem+json` with a stable `code`."
        ),
        servers=[{"url": "/api/v1"}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    api.state.desk = desk
    api.state.meter = Meter()
    api.include_router(v1.router)
    tell_problems(api, statuses)
    return api
