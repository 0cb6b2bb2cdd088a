"""How complete a sheet is: which of the expected facts it gives, and what to fill in first. Read off the model's fields."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from essaim.model import KINDS, Champ, Located, Sheet, champs, order
from essaim.words import NON_COMMUNIQUE

_PLACE = frozenset(Located.model_fields) - frozenset(Sheet.model_fields)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of ``expected`` fields, ``given`` are given. ``missing`` and ``unknown`` are the others, first things first.

    ``unknown`` are those that the sheet says ``non communiqué``: nobody gave the fact yet, so they come after what nobody
    has looked for.
    """

    given: int
    expected: int
    missing: tuple[Champ, ...]
    unknown: tuple[Champ, ...]

    @property
    def share(self) -> float:
        """From 0 (nothing) to 1 (all that is expected)."""
        return self.given / self.expected if self.expected else 1.0

    @property
    def first(self) -> tuple[Champ, ...]:
        """What to fill in, in order."""
        return (*self.missing, *self.unknown)


def completeness(sheet: Sheet) -> Completeness:
    """Which of the fields ``expected`` of its kind the sheet gives."""
    # Of its kind, not of its class: a sheet with mistakes is read by a class that requires nothing.
    wanted = expected(KINDS[sheet.KIND])
    states = [(champ, _state(sheet, champ)) for champ in wanted]
    missing = tuple(champ for champ, state in states if state == "absent")
    unknown = tuple(champ for champ, state in states if state == "unknown")
    return Completeness(len(wanted) - len(missing) - len(unknown), len(wanted), missing, unknown)


@cache
def expected(kind: type[Sheet]) -> tuple[Champ, ...]:
    """The top-level fields that a whole sheet of this kind gives, in the order in which to fill them in.

    They are what a first draft needs (``essentiel``), what a reader is told to ask for (``demander``), and what feeds a
    facet, by itself or by a field inside it. A place can be told in several ways: the first of its codes stands for all.
    """
    feeding = {champ.path.partition(".")[0] for champ in champs(kind) if champ.facette and not champ.computed}
    code = next((champ for champ in order(kind) if champ.territory), None)
    wanted = [
        champ
        for champ in order(kind)
        if champ == code or (champ.path not in _PLACE and (champ.essentiel or champ.demander or champ.path in feeding))
    ]
    return tuple(sorted(wanted, key=lambda champ: 0 if champ.essentiel else 1 if champ.demander else 2))


def _state(sheet: Sheet, champ: Champ) -> str:
    """``given``, ``absent``, or ``unknown`` when the sheet says that nobody gave it."""
    if champ.territory and isinstance(sheet, Located):
        return "given" if sheet.place.departements else "absent"
    value = getattr(sheet, champ.path)
    if value == NON_COMMUNIQUE:
        return "unknown"
    return "absent" if value is None or value == () else "given"
