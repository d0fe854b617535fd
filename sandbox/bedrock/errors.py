"""Refusals in the form of AWS."""

from fastapi import Response
from fastapi.responses import JSONResponse

STATUS = {
    "ValidationException": 400,
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "UnrecognizedClientException": 403,
    "ResourceNotFoundException": 404,
    "ModelTimeoutException": 408,
    "ModelErrorException": 424,
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "InternalServerException": 500,
    "ServiceUnavailableException": 503,
}


class BedrockError(Exception):
    """`kind` is the exception's name on the wire."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message

    def answer(self) -> Response:
        """The response that AWS gives."""
        return JSONResponse(
            {"message": self.message},
            status_code=STATUS[self.kind],
            headers={"x-amzn-ErrorType": self.kind},
        )
