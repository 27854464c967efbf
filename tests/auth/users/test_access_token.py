"""Promise 27: what is not exactly a token of ours is refused."""

import base64
import hmac
import json
import random
import time
from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OctKey, RSAKey

from padstone.auth.users import access_token
from padstone.auth.users.access_token import AccessTokens
from padstone.auth.users.derived_keys import DerivedKeys
from padstone.auth.users.refresh_token import RefreshTokens
from padstone.settings import UserSettings

SECRET = "s" * 40


class Settings(UserSettings):
    SYSTEM: ClassVar[str] = "little"


class OtherSystem(UserSettings):
    SYSTEM: ClassVar[str] = "other"


USER, SESSION = uuid4(), uuid4()
SETTINGS = Settings(SECRET_KEY=SECRET)
TOKENS = AccessTokens(SETTINGS)
KEY = OctKey.import_key(DerivedKeys(SETTINGS, "access-token").current)


def issue(tokens: AccessTokens = TOKENS) -> str:
    return tokens.issue(USER, SESSION, at_most=time.time() + 3600)[0]


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, claims, _ = token.split(".")
    return decoded(head), decoded(claims)


def decoded(text: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(head: Any, claims: Any, key: OctKey | bytes | None = None) -> str:
    """Signed by hand, as ``head`` says where that is a hash: no library makes such tokens."""
    start = f"{encoded(head)}.{encoded(claims)}"
    return f"{start}.{signature_of(start, head, KEY if key is None else key)}"


def signature_of(start: str, head: Any = None, key: OctKey | bytes = b"") -> str:
    raw = key if isinstance(key, bytes) else key.raw_value
    bits = {"HS384": "sha384", "HS512": "sha512"}.get(str((head or {}).get("alg")), "sha256")
    return encoded(hmac.digest(raw or KEY.raw_value, start.encode(), bits))


def test_a_token_says_who_and_which_session_and_no_more() -> None:
    token = issue()
    head, claims = parts(token)
    assert set(head) == {"alg", "typ", "kid"}
    assert (head["alg"], head["typ"]) == ("HS256", "at+jwt")
    assert set(claims) == {"iss", "aud", "sub", "sid", "jti", "iat", "exp"}
    said = TOKENS.read(token)
    assert said is not None
    assert (said.user_id, said.session_id) == (USER, SESSION)
    assert claims["exp"] - claims["iat"] == SETTINGS.ACCESS_TOKEN_SECONDS
    assert issue() != token


def test_a_token_ends_with_its_session() -> None:
    token, seconds = TOKENS.issue(USER, SESSION, at_most=time.time() + 7.5)
    assert seconds <= 8
    with time_machine.travel(time.time() + 9, tick=False):
        assert TOKENS.read(token) is None


def test_a_token_expires_and_is_not_older_than_time() -> None:
    token = issue()
    now = time.time()
    with time_machine.travel(now + SETTINGS.ACCESS_TOKEN_SECONDS - 2, tick=False):
        assert TOKENS.read(token)
    with time_machine.travel(now + SETTINGS.ACCESS_TOKEN_SECONDS + 1, tick=False):
        assert TOKENS.read(token) is None
    with time_machine.travel(now - 50, tick=False):
        assert TOKENS.read(token), "the clocks of two hosts differ a little"
    with time_machine.travel(now - 120, tick=False):
        assert AccessTokens(SETTINGS).read(token) is None


def test_a_signature_is_checked_once_and_the_time_at_each_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens, token = AccessTokens(SETTINGS), issue()
    found = tokens.read(token)
    monkeypatch.setattr(tokens, "_read", lambda _: pytest.fail("it is known"))
    assert found is not None
    assert tokens.read(token) == found
    monkeypatch.undo()
    with time_machine.travel(found.expires_at, tick=False):
        assert tokens.read(token) is None
        assert tokens.read(token) is None


def test_what_is_not_believed_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_token, "_MOST_KNOWN", 3)
    tokens, token = AccessTokens(SETTINGS), issue()
    for end in range(9):
        assert tokens.read(f"{token}{end}") is None
    assert not tokens._known
    several = [issue() for _ in range(5)]
    assert all(tokens.read(one) for one in several)
    assert len(tokens._known) == 3
    assert all(tokens.read(one) for one in several)


def test_a_rotated_secret_logs_nobody_out() -> None:
    new = "n" * 40
    old_token = issue()
    rotated = AccessTokens(Settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[SECRET]))
    assert rotated.read(old_token)
    new_token = issue(rotated)
    assert parts(new_token)[0]["kid"] != parts(old_token)[0]["kid"]
    assert AccessTokens(Settings(SECRET_KEY=new)).read(new_token)
    assert AccessTokens(Settings(SECRET_KEY=new)).read(old_token) is None


def test_another_system_with_the_same_secret_is_another_system() -> None:
    other = AccessTokens(OtherSystem(SECRET_KEY=SECRET))
    assert TOKENS.read(issue(other)) is None
    assert other.read(issue()) is None


# 500 forgeries of 27, each named. All are signed with our own key where that makes sense, so that
# nothing but the rule in question refuses them.


def forged_headers() -> Iterator[tuple[str, str]]:
    head, claims = parts(issue())
    for alg in ("none", "None", "NONE", "nOnE", "", None, 0, [], ["HS256"]):
        for signature in ("", encoded(b""), encoded(b"0" * 32), issue().rpartition(".")[2]):
            fake = {**head, "alg": alg}
            yield f"alg {alg!r}", f"{encoded(fake)}.{encoded(claims)}.{signature}"
    for alg in ("HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", "HS256 ", "A128KW"):
        yield f"alg {alg}", signed({**head, "alg": alg}, claims)
    for typ in ("JWT", "jwt", "AT+JWT", "application/at+jwt", "rt+jwt", "", None, 1, ["at+jwt"]):
        yield f"typ {typ!r}", signed({**head, "typ": typ}, claims)
    tricks = ("../../etc/passwd", "/dev/null", "' OR '1'='1", "0", "", " ", None, 0, [], {}, True)
    for kid in (*tricks, head["kid"] + "x", head["kid"][:-1], head["kid"].swapcase()):
        yield f"kid {kid!r}", signed({**head, "kid": kid}, claims)
        yield f"kid {kid!r} with an empty key", signed({**head, "kid": kid}, claims, EMPTYISH)
    for name, value in SMUGGLED.items():
        yield f"{name} in the header", signed({**head, name: value}, claims)
        yield f"{name} and its own key", signed({**head, name: value}, claims, FOREIGN)
    for name in head:
        yield f"no {name}", signed({k: v for k, v in head.items() if k != name}, claims)


def forged_claims() -> Iterator[tuple[str, str]]:
    head, claims = parts(issue())
    now = int(time.time())
    other: list[Any] = ["other", "LITTLE", "little ", "", None, 1, True, [], ["little"], {}]
    other += [["little", "other"], "*", "little,other"]
    for name in ("aud", "iss"):
        for value in other:
            yield f"{name} {value!r}", signed(head, {**claims, name: value})
    for value in (None, "", "0", 1, [], {}, "not a uuid", str(USER)[:-1], [str(USER)], True):
        for name in ("sub", "sid"):
            yield f"{name} {value!r}", signed(head, {**claims, name: value})
    times = (None, "", "0", -1, 0, now - 1, now - 10**9, str(now + 900), True, [], {}, now + 0.5)
    for value in times:
        yield f"exp {value!r}", signed(head, {**claims, "exp": value})
    for value in (None, "", str(now), now + 3600, now + 10**9, True, [], {}, 1.5, "now"):
        yield f"iat {value!r}", signed(head, {**claims, "iat": value})
    for value in (None, "", 0, [], {}):
        yield f"jti {value!r}", signed(head, {**claims, "jti": value})
    for name in claims:
        yield f"no {name}", signed(head, {k: v for k, v in claims.items() if k != name})
    for payload in (b"", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b"{}"):
        start = f"{encoded(head)}.{encoded(payload)}"
        yield f"payload {payload!r}", f"{start}.{signature_of(start)}"


def forged_keys() -> Iterator[tuple[str, str]]:
    head, claims = parts(issue())
    purposes = ("refresh-token", "link.verify-email", "attempts", "", "access-token ")
    for purpose in purposes:
        own = OctKey.import_key(DerivedKeys(SETTINGS, purpose).current)
        yield f"the key for {purpose!r}", signed(head, claims, own)
    guesses = [SECRET, "secret", "", " ", "0" * 32, str(head["kid"]), "little", SECRET[:32]]
    for guess in guesses:
        yield f"the key {guess!r}", signed(head, claims, guess.encode() or b"\0")
    yield "another system's", issue(AccessTokens(OtherSystem(SECRET_KEY=SECRET)))
    yield "another secret's", issue(AccessTokens(Settings(SECRET_KEY="x" * 40)))
    yield "a refresh token", RefreshTokens(SETTINGS).issue(SESSION, 1)
    yield "the public key as a secret", signed(head, claims, FOREIGN_PUBLIC)


def mangled() -> Iterator[tuple[str, str]]:
    token = issue()
    first, second, third = token.split(".")
    for length in range(0, len(token), 7):
        yield f"cut at {length}", token[:length]
    chance = random.Random(27)  # noqa: S311  # the same forgeries each time
    for _ in range(250):
        place = chance.randrange(len(token) - 1)  # the last character has bits that mean nothing
        new = chance.choice("ABCXYZabcxyz0189-_.=+/ \n%")
        changed = token[:place] + new + token[place + 1 :]
        if changed != token:
            yield f"{new!r} at {place}", changed
    for text in (
        *("", ".", "..", "...", "a.b.c", "null.null.null", "é.é.é", "\0.\0.\0", " " + token),
        *(f"{first}.{second}", f"{first}.{second}.", f".{second}.{third}", f"{first}..{third}"),
        *(f"{token}.", f"{token}.{third}", f"{token}=", f"{token}\n", f"Bearer {token}", token * 9),
        *(f"{first}.{second}.{third}.{third}.{third}", token.replace(".", ","), token.upper()),
        json.dumps({"payload": second, "protected": first, "signature": third}),
        "x" * 100_000,
        f"{encoded(b'[' * 1000)}.{second}.{third}",
        f"{first}.{encoded(b'{' * 1000)}.{third}",
        f"{encoded({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'x', 'crit': ['exp']})}.{second}.x",
    ):
        yield f"text {text[:20]!r}", text
    for other in (issue(), signed(*parts(issue()))):
        a, b, c = other.split(".")
        yield "another's signature", f"{first}.{second}.{c}"
        yield "another's claims", f"{first}.{b}.{third}" if b != second else f"{a}.x.{third}"


EMPTYISH = OctKey.import_key(b"\0" * 32)
FOREIGN = OctKey.import_key(b"attacker" * 4)
_RSA = RSAKey.import_key(rsa.generate_private_key(public_exponent=65537, key_size=2048))
_EC = ECKey.generate_key("P-256")
FOREIGN_PUBLIC = _RSA.as_pem(private=False)
SMUGGLED: dict[str, Any] = {
    "jku": "https://attacker.example/jwks.json",
    "x5u": "https://attacker.example/cert.pem",
    "jwk": FOREIGN.as_dict(private=True),
    "x5c": ["MIIB"],
    "x5t": "AAAA",
    "crit": ["b64"],
    "b64": False,
    "cty": "JWT",
    "zip": "DEF",
    "enc": "A128GCM",
    "apu": "x",
    "epk": _EC.as_dict(private=False),
    "iss": "little",
    "extra": 1,
}
FORGERIES = {
    f"{number}: {what}": token
    for number, (what, token) in enumerate(
        entry for make in (forged_headers, forged_claims, forged_keys, mangled) for entry in make()
    )
}


def test_27_there_are_forgeries_enough() -> None:
    assert len(FORGERIES) >= 500
    assert len(set(FORGERIES.values())) >= 480
    assert issue() not in FORGERIES.values()


def test_27_no_forgery_is_believed() -> None:
    believed = [name for name, token in FORGERIES.items() if TOKENS.read(token) is not None]
    assert believed == []
    assert TOKENS.read(issue()), "nothing but the forgeries is refused"


def test_27_what_the_forgeries_are_made_of_is_believed_unforged() -> None:
    # Otherwise they could be refused for another reason than the one that they are about.
    head, claims = parts(issue())
    assert TOKENS.read(signed(head, claims))


@pytest.mark.parametrize("value", [UUID(int=0), uuid4()])
def test_any_id_is_an_id(value: UUID) -> None:
    token, _ = TOKENS.issue(value, value, at_most=time.time() + 60)
    said = TOKENS.read(token)
    assert said is not None
    assert said.user_id == value
