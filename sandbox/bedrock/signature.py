"""The signature of a request, computed anew and compared: a wrong secret is noticed here too."""

import re
from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox import seed
from sandbox.bedrock.errors import BedrockError

EXPIRED_TOKEN = "expired"  # noqa: S105 - a session token that is always too old
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)"
    r"/aws4_request, ?SignedHeaders=(?P<names>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


def check(method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
    """`BedrockError` unless the request is signed with the key of the sandbox."""
    found = _HEADER.fullmatch(headers.get("authorization", ""))
    if found is None:
        raise BedrockError("MissingAuthenticationTokenException", "Missing Authentication Token")
    if found["key"] != seed.BEDROCK_KEY_ID:
        raise BedrockError(
            "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    token = headers.get("x-amz-security-token")
    if token == EXPIRED_TOKEN:
        raise BedrockError(
            "ExpiredTokenException", "The security token included in the request is expired"
        )
    signed = {name: headers.get(name, "") for name in found["names"].split(";")}
    request = AWSRequest(method=method, url=url, data=body, headers=signed)
    request.context["timestamp"] = headers.get("x-amz-date", "")
    signer = SigV4Auth(
        Credentials(seed.BEDROCK_KEY_ID, seed.BEDROCK_SECRET), found["service"], found["region"]
    )
    canonical = signer.canonical_request(request)
    wanted = signer.signature(signer.string_to_sign(request, canonical), request)
    if wanted != found["signature"]:
        raise BedrockError(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided.",
        )
