"""The graphs that `langgraph.json` names. A host loads this file under another name, so it holds
nothing of its own."""

from agentos.hosted import hosted, hosted_supervisor
from agentos.settings import load

onboarding = hosted()
supervisor = hosted_supervisor(load())
