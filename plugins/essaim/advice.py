"""Editorial advice: what makes a sheet harder to read, to trust or to use. Each rule is a generator; ``ADVICE`` is the list.

A rule reads one sheet (``prose.Reading``) and says what it finds; how grave that is stands in ``codes``. None fails a build
unless the team raises its code. A rule is worth its place when an editor would act on most of what it says: it prefers to
miss a case than to tell a false one. All are linear in the size of the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from essaim import figures, readability
from essaim.abbreviations import explained, unexplained
from essaim.cache import Store, digest, package
from essaim.codes import graded
from essaim.contacts import INSTEAD, contacts
from essaim.destinations import destination
from essaim.lazy import some_of
from essaim.library import Library
from essaim.markup import Link
from essaim.model import Sheet
from essaim.problem import Problem, in_order
from essaim.prose import Reading, measure
from essaim.words import NON_COMMUNIQUE

Advice = Callable[[Reading], Iterator[Problem]]
Dated = Callable[[Reading], Iterator[tuple[date, Problem]]]
"""Each problem with the last day on which there is none yet."""
Said = tuple[tuple[date, Problem], ...]
"""What is said of a sheet, so."""

ALWAYS = date.min
MOST = 20
"""Problems of one rule in one sheet: beyond, an editor has enough to do, and a hostile sheet costs no more."""
SUMMARY_WORDS = 45
"""Words of a summary: the longest of this project has 32, and the 300 characters that the model allows hold some fifty."""
SENTENCE_WORDS = 35
"""Words beyond which a sentence is told to be long: 8 of the project's 2,099 are, half of them have 11 at most."""
PICTURE_BYTES = 400_000
"""Bytes of a published picture: 3 seconds on a network of 1 Mbit/s."""
LOT = 100
"""Sheets that a rule looks at before the next one does: the processor has its code at hand, and takes a fifth less time."""


def advise(
    library: Library,
    today: date,
    raised: Collection[str] = (),
    ids: Collection[str] | None = None,
    store: Store | None = None,
) -> list[Problem]:
    """All that ``ADVICE`` has to say, in order, of the sheets ``ids`` or of all; codes in ``raised`` are errors.

    Archived sheets are left alone: nobody works on them any more. ``store`` keeps what was said of each sheet.
    """
    told = {**library.told, **{one: (sheet.statut, ()) for one, sheet in library.drafts.items()}}
    asked = [one for one in library.known if told[one][0] != "archivé" and (ids is None or one in ids)]
    abbreviations = _explained(library, store) if store else explained(library)
    keys = _keys(library, asked, abbreviations) if store else {}
    kept: dict[bytes, Said] = store.read(keys.values(), tuple) if store else {}
    said = {one: kept[key] for one, key in keys.items() if key in kept}
    missing = list(some_of(library.known, [one for one in asked if one not in said]).values())
    new: dict[str, Said] = {}
    for start in range(0, len(missing), LOT):
        lot = missing[start : start + LOT]
        new |= zip((one.id for one in lot), _said([_alone(library, one, abbreviations) for one in lot]), strict=True)
    if store and new:
        # Of a part, nobody can tell what else is still used.
        store.write({keys[one]: found for one, found in new.items()}, keys.values() if ids is None else None)
    said |= new
    return in_order(graded((problem for one in asked for day, problem in said[one] if day < today), raised))


def _said(readings: Sequence[Reading]) -> list[Said]:
    """What is said of each."""
    said: list[list[tuple[date, Problem]]] = [[] for _ in readings]
    for rule in LASTING:
        for reading, found in zip(readings, said, strict=True):
            found += [(ALWAYS, problem) for problem in islice(rule(reading), MOST)]
    for dated in DATED:
        for reading, found in zip(readings, said, strict=True):
            found += islice(dated(reading), MOST)
    return [tuple(found) for found in said]


def _explained(library: Library, store: Store) -> frozenset[str]:
    """As ``explained``, which looks at faces and identities alone, and opens some hundreds of sheets."""
    key = digest(package(), library.common, library.faces, *sorted(library.kinds))
    beside = store.beside("sigles")
    held: tuple[str, ...] | None = beside.read([key], tuple).get(key)
    if held is None:
        held = tuple(sorted(explained(library)))
        beside.write({key: held}, ())
    return frozenset(held)


def _keys(library: Library, ids: Iterable[str], abbreviations: Collection[str]) -> dict[str, bytes]:
    """For each sheet, the digest of all that ``_alone`` lets be seen of it."""
    weights = (part for name, weight in sorted(library.weights.items()) for part in (name, str(weight)))
    common = digest(package(), digest(*sorted(abbreviations)), *weights)
    return {one: digest(common, library.path_of(one), *library.marks[one]) for one in ids}


def _alone(library: Library, sheet: Sheet, abbreviations: frozenset[str]) -> Reading:
    """A sheet in a library that holds no other."""
    part = Library(
        sources={sheet.id: library.sources[sheet.id]},
        documents={sheet.id: library.documents[sheet.id]},
        weights=library.weights,
    )
    return Reading(part, sheet, abbreviations)


def long_summary(reading: Reading) -> Iterator[Problem]:
    """A summary is read in a list of results."""
    words = measure(reading.sheet.resume or "").words
    if words > SUMMARY_WORDS:
        yield reading.source.problem(("resume",), "resume-long", f"résumé long ({words} mots)",
                                     f"Gardez l’essentiel : qui fait quoi, où, avec quel résultat, en {SUMMARY_WORDS} mots au plus.")  # fmt: skip


_DEPENDENT = re.compile(
    r"(?:(?:il|elle)s?|cela|ceci|celles?-ci|celui-ci|ceux-ci|cet|cette|ces|son|sa|ses|leurs?|ici|y|en effet|mais|donc|ainsi"
    r"|et|de plus|par ailleurs|pour cela|c[’']est|ce(?!\s+(?:que?|qu[’']\w+|qui|dont|à quoi)\b))(?![\w-])",
    re.IGNORECASE,
)


def dependent_summary(reading: Reading) -> Iterator[Problem]:
    """A summary is read alone: in a list, in a search engine, in a message."""
    text = reading.sheet.resume or ""
    start = _DEPENDENT.match(text)
    if start:
        yield reading.source.problem(("resume",), "resume-dependant", f"ce résumé commence par « {start[0]} », qui renvoie à autre chose",
                                     "Nommez ce dont vous parlez : le résumé se lit sans le titre.")  # fmt: skip
    elif text[:1].islower():
        yield reading.source.problem(("resume",), "resume-dependant", "ce résumé commence par une minuscule",
                                     "Écrivez une phrase entière, avec sa majuscule et son point.")  # fmt: skip


def abbreviations(reading: Reading) -> Iterator[Problem]:
    """A reader meets no abbreviation that nothing explains."""
    for passage, offset, short in unexplained(reading):
        yield reading.problem(passage, offset, "sigle-non-explique", f"le sigle « {short} » n’est pas expliqué",
                              f"Écrivez-le en entier suivi de ({short}), ou créez sa fiche de glossaire.")  # fmt: skip


def undated_figures(reading: Reading) -> Iterator[Problem]:
    """A figure is true for a year."""
    for sentence, figure, start in figures.undated(reading):
        yield reading.problem(sentence.passage, sentence.offset + start, "chiffre-sans-annee", f"« {figure} » est dit sans année",
                              "Dites l’année dans la phrase, ou portez-le dans les chiffres de la fiche, avec année et source.")  # fmt: skip


def long_sentences(reading: Reading) -> Iterator[Problem]:
    """A sentence is read in one breath."""
    for sentence, words in reading.sentences.longer(SENTENCE_WORDS):
        yield reading.problem(sentence.passage, sentence.offset, "phrase-longue", f"phrase de {words} mots",
                              f"Coupez-la : au plus {SENTENCE_WORDS} mots, une idée par phrase.")  # fmt: skip


_BY = re.compile(r"par(?<=\spar)\s")
_PARTICIPLE = r"\w{2,30}(?:é|i|u|is|it|ert|eint|oint)e?s?"
_PASSIVE = re.compile(
    rf"\b(?:est|sont|était|étaient|fut|furent|sera|seront|serait|seraient|soit|soient|été|être)\s+(?:\w{{2,20}}ment\s+|bien\s+|aussi\s+|souvent\s+)?"
    rf"(?!(?:\w{{1,3}}|partis?e?s?|venue?s?|devenue?s?|passée?s?|arrivée?s?|entrée?s?|née?s?|montée?s?|allée?s?|aussi|ainsi|depuis|celui|lui|plus|mais|puis)\b)"
    rf"{_PARTICIPLE}\s+(?:\w{{2,20}}ment\s+)?par\s+(?!(?:la\s+(?:suite|voie|poste)|le\s+(?:biais|passé|haut|bas|train)|l[’'](?:intermédiaire|effet))\b)(?P<agent>l[’']|les?\b|la\b|une?\b|des\b|ces?\b|cette\b|leurs?\b|deux\b|plusieurs\b|[A-ZÀ-Ý])"
)


def passive_voice(reading: Reading) -> Iterator[Problem]:
    """A sentence that says who acts says it first. A passive without agent may be right: nobody is to be named."""
    for sentence in reading.sentences.holding(_BY):
        found = _PASSIVE.search(sentence.text)
        if found:
            said = sentence.text[found.start() : found.start("agent")].strip()
            yield reading.problem(sentence.passage, sentence.offset + found.start(), "voix-passive", f"« {said}… » : phrase au passif",
                                  "Commencez par qui agit : « la commune finance », plutôt que « est financé par la commune ».")  # fmt: skip


def hard_text(reading: Reading) -> Iterator[Problem]:
    """The whole text can be read by someone who does not know the trade."""
    whole = reading.sentences.measure
    score = readability.score(whole.words, whole.syllables, len(reading.sentences))
    body = next((passage for passage in reading.passages if passage.block), None)
    if body and score is not None and score < readability.HARD:
        yield reading.problem(body, 0, "lisibilite", f"texte difficile à lire : {round(score)} sur 100 (Kandel et Moles)",
                              f"Raccourcissez les phrases, prenez des mots courants : visez {readability.HARD} ou plus.")  # fmt: skip


def difficulties_told(reading: Reading) -> Iterator[Problem]:
    """What went wrong is what an official reads first."""
    sheet = reading.sheet
    if "difficultes" in type(sheet).model_fields and getattr(sheet, "difficultes", None) in ((), NON_COMMUNIQUE):
        yield reading.source.problem(("difficultes",), "difficultes-absentes", "cette fiche ne dit pas ce qui a coincé",
                                     "Demandez-le à qui l’a vécu : c’est ce qu’un élu lit en premier.")  # fmt: skip


def pictures_told(reading: Reading) -> Iterator[Problem]:
    """A picture says what it shows, to those who do not see it."""
    for block in reading.blocks:
        for line, column, target, said in block.images:
            if not said.strip():
                yield reading.source.body_problem(line, reading.column(line, column), "image-sans-alternative", f"l’image « {target[:80]} » n’a pas de texte",
                                                  "Dites ce qu’elle montre : ![ce qu’elle montre](../images/nom.png).")  # fmt: skip


def light_pictures(reading: Reading) -> Iterator[Problem]:
    """A picture comes through a weak network."""
    for block in reading.blocks:
        for line, column, target, _ in block.images:
            name = destination(reading.sheet, Link(target, "image", line, column))[1]
            weight = reading.library.weights.get(name, 0)
            if weight > PICTURE_BYTES:
                yield reading.source.body_problem(line, reading.column(line, column), "image-lourde", f"l’image « {name} » pèse {weight // 1000} ko sur le site",
                                                  f"Visez {PICTURE_BYTES // 1000} ko : une photo en JPEG ou WebP, pas en PNG.")  # fmt: skip


def private_contacts(reading: Reading) -> Iterator[Problem]:
    """Nobody's own address or number is published: a function and an organisation are."""
    values = [str(value) for _, _, value in reading.written]
    if contacts("\n".join(values)):  # nearly never
        for (_, loc, _), value in zip(reading.written, values, strict=True):
            for message in contacts(value).values():
                yield reading.source.problem(loc, "contact-personnel", message, INSTEAD)
    body = reading.source.body
    for at, message in sorted(contacts(body).items()):
        line, start = body.count("\n", 0, at) + 1, body.rfind("\n", 0, at) + 1
        yield reading.source.body_problem(line, at - start + 1, "contact-personnel", message, INSTEAD)


def review_passed(reading: Reading) -> Iterator[tuple[date, Problem]]:
    """Facts are checked again when the sheet says so."""
    when = reading.sheet.a_revoir_le
    if when is not None:
        yield when, reading.source.problem(("a_revoir_le",), "revision-passee", f"cette fiche était à revoir le {when.isoformat()}",
                                           "Vérifiez les faits, puis changez verifie_le et a_revoir_le.")  # fmt: skip


_ADDRESS = re.compile(r"(?<![\w/])(?:https?://|www\.)[^\s<>\"«»]{3,}")


def bare_addresses(reading: Reading) -> Iterator[Problem]:
    """A link says where it leads: a screen reader spells an address."""
    if "http" not in reading.texts.text and "www." not in reading.texts.text:
        return
    for passage in reading.passages:
        starts = passage.block.bare if passage.block else _addresses(passage.text)
        if not starts:
            continue
        hint = (
            "Écrivez [ce que l’on y trouve](adresse)."
            if passage.block
            else "Mettez-la dans les sources de la fiche, ou dans le texte : [ce que l’on y trouve](adresse)."
        )
        for start in starts:
            yield reading.problem(passage, start, "adresse-nue", "adresse web écrite telle quelle", hint)


def _addresses(text: str) -> Sequence[int]:
    """Where each begins."""
    if "http" not in text and "www." not in text:
        return ()
    return [found.start() for found in _ADDRESS.finditer(text)]


LASTING: tuple[Advice, ...] = (
    long_summary,
    dependent_summary,
    abbreviations,
    undated_figures,
    long_sentences,
    passive_voice,
    hard_text,
    difficulties_told,
    pictures_told,
    light_pictures,
    private_contacts,
    bare_addresses,
)
"""Rules that say the same of a sheet every day."""
DATED: tuple[Dated, ...] = (review_passed,)
ADVICE: tuple[Advice | Dated, ...] = (*LASTING, *DATED)
