"""Personal addresses and phone numbers in a text: what a sheet, which everyone reads, never holds."""

from __future__ import annotations

import re

_BEFORE_AT = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}\Z")
_AFTER_AT = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
# Looked at from their @ or their first digit, and bounded: a long run of either costs no more than its length.
_START = re.compile("[@+0]")
_PHONE = re.compile(
    r"(?<![\w.,/=&-])(?<!\d[ .\u00a0\u202f])(?:(?:\+|00)33[ .\u00a0\u202f-]?(?:\(0\)[ .\u00a0\u202f-]?)?|0)[1-9](?:[ .\u00a0\u202f-]?\d{2}){4}(?![\w/]|[.,]\d)"
)
_SHARED = re.compile(
    r"(?:mairie|commune|communaute|contact|accueil|secretariat)\w{0,40}(?:[._+-]\w{1,40})*"
    r"|(?:administration|agence|asso|association|bibliotheque|bonjour|cabinet|cdc|cc|collectif|communication|compta|comptabilite|coordination"
    r"|cooperative|culture|developpement|direction|dpo|economie|elus|environnement|equipe|federation|formation|gestion|hello|infos?|informations?"
    r"|inscriptions?|intercommunalite|labo|mediatheque|newsletter|office|presse|presidence|projets?|reseau|reservation|rgpd|rh|scic|services?|siege"
    r"|social|standard|support|syndicat|technique|territoire|tourisme|urbanisme|ville|webmaster)(?:[._+-]\w{1,40})*",
    re.IGNORECASE,
)

INSTEAD = "Donnez une fonction et une organisation, ou une adresse commune comme contact@ ou mairie@."
"""What to write in the place of a personal contact."""


def contacts(text: str) -> dict[int, str]:
    """Where each stands in ``text`` → what it is, in French."""
    if "@" not in text and "0" not in text and "+" not in text:
        return {}
    mails, phones, end = {}, {}, 0
    for at in _START.finditer(text):
        start = at.start()
        if at[0] != "@":
            phone = _PHONE.match(text, start) if start >= end else None
            if phone:
                phones[start], end = "numéro de téléphone", phone.end()
            continue
        before = _BEFORE_AT.search(text, max(0, start - 64), start)
        after = _AFTER_AT.match(text, start + 1)
        # `@` in an address of the web (`https://mastodon.example/@nom`) is no mailbox.
        if before and after and "/" not in before[0] and not _SHARED.fullmatch(before[0]):
            mails[before.start()] = f"adresse électronique personnelle « {before[0]}@… »"
    return mails | phones
