"""The links that leave the library: where each is written, what asking them said, and what follows for an editor.

Pure: ``reach`` asks, the command line keeps the answers in a file, the build reads that file and asks nobody. An address
that fails may be a server under repair: it is dead once it failed on ``DAYS`` different days, or when its server says that
the page is gone for good.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from essaim import disk
from essaim.destinations import destination
from essaim.library import Library
from essaim.model import champs, values
from essaim.model.types import Jour, Url
from essaim.problem import Problem, in_order

FILE = Path(".cache", "liens.json")
DAYS = 3
"""Days on which an address must fail before it is said to be dead."""
GONE = 410
"""HTTP status of what was taken away for good (RFC 9110, 15.5.11): dead at once."""
FORGET = 365
"""Days after which an address that the library no longer cites leaves the file."""
SHOWN = 200
"""Characters of an address in a message."""

State = Literal["vivant", "muet", "echec", "interdit"]
"""``muet``: the server is there, but answers no program (403, 429…). ``interdit``: an address that we don't ask."""
Postponed = Literal["remis"]
"""Not asked this time: nothing is learnt."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is written. ``path``, ``line`` and ``column`` are as in a ``Problem``."""

    sheet: str
    url: str
    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answered. ``code`` is the HTTP status, 0 when there was none; ``reason`` says in French why it
    is no good; ``moved`` is where it is for good now; ``later`` says that its host asks to be left alone."""

    url: str
    state: State | Postponed
    code: int = 0
    reason: str = ""
    moved: str = ""
    later: bool = False


class Known(BaseModel):
    """What is known of one address. ``depuis`` and ``jours``: since when it fails, and on how many days it was seen to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    etat: State
    code: int = Field(0, ge=0, le=999)
    raison: str = Field("", max_length=300)
    vers: Url | None = None
    controle_le: Jour
    depuis: Jour | None = None
    jours: int = Field(0, ge=0)

    @property
    def dead(self) -> bool:
        """Whether it failed for long enough to say so."""
        return self.etat == "echec" and (self.jours >= DAYS or self.code == GONE)

    @property
    def said(self) -> str:
        """What went wrong, in a few words: ``404, page introuvable``."""
        return ", ".join(str(part) for part in (self.code, self.raison) if part)


class Record(BaseModel):
    """The file: what is known of each address, without its fragment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    liens: dict[str, Known] = Field(default_factory=dict)

    @property
    def day(self) -> date | None:
        """The last day on which an address was asked."""
        return max((known.controle_le for known in self.liens.values()), default=None)


class RecordError(Exception):
    """Why the file can't be read, in French."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An address that an editor should look at, with every place where it is written."""

    code: str
    severity: str
    message: str
    hint: str
    known: Known
    places: tuple[Place, ...] = field(default=())


def cited(library: Library) -> dict[str, tuple[Place, ...]]:
    """Each external address without its fragment → where it is written: fields of the model, and links in texts."""
    found: dict[str, list[Place]] = {}
    for place in _places(library):
        found.setdefault(urldefrag(place.url).url, []).append(place)
    return {url: tuple(sorted(places, key=_order)) for url, places in sorted(found.items())}


def _places(library: Library) -> Iterator[Place]:
    for sheet in library.known.values():
        source = library.sources[sheet.id]
        for champ in champs(type(sheet)):
            for loc, url in values(sheet, champ.path) if champ.forme.genre == "adresse" else ():
                yield Place(sheet.id, url, source.path, *source.place(loc))
        for link in library.documents[sheet.id].links:
            kind, url, _ = destination(sheet, link)
            if kind == "external" and url.lower().startswith(("http://", "https://")):
                problem = source.body_problem(link.line, link.column, "", "")
                yield Place(sheet.id, url, problem.path, problem.line, problem.column)


def _order(place: Place) -> tuple[str, int, int]:
    return place.path, place.line, place.column


def due(record: Record, urls: Iterable[str], today: date, age: int) -> list[str]:
    """The addresses to ask: unknown ones, those asked ``age`` days ago or more, and those that failed on another day.

    An age of 0 asks all of them."""
    return [url for url in urls if _due(record.liens.get(url), today, age)]


def _due(known: Known | None, today: date, age: int) -> bool:
    if known is None:
        return True
    days = (today - known.controle_le).days
    # A date to come is a clock that was wrong.
    return not 0 <= days < (min(age, 1) if known.etat == "echec" else age)


def noted(before: Known | None, answer: Answer, today: date) -> Known | None:
    """What is known of an address after an answer. Failing twice in one day counts once."""
    if answer.state == "remis":
        return before
    depuis, jours = None, 0
    if answer.state == "echec":
        again = before is not None and before.etat == "echec"
        depuis = before.depuis or before.controle_le if before and again else today
        jours = before.jours + (before.controle_le < today) if before and again else 1
    return Known(etat=answer.state, code=answer.code, raison=answer.reason[:300], vers=_good(answer.moved), controle_le=today,
                 depuis=depuis, jours=jours)  # fmt: skip


def _good(url: str) -> str | None:
    """An address that a sheet may hold, or None: a server may send to anything."""
    try:
        return Known(etat="vivant", vers=url, controle_le=date.min).vers
    except ValidationError:
        return None


def with_answers(record: Record, answers: Iterable[Answer], urls: Iterable[str], today: date) -> Record:
    """The record after ``answers``. Of addresses that are not among ``urls``, those of the last ``FORGET`` days stay.

    When several hosts were asked and not one answered, our own network is at fault: nothing is noted then.
    """
    told = list(answers)
    liens = dict(record.liens)
    if not unplugged(told):
        liens |= {one.url: known for one in told if (known := noted(liens.get(one.url), one, today))}
    kept = set(urls)
    return Record(
        liens={
            url: known
            for url, known in sorted(liens.items())
            if url in kept or (today - known.controle_le).days < FORGET
        }
    )


def unplugged(answers: Iterable[Answer]) -> bool:
    """Whether the network is missing here: three addresses asked or more, and no server said anything."""
    asked = [one for one in answers if one.state not in ("interdit", "remis")]
    return len(asked) >= 3 and not any(one.code for one in asked)


def findings(places: Mapping[str, tuple[Place, ...]], record: Record) -> list[Finding]:
    """What is wrong with the addresses of ``places`` (see ``cited``), the gravest first, then by address."""
    found = [
        replace(finding, places=where)
        for url, where in places.items()
        if (known := record.liens.get(url)) and (finding := _finding(url, known))
    ]
    order = {code: place for place, code in enumerate(("lien-mort", "lien-refuse", "lien-a-confirmer", "lien-deplace"))}
    return sorted(found, key=lambda one: (order[one.code], one.places[0].url))


def _finding(url: str, known: Known) -> Finding | None:
    shown = url if len(url) <= SHOWN else url[:SHOWN] + "…"
    if known.dead:
        return Finding("lien-mort", "avertissement", f"ce lien est mort : {shown} ({known.said}, depuis le {known.depuis})",
                       "Cherchez où la page a déménagé, ou citez-en une copie d’archive ; sinon, retirez le lien.", known)  # fmt: skip
    if known.etat == "interdit":
        return Finding("lien-refuse", "avertissement", f"cette adresse n’est pas contrôlée : {shown} ({known.said})",
                       "Donnez une adresse que tout lecteur peut ouvrir.", known)  # fmt: skip
    if known.etat == "echec":
        return Finding("lien-a-confirmer", "conseil", f"ce lien n’a pas répondu le {known.controle_le} : {shown} ({known.said})",
                       f"Ouvrez-le. Il sera dit mort s’il échoue {DAYS} jours différents ({known.jours} pour l’instant).", known)  # fmt: skip
    if known.vers:
        home = "" if _deep(known.vers) or not _deep(url) else " C’est un accueil : la page n’existe peut-être plus."
        return Finding("lien-deplace", "conseil", f"ce lien a déménagé : {shown} mène à {known.vers}",
                       f"Vérifiez, puis écrivez la nouvelle adresse.{home}", known)  # fmt: skip
    return None


def _deep(url: str) -> bool:
    """Whether an address names more than its site."""
    return bool(url.partition("://")[2].rstrip("/").partition("/")[2])


def problems(found: Iterable[Finding]) -> list[Problem]:
    """A problem at each place of each finding: warnings and advice, never errors."""
    return in_order(
        Problem(place.path, place.line, place.column, one.code, one.message, one.hint, one.severity)
        for one in found
        for place in one.places
    )


def read(file: Path) -> Record | None:
    """The record in ``file``; None when there is no such file. Raises ``RecordError``."""
    try:
        return Record.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as failed:
        raise RecordError(f"« {file} » ne peut pas être lu ({disk.reason(failed)})") from None
    except ValidationError:
        raise RecordError(f"« {file} » n’est pas un fichier de liens qu’Essaim a écrit") from None


def write(file: Path, record: Record) -> None:
    """Writes ``record`` into ``file``: beside, then renamed. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = record.model_dump(mode="json", exclude_defaults=True) | {"version": record.version}
    disk.replace(file, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def set_aside(file: Path) -> Path:
    """Renames a file that can't be read, so that nothing of it is lost, and says how it is called now. Raises OSError."""
    number = 1
    while (kept := file.with_name(f"{file.stem}-illisible-{number}{file.suffix}")).exists():
        number += 1
    return file.rename(kept)
