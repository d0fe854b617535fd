"""A chat model without a model: a function answers, always the same to the same messages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.output_parsers import PydanticOutputParser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.utils.function_calling import convert_to_openai_tool

Tools = Sequence[Mapping[str, Any]]
Rules = Callable[[Sequence[BaseMessage], Tools], AIMessage]
"""Messages and the tools that are bound, in OpenAI's form; the answer may call those tools."""

MODEL_NAME = "rules"


class RulesChatModel(BaseChatModel):
    """Runs the code path of a real model (prompt, structured output, tools) with no credentials."""

    rules: Rules

    @property
    def _llm_type(self) -> str:
        return MODEL_NAME

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        said = self.rules(messages, kwargs.get("tools", ()))
        said = said.model_copy(
            update={
                "usage_metadata": UsageMetadata(input_tokens=0, output_tokens=0, total_tokens=0),
                "response_metadata": {
                    "model_name": MODEL_NAME,
                    "stopReason": "tool_use" if said.tool_calls else "end_turn",
                },
            }
        )
        return ChatResult(generations=[ChatGeneration(message=said)])

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The tools are handed to the rules, which choose for themselves."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def with_structured_output(
        self,
        schema: Any,
        *,
        include_raw: bool = False,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """The rules answer with JSON, whatever the method is called."""
        parser: PydanticOutputParser[Any] = PydanticOutputParser(pydantic_object=schema)

        def both(message: AIMessage) -> dict[str, Any]:
            try:
                return {"raw": message, "parsed": parser.invoke(message), "parsing_error": None}
            except OutputParserException as error:
                return {"raw": message, "parsed": None, "parsing_error": error}

        return self | (RunnableLambda(both) if include_raw else parser)
