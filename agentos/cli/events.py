"""What the events of a run say to a person."""

from typing import Any, NamedTuple

from rich.table import Table

from agentos.cli.output import hung, safe

Json = dict[str, Any]


class Told(NamedTuple):
    """One event in words; `systems` are those it is about, none means the whole run."""

    text: str
    systems: tuple[str, ...] = ()


def thing(resource: Json) -> str:
    """An object by its kind and name."""
    kind, name = resource["kind"], resource["label"] or resource["id"]
    return name if kind in name else f"{kind} {name}"


def told(event: Json) -> Told | None:
    """None for events that say nothing to a person."""
    data: Json = event["data"]
    match event["type"]:
        case "run_launched":
            return Told(f"launched for {data['company']['name']}")
        case "plan_proposed":
            return Told(f"planned {len(data['plan']['changes'])} changes")
        case "request_read":
            names = ", ".join(one["name"] for one in data["reading"]["companies"])
            return Told(f"read the request: {names}" if names else "has a question")
        case "clarification_requested":
            return Told("waits for an answer")
        case "model_gave_way":
            return Told(f"rules do the work of the {data['role']}: {data['code']}")
        case "approval_requested":
            return Told("waits for approval")
        case "decision_recorded":
            decision = data["decision"]
            return Told(f"{decision['responder']} decided: {decision['kind']}")
        case "approval_given":
            return Told(f"{data['approval']['responder']} approves; more must")
        case "request_reminded":
            return Told(f"still waits, reminder {data['number']}")
        case "request_handed_over":
            named = (*data["to"]["people"], *data["to"]["groups"])
            return Told(f"still waits, and may be decided by {', '.join(named)} too")
        case "step_started":
            again = f", attempt {data['attempt']}" if data["attempt"] > 1 else ""
            return Told(f"started{again}", (data["system"],))
        case "change_applied":
            resource = data["resource"]
            made = f"+ {thing(resource)}"
            text = made if resource["created_by_us"] else f"= {thing(resource)}, which was there"
            return Told(text, (data["system"],))
        case "step_finished":
            result = data["result"]
            if result["status"] != "success":
                text = f"{result['status']}. {result['details']} {result['hint'] or ''}".rstrip()
            else:
                verified = result["verified"]
                text = "read back, as planned" if verified else "done, now to be read back"
            return Told(text, (result["system"],))
        case "retry_scheduled":
            return Told(f"again in {data['after_seconds']:.1f} s", tuple(data["systems"]))
        case "escalation_requested":
            return Told("needs a person", tuple(data["request"]["systems"]))
        case "person_asked":
            return Told(f"{event['actor']} asks a person to look: {data['reason']}")
        case "step_undone":
            text = f"undone {len(data['undone'])}, left {len(data['left'])}"
            return Told(text, (data["system"],))
        case "model_called" | "planning_started" | "validation_started" | "reporting_started":
            return None
        case kind:
            return Told(kind.removeprefix("run_").replace("_", " "))


def event_line(event: Json) -> Table | None:
    """One event as a line of the log."""
    if (said := told(event)) is None:
        return None
    about = ", ".join(said.systems)
    text = f"{about:<11} {said.text}" if about else said.text
    return hung(safe(f"{event['at'][11:19]} ", "dim"), safe(text))
