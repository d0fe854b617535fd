"""The words of AgentOS: contracts, events, transitions, errors and ports."""
