"""How people ask what waits for them: patterns by language."""

_REST = r"(?: (?!.*(?:[,;.]|\b(?:and|then|und|dann|et|puis|luego|poi)\b)).*)?"
"""Whatever else the question says, as long as it is one question and no order follows."""

_THINGS = (
    r"(?:(?:of )?(?:the |my |our )?(?:launch(?:es)?|runs?|onboardings?|compan(?:y|ies)|plans?"
    r"|approvals?|requests?|decisions?|questions?|things?|ones?|jobs?|tasks?))"
)
_NEEDS = (
    r"(?:needs?|requires?|wants?) (?:me|us|you|my|our|a|an|any|some|somebody|someone|approv\w+"
    r"|attention|decision|people|review)"
)

_ENGLISH = (
    rf"(?:what|who|which)(?: {_THINGS})?(?:'s| is| are| has been| have been)?"
    rf"(?: currently| still| now| just| all)? (?:wait\w*|await\w*|pending|stuck waiting){_REST}",
    rf"(?:what|which)(?: {_THINGS})?(?: currently| still| now)? {_NEEDS}{_REST}",
    rf"(?:what|which)(?: {_THINGS})?(?:'s| is| are) (?:open|left|there)? ?(?:for me|for us|on me)"
    rf"{_REST}",
    rf"how many(?: {_THINGS})?(?: are| is)?(?: still| currently)? (?:wait\w*|pending){_REST}",
    r"what's (?:on my plate|in my (?:queue|inbox))|what is (?:on my plate|in my (?:queue|inbox))",
    rf"(?:is|are) (?:there )?(?:anything|something|any|anyone|anybody)(?: {_THINGS})?(?: that)?"
    rf"(?: is| are)? (?:waiting|pending|for me|open|to (?:approve|decide|review)){_REST}",
    rf"(?:do|have) (?:i|we) (?:have |got )?(?:anything|something|any|to)(?: {_THINGS})?"
    rf" (?:waiting|pending|open|to (?:approve|decide|review|do)|approve|decide|review|do){_REST}",
    rf"(?:anything|something|any)(?: {_THINGS})?(?: is| are)?"
    rf" (?:waiting|pending|for me|open|to (?:approve|decide)){_REST}",
    rf"(?:list|show|tell)(?: me)? (?:what|which|everything that|(?:all |the )?{_THINGS}(?: that)?)"
    rf"(?: {_THINGS})?(?: is| are)? (?:wait|pending|await)\w*{_REST}",
    r"what (?:do|must|should|can) i (?:have to |need to )?(?:do|approve|decide|review)"
    r"(?: now| today| next)?",
    r"(?:list |show )?(?:me )?(?:all )?(?:the |my |our )?(?:open|pending|outstanding|waiting)"
    rf" {_THINGS}",
    r"(?:list |show )?(?:me )?my (?:approvals|queue|inbox)",
)
_GERMAN = (
    rf"(?:was|wer)(?: alles)? wartet{_REST}",
    rf"(?:welche[rs]?|wie viele) \w+ (?:warte[nt]|stehen aus|sind (?:noch )?offen){_REST}",
    rf"wartet (?:da |hier )?(?:etwas|was|jemand|noch etwas|noch was){_REST}",
    rf"worauf wird(?: noch)? gewartet|was steht(?: noch)? (?:an|aus){_REST}",
    rf"gibt es (?:noch )?(?:etwas|was|offene \w+|wartende \w+){_REST}",
    r"was (?:muss|soll|kann) ich (?:\w+ )?(?:tun|entscheiden|freigeben|genehmigen)",
    r"(?:zeige? (?:mir )?)?(?:die |meine |alle )?(?:offenen?|ausstehenden?|wartenden?) \w+",
)
_SPANISH = (
    rf"(?:qué|que) (?:me |nos )?espera{_REST}",
    rf"(?:qué|que) (?:está|hay|queda|tengo)(?: \w+)? (?:pendientes?|esperando|por aprobar){_REST}",
    rf"(?:qué|que|cuáles|cuántas|cuántos) (?:\w+ )?(?:me |nos )?"
    rf"(?:esperan|están (?:pendientes|esperando)){_REST}",
    rf"(?:hay|tengo) (?:algo|alguna?|algún)(?: \w+)? (?:pendiente|esperando|para mí|por aprobar)"
    rf"{_REST}",
)
_FRENCH = (
    rf"qu'est-ce qui (?:m'|nous )?(?:attend|est en attente){_REST}",
    rf"(?:quel(?:le)?s?|combien d[e'] ?) ?\w+ (?:m'|nous )?"
    rf"(?:attend(?:ent)?|(?:sont|est) en attente){_REST}",
    rf"(?:y a-t-il|il y a|est-ce qu'il y a) (?:quelque chose|des? \w+) (?:en attente"
    rf"|qui (?:m'|nous )?attend\w*|à (?:valider|approuver)){_REST}",
    rf"que (?:dois|puis)-je (?:faire|valider|approuver|décider){_REST}",
)
_OTHERS = (
    rf"(?:che )?cosa (?:mi |ci )?(?:aspetta|attende|è in attesa){_REST}",
    rf"(?:quali|quanti|quante|che) \w+ (?:mi |ci )?"
    rf"(?:aspettano|attendono|sono in (?:attesa|sospeso)){_REST}",
    rf"(?:c'è )qualcosa (?:in attesa|che (?:mi )?aspetta|da approvare){_REST}",
    rf"o que (?:me |nos )?(?:espera|aguarda|está (?:pendente|à espera|aguardando)){_REST}",
    rf"(?:quais|quantos|quantas|que) \w+ (?:me |nos )?"
    rf"(?:esperam|aguardam|estão (?:pendentes|à espera)){_REST}",
    rf"há (?:algo|alguma coisa) (?:pendente|à espera|para aprovar){_REST}",
    rf"(?:wat|wie) wacht(?: er)?{_REST}",
    rf"welke \w+ (?:wachten|staan open){_REST}",
    rf"(?:wat staat er(?: nog)? open|waar wordt (?:er )?op gewacht){_REST}",
    r"(?:何|なに|だれ|誰|どれ|どの\w+?)が(?:\w*を)?待っ\w*",
    r"(?:\w*で)?承認待ち(?:の\w+)?(?:は|が)?\w*",
    r"(?:什么|哪些\w*?|哪个\w*?|谁|有什么|有哪些\w*?)(?:正|还)?(?:在)?(?:等|待)\w*",
    r"(?:무엇|뭐|누가|어떤 ?\w+?)(?:이|가)? ?(?:\w*[를을] )?(?:기다리|대기)[\w ]*",
)
WAITING = (*_ENGLISH, *_GERMAN, *_SPANISH, *_FRENCH, *_OTHERS)
