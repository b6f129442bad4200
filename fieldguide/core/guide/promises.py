"""Whether words promise a meal, in the six languages and however they are spelt. Knows no guide.

A stranger's names and sentences stand beside a machine's guess, where praise reads as a permission. So whatever says
that one may eat it, how good it is, or that there is no danger, is a promise, unless it is denied ("not edible").
"""

from __future__ import annotations

import re
from functools import lru_cache

from fieldguide.core.guide.names import latin

REMEMBERED = 2**13
NEAR = 40  # letters before a word within which it is denied

# How words begin, by language: small letters without accents, a blank for a hyphen.
_PRAISE = r"""
edible|edibility:? (?!un|disp|doubt)|eatable|esculent\b|palatable|consumable|delicious|delicac|scrumptious|
mouth ?watering|toothsome|tasty|yummy|gourmet|culinary|cuisine|chefs?\b|recipe|appeti|nutritious|wholesome|enjoy|
(?:table|choice|food) mushroom|beginner|feast|dinner|fried\b|saute|quality food|(?:fine|good|great) meal|
excellent flavou?r|(?:good|fine|fit|great|excellent|superb|choice|ok|okay|suitable|prized|best) (?:to eat|eating|edib|
for (?:eating|food|the |consumption|cooking|frying|soup)|in (?:soup|stew)|with (?:egg|butter|meat|cream|rice))|
for the (?:pot|table|frying|pan\b)|eat (?:it|me|them|this|these|as|raw)\b|eaten (?:raw|by (?:many|people|most))|
(?:you|one|people|they|we) (?:can |may |could )?(?:safely )?eat\b|eaten (?:after|when) (?:cook|boil)|
(?:can|may|could|commonly|widely|usually|safely|often) (?:be )?(?:\w+ly )?eaten|
(?:fit|ok|okay|good) for (?:human|kids|children|me\b)|(?:kid|child)(?:ren)? ?(?:friendly|safe)|food grade|be consumed|
eat(?:s|ing)? (?:freely|well|worthy)|(?:i|we|family|children|kids|everyone) (?:\w+ )?(?:eats?|ate)\b|pick and eat|
(?:cook|fry|bake|saute|grill|boil) (?:it|them|well)\b|in the pan\b|kitchen|table quality|
(?:soup|frying|stew) mushroom|
(?:in|for|nice|great|good|fine) (?:\w+ )?(?:soups?|risotto|omelett?e|pizza|stew)\b|yum\b|nom nom|barbecue|bbq\b|snack|
flavou?r(?:some|ful)|tast(?:es?|ing) (?:great|good|nice|excellent|wonderful|like chicken)|tastiest|
safe(?:ly|r|st)?\b|harmless|benign|(?<!russula )innocu|well tolerated|nothing to worry|don.?t worry|recommended for|

ess?bar|geniess?bar|verzehrbar|zum verzehr|verzehrt werden|bekommlich|vertraglich|schmackhaft|wohlschmeck|lecker|
schmeckt (?:gut|fein|aus|hervor)|(?:hervorragend|ausgezeichnet|gut|fein) im geschmack|guter geschmack|gaumen|nahrhaft|
kostlich|koestlich|delikatess|vorzuglich|rezept|kuche\b|kueche|pfanne|zum braten|mahlzeit|(?:ein|hoch) ?genuss|
(?:markt|brat|suppen|misch|edel|wurz|ess)pilz|(?:gegessen|verzehrt) werden|(?:wird|werden) gegessen|keine sorge|
man (?:kann|darf) (?:\w+ )?essen|kann man (?:\w+ )?essen|sicher(?:er|es?)? (?:zu|fur|speise|essen)|anfanger|
gern gegessen|(?:man )?isst (?:ihn|sie|man) (?:\w+ )?gern|zum essen|festmahl|in butter|schwammerls|suppe\b|fur kinder|
auf den teller|gefahrlos|risikolos|giftlos|unschadlich|tut nichts\b|bedenkenlos|unbedenklich|harmlos|ungefa?e?hrlich|
ungiftig|

comm?estib|mangeable|consommable|se (?:mange|consomme)|etre mangee?s?\b|peut (?:le|la) manger|bons? a manger|
a (?:la consommation|consommer)|delicieu|delice|savoureu|succulent|exquise?s?\b|gouteu|(?:un|vrai) regal|
tres apprecie|
on (?:peut )?(?:en |les? |la )?mange|a manger\b|etre (?:consomm|mang)ee?s?\b|miam\b|tres bon(?:ne)?s?\b|
(?:bon|excellent) gout|omelette|pour la table|(?:en|bonnes?) soupes?\b|(?:bonne|de) table|met de choix|poele|recette|
excellente? (?:au gout|champignon)|inoffensi|sans (?:danger|risque)|
rien a craindre|

se (?:puede |pueden )?come[nr]?\b|se (?:puede )?consum|pueden? comer|para comer|para (?:el )?consumo|
en (?:la mesa|cocina)|(?<!morchella )delicios[oa]s?\b|delicia\b|sabros|riquisim|muy (?:ric|buen)[oa]|buena seta|
a la plancha|al ajillo|en tortilla|guisos?\b|buenisim|apt[oa]s? para|(?<!costa )ric[oa]s?\b|gastronom|
exquisit[oa]s?\b|sarten|receta|provecho|inofensiv|inocu|segur[oa]s?\b|preocup|

mangerecc|mangiabil|edul[ei]\b|si (?:mangi|consuma)|si (?:puo|possono) mangiare|essere mangiat|al consumo|
da (?:mangiare|consumare|tavola)|buon[oa]\b|buonissim|ottim[oaie]\b|eccellent[ei]\b|squisit|delizios|gustos|saporit|
prelibat|risotto|polenta|apprezzat|pregiat|in cucina|ricett[ae]\b|padella|sicur[oaie]\b|atossic|

jadaln|smaczn|pyszn|przepyszn|wyborn|doskonal|wysmienit|konsumpcyj|spozywcz|dobr[yae] w smaku|przepis|patelni|na zupe|
mozna (?:\w+ ){0,3}(?:jesc|zjesc|spozywac)|do (?:jedzenia|spozycia|smazenia)|rarytas|przysmak|nieszkodliw|bezpieczn|
do (?:sosu|sosow|marynaty)|w smietanie|polecan|niegrozn|bez obaw
"""
_PARTED = ("edible", "essbar", "geniessbar", "comestible", "mangeable", "mangereccio", "jadaln", "smaczn", "delicious")
_NO_DANGER = r"""
(?:no|not(?! known)|is ?n.?t|are ?n.?t|far from|anything but|0 ?%|non|never|without|zero|lacks?|free (?:of|from)|
nicht|keine?n?|ohne|frei von|sans|pas|pas de|aucune?|
depourvue?s? d[e']|sin|no es|ningun|nada|carece de|senza|nessun|niente|privo di|nie|nie jest|nie zawiera|bez|zadnego|
pozbawiony) (?!only\b|all\b|nur\b|solo\b|tylko\b)(?:\w+ ){0,2}?
(?:poison(?!s? (?:line|cent|control|info))|toxic|toxin|danger|risk|harmful|deadly|lethal|threat|gift|gefahr|todlich|
risik|risque|toxique|venen|mortel|mortal|peligr|riesgo|velen|pericol|tossi[cn]|risch|truj|truci|grozn|niebezpiecz|
smiert|ryzyk|
toksy[cn])|
(?:free (?:of|from)|contains? no|zero|0 ?%) \w*(?:toxi[nc]|manitin)|(?:poison|toxin|risk|danger) free|
non(?:toxi|poison)|giftfrei|nietruj|nietoksyczn|\w*speise|craignez|ne tue pas|
(?:nobody|no one|niemand|personne|nadie|nessuno|nikt) (?:\w+ ){0,3}?(?:sick|ill\b|die[sd]?\b|krank|gestorben|malad|
mort|
enferm|muri|malat|zachor|umar)|(?:can ?not|won.?t|does ?n.?t|does no) (?:hurt|harm|kill)|tut niemand|no hace dano|
non fa male|nie szkodzi|
(?:cook|boil|dry|peel|koch|cuisson|coccion|cottura|gotowan)\w* (?:(?!not|never|nicht|ne|non|no|nie)\w+ )?
(?:destroy|remov|kill|zerstor|entfern|detrui|elimin|destru|niszcz|usuwa)
"""
_DENIAL = r"""
(?:not|non|never|no|cannot|nobody|nicht|nie|niemals|keine?n?|ne|pas|jamais|nunca|jamas|mai|nigdy)
(?: (?!only|just|doubt|problem|nur|zweifel|seulement|doute|solo|duda|dubbio|tylko|watpienia)\w+)?\s*$
"""


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{''.join(words.splitlines())})".replace("l", "i"))


_PROMISE = _compiled("|".join([" ?".join(word) for word in _PARTED] + [_PRAISE]))
_FLATLY, _DENIED = map(_compiled, (_NO_DANGER, _DENIAL))
_SIGNS = re.compile(  # ticks, thumbs, hearts, forks, pots and faces that enjoy
    "[\u2611\u2665\u2705\u2713\u2714\u2764\U0001f35a-\U0001f37f\U0001f44c\U0001f44d\U0001f49a"
    "\U0001f60b\U0001f924\U0001f944\U0001f957-\U0001f958\U0001f963]"
)
_ALIKE = str.maketrans("l1!03457$", "iiioeasts")  # what looks like a letter; i and l are one, in the patterns too
_APART = re.compile(r"\b(?:[a-z][ .*]+){3,}[a-z]\b")


@lru_cache(REMEMBERED)
def promises_a_meal(words: str) -> bool:
    """Whether words say that one may eat it, or that there is no danger: beside a guess they read as a permission."""
    if _SIGNS.search(words):
        return True
    plain = re.sub(r"[\s_\u2010-\u2015-]+", " ", latin(words).lower())
    plain = _APART.sub(lambda letters: re.sub("[^a-z]", "", letters[0]), plain).translate(_ALIKE)
    if _FLATLY.search(plain):
        return True
    places = (found.start() for found in _PROMISE.finditer(plain))
    return any(not _DENIED.search(plain[max(0, place - NEAR) : place]) for place in places)
