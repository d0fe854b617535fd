"""Standard Webhooks signatures: what is accepted, and that nothing else is."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadSetting
from server.api.errors import Unauthenticated
from server.api.signatures import TOLERANCE_SECONDS, Signatures

NOW = 1_800_000_000
KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()
BODY = b'{"approved":true}'


def signed(body: bytes = BODY, key: bytes = KEY, at: int | str = NOW) -> dict[str, str]:
    """The headers of a sender; written from the specification, not with the code under test."""
    mac = hmac.new(key, b"msg_1." + str(at).encode() + b"." + body, hashlib.sha256).digest()
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def signatures(*secrets: str, unsigned_allowed: bool = False) -> Signatures:
    return Signatures(
        secrets or (SECRET,), unsigned_allowed=unsigned_allowed, clock=lambda: float(NOW)
    )


def test_webhook_is_accepted_when_it_is_the_example_of_the_specification() -> None:
    """Secret, id, time, body and signature as printed in the reference libraries' tests."""
    example = Signatures(("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",), clock=lambda: 1_614_265_330.0)
    example.check(
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        b'{"test": 2432232314}',
    )


@pytest.mark.parametrize("secrets", [(SECRET,), (OTHER, SECRET), (SECRET, OTHER)])
def test_webhook_is_accepted_when_any_active_secret_signed_it(secrets: tuple[str, ...]) -> None:
    signatures(*secrets).check(signed(), BODY)


def test_webhook_is_accepted_when_one_of_several_signatures_fits() -> None:
    headers = signed()
    old = signed(key=bytes(32))["webhook-signature"]
    headers["webhook-signature"] = f"v1a,xyz {old} {headers['webhook-signature']}"
    signatures().check(headers, BODY)


@pytest.mark.parametrize("offset", [-TOLERANCE_SECONDS, TOLERANCE_SECONDS])
def test_webhook_is_accepted_when_its_time_is_at_the_edge(offset: int) -> None:
    signatures().check(signed(at=NOW + offset), BODY)


@pytest.mark.parametrize("offset", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])
def test_webhook_is_refused_when_its_time_is_over_the_edge(offset: int) -> None:
    with pytest.raises(Unauthenticated):
        signatures().check(signed(at=NOW + offset), BODY)


@pytest.mark.parametrize("at", ["", "soon", "-1", "1e9", " 1800000000", "٣", "9" * 5_000, "1.0"])
def test_webhook_is_refused_when_its_time_is_no_number(at: str) -> None:
    with pytest.raises(Unauthenticated):
        signatures().check(signed() | {"webhook-timestamp": at}, BODY)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_webhook_is_refused_when_a_header_is_missing(name: str) -> None:
    headers = signed()
    del headers[name]
    with pytest.raises(Unauthenticated):
        signatures().check(headers, BODY)


@pytest.mark.parametrize(
    "value", ["", "v1", "v1,", "v1,,", "v1,===", "v2,AAAA", "nonsense", "\xff\xfe", "v1,\ud800"]
)
def test_webhook_is_refused_when_its_signature_is_garbage(value: str) -> None:
    with pytest.raises(Unauthenticated):
        signatures().check(signed() | {"webhook-signature": value}, BODY)


def test_webhook_is_refused_when_its_version_is_not_v1() -> None:
    headers = signed()
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")
    with pytest.raises(Unauthenticated):
        signatures().check(headers, BODY)


def test_webhook_is_refused_when_the_body_was_changed() -> None:
    with pytest.raises(Unauthenticated):
        signatures().check(signed(), BODY + b" ")


def test_webhook_is_refused_when_the_id_was_changed() -> None:
    with pytest.raises(Unauthenticated):
        signatures().check(signed() | {"webhook-id": "msg_2"}, BODY)


def test_unsigned_webhook_is_accepted_when_that_is_allowed_and_there_is_no_secret() -> None:
    Signatures((), unsigned_allowed=True).check({}, BODY)


def test_unsigned_webhook_is_refused_when_it_is_not_allowed() -> None:
    with pytest.raises(Unauthenticated):
        Signatures(()).check({}, BODY)


def test_unsigned_webhook_is_refused_when_there_is_a_secret() -> None:
    with pytest.raises(Unauthenticated):
        signatures(unsigned_allowed=True).check({}, BODY)


def test_webhook_is_for_the_tenant_whose_secret_signed_it() -> None:
    several = signatures(SECRET, f"north:{OTHER}")
    for key, tenant in ((KEY, "default"), (bytes(32), "north")):
        message = several.check(signed(key=key), BODY)
        assert message
        assert message.tenant == tenant


@pytest.mark.parametrize("tenant", ["", "North", "a:b", "a b", "x" * 41])
def test_start_is_refused_when_a_secret_is_of_no_tenant(tenant: str) -> None:
    with pytest.raises(BadSetting):
        Signatures((f"{tenant}:{SECRET}",))


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "hunter2", base64.b64encode(KEY).decode(), "whsec_!!!", "whsec_" + "QUJD"],
)
def test_start_is_refused_when_a_secret_is_none(secret: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        Signatures((secret,))
    assert "APPROVAL_WEBHOOK_SECRETS" in refusal.value.message
    assert len(secret) < 7 or secret not in str(refusal.value)


_HEADERS = st.dictionaries(
    st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()
)


@given(headers=_HEADERS, body=st.binary(max_size=200))
def test_only_unauthenticated_is_raised_when_everything_is_random(
    headers: dict[str, str], body: bytes
) -> None:
    with pytest.raises(Unauthenticated):
        signatures().check(headers, body)
