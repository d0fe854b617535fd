"""The model is what the settings say, and AWS is not imported before it is chosen."""

import subprocess
import sys
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel

from reasoning.models import ModelChoice, chat_model

IMPORTED = """
import sys
import agentos.wiring
from langchain_core.messages import AIMessage
from reasoning.models import ModelChoice, chat_model

def rules(messages, tools):
    return AIMessage("yes")

for llm in ("rules", "bedrock"):
    chat_model(ModelChoice(llm=llm, model="a.model-v1", region="us-east-1"), rules)
    print(llm, [name for name in ("boto3", "botocore", "langchain_aws") if name in sys.modules])
"""


class Greeting(BaseModel):
    """What is said first."""

    word: str


def parrot(messages, tools):  # type: ignore[no-untyped-def]
    names = [tool["function"]["name"] for tool in tools]
    return AIMessage(f'{{"word": "{messages[-1].text} {" ".join(names)}"}}')


def test_aws_is_imported_when_it_is_chosen_and_not_before() -> None:
    command = [sys.executable, "-c", IMPORTED]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert told == "rules []\nbedrock ['boto3', 'botocore', 'langchain_aws']\n"


async def test_rules_answer_as_a_model_does() -> None:
    model = chat_model(ModelChoice(), parrot)
    answer = await model.ainvoke([HumanMessage("hello")])
    assert answer.text == '{"word": "hello "}'
    assert answer.response_metadata["stopReason"] == "end_turn"
    assert answer.usage_metadata == {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


async def test_rules_see_the_tools_that_are_bound() -> None:
    model = chat_model(ModelChoice(), parrot).bind_tools([Greeting])
    assert (await model.ainvoke([HumanMessage("hello")])).text == '{"word": "hello Greeting"}'


async def test_rules_give_structured_output_with_the_raw_answer() -> None:
    model = chat_model(ModelChoice(), parrot)
    asked = model.with_structured_output(Greeting, include_raw=True, method="json_schema")
    found: Any = await asked.ainvoke([HumanMessage("hi")])
    assert found["parsed"] == Greeting(word="hi ")
    assert found["raw"].text == '{"word": "hi "}'


def test_an_answer_that_is_no_json_is_told_apart() -> None:
    model = chat_model(ModelChoice(), lambda *_: AIMessage("Gladly."))
    asked = model.with_structured_output(Greeting, include_raw=True, method="json_schema")
    found: Any = asked.invoke([HumanMessage("hi")])
    assert (found["raw"].text, found["parsed"]) == ("Gladly.", None)
    assert found["parsing_error"] is not None
