"""Whether Prefect's server is there before a night begins."""

from __future__ import annotations

from prefect.client.orchestration import get_client
from prefect.settings import get_current_settings


def reachable() -> bool:
    """Whether the server that is set answers; without one, flows start their own."""
    if not get_current_settings().api.url:
        return True
    with get_client(sync_client=True) as client:
        return client.api_healthcheck() is None
