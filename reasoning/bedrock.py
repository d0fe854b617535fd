"""Claude on Amazon Bedrock. Imported only when it is chosen: it brings boto3 along."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial
from typing import Any

from botocore.config import Config
from langchain_aws import ChatBedrockConverse
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import SecretStr, ValidationError

from domain.errors import BadSetting
from reasoning.models import ModelChoice

POOL_SIZE = 32
_POOL = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="bedrock")
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 2},  # longer retrying is the run's
    max_pool_connections=POOL_SIZE,
)


class PooledBedrock(ChatBedrockConverse):
    """Its calls are threads of a pool of their own.

    The library's way is the event loop's default pool of a few threads, in which every look-up of
    a host name would then wait behind calls of a minute.
    """

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        manager = run_manager.get_sync() if run_manager else None
        call = partial(self._generate, messages, stop, manager, **kwargs)
        result: ChatResult = await _in_pool(partial(copy_context().run, call))
        return result

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        context = copy_context()
        manager = run_manager.get_sync() if run_manager else None
        chunks = context.run(partial(self._stream, messages, stop, manager, **kwargs))
        while (chunk := await _in_pool(partial(context.run, next, chunks, None))) is not None:
            yield chunk


async def _in_pool(call: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_POOL, call)


def build(choice: ModelChoice, *, max_tokens: int) -> PooledBedrock:
    """A model on clients that all roles share."""
    runtime, control = _clients(choice)
    return _model(choice, max_tokens=max_tokens, client=runtime, bedrock_client=control)


@cache
def _clients(choice: ModelChoice) -> tuple[Any, Any]:
    """Made once for each choice: they cost 15 MiB and a fifth of a second."""
    first = _model(choice)
    return first.client, first.bedrock_client


def _model(choice: ModelChoice, **more: Any) -> PooledBedrock:
    keys = choice.keys
    given = {
        "aws_access_key_id": SecretStr(keys.key_id),
        "aws_secret_access_key": SecretStr(keys.secret),
        "aws_session_token": SecretStr(keys.session_token) if keys.session_token else None,
    } if keys else {}  # fmt: skip
    try:
        return PooledBedrock(
            model_id=choice.model,
            region_name=choice.region,
            endpoint_url=choice.endpoint,
            config=_CONFIG,
            temperature=0,
            **given,
            **more,
        )
    except (ValidationError, ValueError) as error:  # its own text names credentials in any case
        raise BadSetting(
            "AGENT_LLM=bedrock cannot be set up: AWS gave no client.",
            advice="Set AWS_DEFAULT_REGION, and credentials or a role; or AGENT_LLM=rules.",
        ) from error
