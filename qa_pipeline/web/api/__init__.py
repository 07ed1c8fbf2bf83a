"""The interface for other programs: `/api/v1`, JSON, a token in each request."""

from qa_pipeline.web.api.app import create_api

__all__ = ["create_api"]
