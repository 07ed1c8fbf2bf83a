"""Single sign-on with OpenID Connect: the authorization code flow with PKCE, state and nonce. Raises OidcError.

Authlib (the extra "oidc") speaks with the provider, joserfc, on which it rests, verifies what the provider has signed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from qa_pipeline.domain import QaError
from qa_pipeline.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

LASTS_S = 600
"""How long a person may take at the provider."""

_TIMEOUT_S = 10.0
_LEEWAY_S = 60  # how far two clocks may be apart
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that the provider alone can make; none with a shared secret, and never "none"."""


class OidcError(QaError):
    """Nobody is signed in; `code` is the key of the words that say why ("sso_…")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """What the browser keeps while the person is at the provider; `until` is in seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    to: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whom the provider vouches for. `logins` are names that an account may have been made under."""

    subject: str
    logins: tuple[str, ...]


def begin(settings: Settings, back: str, to: str) -> tuple[str, str]:
    """The provider's address to go to, and what the browser keeps in a cookie meanwhile; `back` is our address."""
    began = Began(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        to=to,
        until=int(time.time()) + LASTS_S,
    )
    with _client(settings, back) as client:
        endpoint = _discovered(client, settings)["authorization_endpoint"]
        there, _ = client.create_authorization_url(
            endpoint, state=began.state, code_verifier=began.verifier, nonce=began.nonce
        )
    return str(there), sealed(settings, began)


def finish(settings: Settings, back: str, kept: str, answer: Mapping[str, str]) -> tuple[Known, str]:
    """Whom the provider's answer (the query of our address) vouches for, and where they wanted to go."""
    began = opened(settings, kept)
    if began is None or not secrets.compare_digest(began.state.encode(), answer.get("state", "").encode()):
        raise OidcError("No sign-on was begun in this browser.", code="sso_again")
    if answer.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise OidcError("The answer is another provider's.", code="sso_invalid")
    if "error" in answer or not answer.get("code"):
        raise OidcError("The provider refused.", code="sso_refused")
    with _client(settings, back) as client:
        provider = _discovered(client, settings)
        token = _asked(lambda: client.fetch_token(
            provider["token_endpoint"], code=answer["code"], code_verifier=began.verifier,
            grant_type="authorization_code",
        ))  # fmt: skip
        keys = _asked(
            lambda: client.request("GET", provider["jwks_uri"], withhold_token=True).raise_for_status().json()
        )
    claims = _verified(settings, str(token.get("id_token", "")), keys, began.nonce)
    return _known(settings, claims), began.to


def sealed(settings: Settings, began: Began) -> str:
    """What the cookie holds: signed, so that nobody makes one up."""
    text = base64.urlsafe_b64encode(json.dumps(asdict(began)).encode()).decode().rstrip("=")
    return f"{text}.{_seal(settings, text)}"


def opened(settings: Settings, kept: str) -> Began | None:
    """What a cookie holds; None where it is not ours or has run out."""
    text, _, seal = kept.partition(".")
    if not secrets.compare_digest(seal.encode(), _seal(settings, text).encode()):
        return None
    try:
        began = Began(**json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
    except (binascii.Error, ValueError, TypeError):
        return None
    return began if began.until > time.time() else None


def _seal(settings: Settings, text: str) -> str:
    secret = settings.oidc_client_secret.encode() or _own_secret()
    return hmac.new(hashlib.sha256(b"qa sso\0" + secret).digest(), text.encode(), hashlib.sha256).hexdigest()


@cache
def _own_secret() -> bytes:
    """Where the provider gave no secret: one of this process."""
    return secrets.token_bytes(32)


def _client(settings: Settings, back: str) -> OAuth2Client:
    try:
        from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415 - an extra
    except ImportError:
        raise OidcError(
            "Single sign-on needs a part that is not installed.",
            code="sso_missing",
            hint="pip install 'qa-pipeline[oidc]'.",
        ) from None
    return OAuth2Client(
        settings.oidc_client_id,
        settings.oidc_client_secret or None,
        scope="openid profile email",
        redirect_uri=back,
        code_challenge_method="S256",
        timeout=_TIMEOUT_S,
    )


def _discovered(client: OAuth2Client, settings: Settings) -> dict[str, str]:
    """What the provider says of itself."""
    address = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    found: dict[str, str] = _asked(
        lambda: client.request("GET", address, withhold_token=True).raise_for_status().json()
    )
    wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not isinstance(found, dict) or found.get("issuer") != settings.oidc_issuer or not all(map(found.get, wanted)):
        raise OidcError("The provider describes itself otherwise than it is set up.", code="sso_unreachable")
    return found


def _asked(ask: Any) -> Any:  # noqa: ANN401 - JSON
    """The provider's answer. Whatever goes wrong on the way is one error: its words may hold secrets."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - Authlib's, its HTTP library's and JSON's errors have no common root
        raise OidcError(f"The provider does not answer: {type(error).__name__}.", code="sso_unreachable") from None


def _verified(settings: Settings, token: str, keys: Any, nonce: str) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    """The claims of an ID token that the provider signed for us and for this visit (OpenID Connect Core, 3.1.3.7)."""
    from joserfc import jwt  # noqa: PLC0415 - an extra
    from joserfc.errors import JoseError  # noqa: PLC0415 - likewise
    from joserfc.jwk import KeySet  # noqa: PLC0415 - likewise

    expected = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": settings.oidc_issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(_ALGORITHMS)).claims
        expected.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise OidcError(f"The ID token does not hold: {type(error).__name__}.", code="sso_invalid") from None
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if several else settings.oidc_client_id) != settings.oidc_client_id:
        raise OidcError("The ID token was made for another.", code="sso_invalid")
    return claims


def _known(settings: Settings, claims: Mapping[str, Any]) -> Known:
    names = [claims.get("preferred_username")]
    if claims.get("email_verified") is True:
        names.append(claims.get("email"))
    return Known(
        subject=f"{settings.oidc_issuer}|{claims['sub']}",
        logins=tuple(name for name in names if isinstance(name, str) and name.strip()),
    )
