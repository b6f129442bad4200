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
safe(?:ly|r|st)?\b|harmless|benign|(?<!russula )innocu|well tolerated|nothing to worry|don.?t worry|recommended for|

ess?bar|geniess?bar|verzehrbar|zum verzehr|verzehrt werden|bekommlich|vertraglich|schmackhaft|wohlschmeck|lecker|
schmeckt (?:gut|fein|aus|hervor)|(?:hervorragend|ausgezeichnet|gut|fein) im geschmack|guter geschmack|gaumen|nahrhaft|
kostlich|koestlich|delikatess|vorzuglich|rezept|kuche\b|kueche|pfanne|zum braten|mahlzeit|(?:ein|hoch) ?genuss|
(?:markt|brat|suppen|misch|edel|wurz|ess)pilz|(?:gegessen|verzehrt) werden|(?:wird|werden) gegessen|keine sorge|
man (?:kann|darf) (?:\w+ )?essen|kann man (?:\w+ )?essen|sicher(?:er|es?)? (?:zu|fur|speise|essen)|anfanger|
gefahrlos|risikolos|bedenkenlos|unbedenklich|harmlos|ungefa?e?hrlich|ungiftig|

comm?estib|mangeable|consommable|se (?:mange|consomme)|etre mangee?s?\b|peut (?:le|la) manger|bons? a manger|
a (?:la consommation|consommer)|delicieu|delice|savoureu|succulent|exquise?s?\b|gouteu|(?:un|vrai) regal|tres apprecie|
(?:bonne|de) table|met de choix|poele|recette|excellente? (?:au gout|champignon)|inoffensi|sans (?:danger|risque)|
rien a craindre|

se (?:puede |pueden )?come[nr]?\b|se (?:puede )?consum|pueden? comer|para comer|para (?:el )?consumo|
en (?:la mesa|cocina)|(?<!morchella )delicios[oa]s?\b|delicia\b|sabros|riquisim|muy (?:ric|buen)[oa]|buena seta|
gastronom|exquisit[oa]s?\b|sarten|receta|provecho|inofensiv|inocu|segur[oa]s?\b|preocup|

mangerecc|mangiabil|edul[ei]\b|si (?:mangi|consuma)|si (?:puo|possono) mangiare|essere mangiat|al consumo|
da (?:mangiare|consumare|tavola)|buon[oa]\b|buonissim|ottim[oaie]\b|eccellent[ei]\b|squisit|delizios|gustos|saporit|
prelibat|ricett[ae]\b|padella|sicur[oaie]\b|atossic|

jadaln|smaczn|pyszn|przepyszn|wyborn|doskonal|wysmienit|konsumpcyj|spozywcz|dobr[yae] w smaku|przepis|patelni|na zupe|
mozna (?:\w+ ){0,3}(?:jesc|zjesc|spozywac)|do (?:jedzenia|spozycia|smazenia)|rarytas|przysmak|nieszkodliw|bezpieczn|
niegrozn|bez obaw
"""
_NO_DANGER = r"""
(?:no|not(?! known)|non|never|without|zero|lacks?|free (?:of|from)|nicht|keine?n?|ohne|frei von|sans|pas|pas de|aucune?|
depourvue?s? d[e']|sin|no es|ningun|nada|carece de|senza|nessun|niente|privo di|nie|nie jest|nie zawiera|bez|zadnego|
pozbawiony) (?!only\b|all\b|nur\b|solo\b|tylko\b)(?:\w+ ){0,2}?
(?:poison(?!s? (?:line|cent|control|info))|toxic|toxin|danger|risk|harmful|deadly|lethal|threat|gift|gefahr|todlich|
risik|toxique|venen|mortel|mortal|peligr|riesgo|velen|pericol|tossi[cn]|risch|truj|truci|grozn|niebezpiecz|smiert|ryzyk|
toksy[cn])|
(?:poison|toxin|risk|danger) free|non(?:toxi|poison)|giftfrei|nietruj|nietoksyczn|\w*speise|craignez|ne tue pas|
(?:can ?not|won.?t|does ?n.?t|does no) (?:hurt|harm|kill)|tut niemand|no hace dano|non fa male|nie szkodzi|
(?:cook|boil|dry|peel|koch|cuisson|coccion|cottura|gotowan)\w* (?:(?!not|never|nicht|ne|non|no|nie)\w+ )?
(?:destroy|remov|kill|zerstor|entfern|detrui|elimin|destru|niszcz|usuwa)
"""
_DENIAL = r"""
(?:not|non|never|no|cannot|nobody|nicht|nie|niemals|keine?n?|ne|pas|jamais|nunca|jamas|mai|nigdy)
(?: (?!only|just|doubt|problem|nur|zweifel|seulement|doute|solo|duda|dubbio|tylko|watpienia)\w+)?\s*$
"""


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{''.join(words.splitlines())})".replace("l", "i"))


_PROMISE, _FLATLY, _DENIED = map(_compiled, (_PRAISE, _NO_DANGER, _DENIAL))
_ALIKE = str.maketrans("l1!03457$", "iiioeasts")  # what looks like a letter; i and l are one, in the patterns too
_APART = re.compile(r"\b(?:[a-z][ .*]+){3,}[a-z]\b")


@lru_cache(REMEMBERED)
def promises_a_meal(words: str) -> bool:
    """Whether words say that one may eat it, or that there is no danger: beside a guess they read as a permission."""
    plain = re.sub(r"[\s_\u2010-\u2015-]+", " ", latin(words).lower())
    plain = _APART.sub(lambda letters: re.sub("[^a-z]", "", letters[0]), plain).translate(_ALIKE)
    if _FLATLY.search(plain):
        return True
    places = (found.start() for found in _PROMISE.finditer(plain))
    return any(not _DENIED.search(plain[max(0, place - NEAR) : place]) for place in places)
