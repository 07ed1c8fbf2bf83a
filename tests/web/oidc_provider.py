"""A small provider of OpenID Connect on loopback, with real keys: what a test changes is what goes wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "call-quality", "only the two of us know"


@cache
def a_key() -> RSAKey:
    """Made once: it takes a while."""
    return RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig", "alg": "RS256"})


class Provider:
    """Vouches for whoever `person` says; `change` is laid over the ID token's claims, None takes a claim out."""

    def __init__(self) -> None:
        self.issuer = ""
        self.person: dict[str, Any] = {"sub": "u-1", "preferred_username": "rosa"}
        self.change: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.key = a_key()
        self.signs_with = self.key
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "k1"}
        self.token: str | None = None
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str) -> str:
        """What the person's browser does at the provider; gives the address that it is sent back to."""
        query = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert (CLIENT, "code", "S256") == (query["client_id"], query["response_type"], query["code_challenge_method"])
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def described(self) -> dict[str, Any]:
        made = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return made | self.metadata

    def exchanged(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """An ID token for a code: once, for who asked for it, with the verifier that fits."""
        self.asked.append(form)
        begun = self._codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        right = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            begun is None
            or authorization != right
            or begun["code_challenge"] != challenge.decode().rstrip("=")
            or begun["redirect_uri"] != form.get("redirect_uri")
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"],
            **self.person, **self.change,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.token or jwt.encode(self.header, claims, self.signs_with, algorithms=[self.header["alg"]])
        return 200, {"access_token": "not used", "token_type": "Bearer", "expires_in": 60, "id_token": token}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that runs while the block lasts."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self._answer(200, made.described())
            elif self.path == "/keys":
                self._answer(200, KeySet([made.key]).as_dict(private=False))
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            plain = {name: value[0] for name, value in form.items()}
            self._answer(*made.exchanged(plain, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: object) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
