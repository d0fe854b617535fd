"""How everyday questions to the supervisor are put: in English, and simply in other languages."""

import re

from reasoning.supervisor_waiting import WAITING

SYSTEM = r"(?:slack|git\s?hub|newsletters?|mailing list|grants?)"
LAUNCH = re.compile(
    r"\b(?:onboard\w*|launch|set ?up|setting up|provision|start|begin|add|create|welcome|register"
    r"|richte?|einrichten|nimm|nehm|aufnehmen|starte?|lege|anlegen|onboardea|incorpora|intègre"
    r"|ajoute|aggiungi|adiciona|voeg)\b|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]",
    re.IGNORECASE,
)
"""Words without which nothing is launched, whatever else a sentence names."""

POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|hallo|ok(?:ay)?|so|now|and|please|kindly|bitte|por favor"
    r"|(?:can|could|would|will) you|i(?:'d| would) like (?:you )?to|i want (?:you )?to"
    r"|(?:kannst|könntest|würdest) du|(?:können|könnten|würden) sie|go ahead and)[,!.]?\s+)+",
    re.IGNORECASE,
)
_OF = r"(?:(?:the )?(?:onboarding|run|launch|plan|company) )?(?:(?:of|for|von|für) )?(?:the )?"
_RUN = rf"{_OF}(?P<run>.+?)"
_AGAIN = r"(?: (?:again|once more|nochmals?|noch einmal|erneut))?"


_PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "request_approval",
        (
            rf"(?:request|ask for|get) (?:an? |the )?approval {_RUN}",
            rf"(?:ask|remind|nudge) (?:\w+ )?(?:\w+ )?to approve {_RUN}",
            rf"(?:beantrage|hole?) (?:die |eine )?(?:freigabe|genehmigung) {_RUN}(?: ein)?",
        ),
    ),
    (
        "escalate_to_human",
        (
            rf"(?:escalate|eskaliere) {_RUN}(?: to (?:an? )?(?:human|person|somebody|someone))?"
            r"(?:(?:[:,] ?| because )(?P<reason>.+))?",
            rf"(?:get|call|fetch|ask) (?:an? )?(?:human|person|somebody|someone)"
            rf" (?:for|about|to look at) {_RUN}",
        ),
    ),
    (
        "retry",
        (
            rf"(?:retry|rerun|repeat|try|wiederhole|versuche?) (?P<system>{SYSTEM}){_AGAIN}"
            rf" (?:for|of|in|on|für|bei|von) {_RUN}{_AGAIN}",
            rf"(?:retry|rerun|repeat|try|wiederhole|versuche?) {_RUN}(?:'s|,? in|,? on|,? auf)?"
            rf" (?P<system>{SYSTEM}){_AGAIN}",
            rf"(?:retry|rerun|wiederhole) {_RUN}",
        ),
    ),
    (
        "explain_failure",
        (
            rf"why (?:did|does|has|is|was|were) {_RUN}(?: (?:not )?(?:fail\w*|stuck|wait\w*|blocked"
            r"|escalated|denied|stopp?\w*|work\w*|finish\w*|complete\w*|not .+))?",
            rf"what(?: has| is|'s)? (?:went|gone|going|happened) (?:wrong )?(?:with|to|in) {_RUN}",
            rf"what is wrong with {_RUN}",
            rf"explain (?:the failure |why )?{_RUN}(?: (?:has )?failed)?",
            rf"(?:warum|wieso|weshalb) (?:ist|hat|wartet|steht) {_RUN}"
            r"(?: (?:fehlgeschlagen|gescheitert|nicht .+|hängen\w*|gewartet))?",
            rf"was ist (?:bei|mit) {_RUN} (?:schief ?gegangen|passiert|los)",
            rf"por qué (?:falló|ha fallado) {_RUN}",
            rf"pourquoi {_RUN} a(?:-t-il)? échoué",
        ),
    ),
    ("waiting", WAITING),
    (
        "active",
        (
            r"what(?:'s| is) (?:going on|running|under way|active|happening)(?: .*)?",
            r"was läuft(?: .*)?",
            r"(?:list|show)(?: me)?(?: the)? (?:active|running) runs",
        ),
    ),
    (
        "all",
        (
            r"(?:list|show)(?: me)?(?: all| the| all the)? (?:runs|onboardings|everything)",
            r"(?:what|which (?:runs|launches|onboardings))(?: has| have)?"
            r" (?:failed|ended|finished)",
            r"(?:zeige? (?:mir )?|liste )(?:alle )?(?:läufe|onboardings)(?: auf)?",
        ),
    ),
    (
        "status",
        (
            rf"(?:(?:what(?:'s| is)|show(?: me)?|tell me|give me) )?"
            rf"(?:the )?(?:status|state|progress) (?:of |for )?{_RUN}",
            rf"how (?:is|far is|are) {_RUN}(?: (?:doing|going|coming along))?",
            rf"where (?:is|does|are) {_RUN}(?: stand)?",
            rf"is {_RUN} (?:still )?(?:done|finished|ready|complete\w*|waiting|running)(?: yet)?",
            rf"(?:was ist |wie ist )?(?:der )?(?:status|stand) {_RUN}",
            rf"wie (?:steht es um|weit ist|läuft|geht es) {_RUN}",
            rf"(?:show|zeige?)(?: me| mir)? {_RUN}",
            r"(?P<run>run_[0-9a-z]{22})",
        ),
    ),
    ("help", (r"(?:help|hilfe|hi|hello|hey|hallo|what can you do|was kannst du)",)),
)
ASKED = tuple(
    (kind, re.compile(f"^(?:{pattern})$", re.IGNORECASE))
    for kind, patterns in _PATTERNS
    for pattern in patterns
)
"""Kinds of questions by their patterns; the first that fits counts."""

DECIDE = re.compile(
    r"^(?P<verb>approve|confirm|deny|reject|decline|skip|cancel|abort|pause|resume|roll ?back"
    r"|genehmige?|bestätige?|lehne|gib|überspringe|storniere|aprueba|approuve)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
MEANS = {
    "confirm": "approve", "genehmig": "approve", "bestätig": "approve", "gib": "approve",
    "aprueba": "approve", "approuve": "approve", "lehn": "deny", "überspring": "skip",
    "stornier": "cancel",
}  # fmt: skip
RUN_ID = re.compile(r"\brun_[0-9a-z]{22}\b")
FILLER = re.compile(
    rf"^\s*{SYSTEM} (?:for|of|in|für|von) |"
    r"^(?:the|it|that|this|run|plan|onboarding|of|for|all|everything|yourself|myself|now|den|die|das"
    r"|von|für|lauf|frei|ab|\s)+|\b(?:yourself|now|immediately|for me|frei|ab|please|bitte)\b",
    re.IGNORECASE,
)
