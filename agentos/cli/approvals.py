"""agentos approvals"""

from agentos.cli.context import AsJson, client, command

_WAITING = ("awaiting_approval", "escalated", "needs_clarification")


@command
def approvals(as_json: AsJson = False) -> None:
    """List the runs that wait for a person, the oldest first."""
    from agentos.cli.output import say, show, show_json
    from agentos.cli.pictures import question_table

    api, waiting, cursor = client(), [], None
    while True:
        page = api.call("GET", "/api/v1/runs", status=list(_WAITING), limit=200, cursor=cursor)
        waiting += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    waiting.reverse()
    if as_json:
        show_json({"items": waiting})
    elif waiting:
        show(question_table(waiting))
        say("Look at one with: agentos run show RUN")
    else:
        say("Nothing waits for a person.")
