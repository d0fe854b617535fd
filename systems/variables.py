"""Reads a system's variables into its options; a wrong one stops the start with a cure."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from domain.errors import BadSetting


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("not a web address")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""An http or https address without credentials in it; a slash at the end is dropped."""

Seconds = Annotated[float, Field(gt=0, le=300, allow_inf_nan=False)]
"""How long an answer is waited for."""


class Options(BaseModel):
    """Options of one system. A field's alias is its variable, its description what to set it to."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def read[Model: Options](model: type[Model], variables: Mapping[str, str]) -> Model:
    """The options in `variables`; an empty variable counts as not set.

    Raises `BadSetting`, which names the first wrong variable and never its value.
    """
    given = {name: value.strip() for name, value in variables.items() if value.strip()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        name = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
    meaning = next((f.description for f in model.model_fields.values() if f.alias == name), None)
    state = "is not valid" if name in given else "is not set"
    raise BadSetting(f"{name} {state}.", advice=f"Set {name} to {meaning}.")
