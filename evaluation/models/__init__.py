"""What is asked, of whom, and what was answered; each room's models in a file of their own.

``evaluation.models.answers`` lives in the answers database alone (cms/routers.py). It is imported here so
that Django knows its tables, and by the closing job; nothing that a page does imports from it.
"""

from evaluation.models.answers import ClosingBatch, Response, TextAnswer
from evaluation.models.beforehand import Criterion, Information
from evaluation.models.guards import FrozenError
from evaluation.models.instruments import (
    Choice,
    ChoiceList,
    Instrument,
    InstrumentVersion,
    Item,
    Scale,
    Section,
)
from evaluation.models.participation import (
    Consent,
    HouseholdSalt,
    KeyedSheet,
    PairSalt,
    PaperEnvelope,
    Participation,
    SealedAnswer,
    SealedNames,
    Withdrawal,
)
from evaluation.models.releases import (
    EveningVerdict,
    Release,
    ReleasedAlreadyError,
    ReleasedNumber,
    ReleasedPicture,
    ReleaseDraft,
)
from evaluation.models.studies import (
    Audience,
    IdentityMode,
    InvitedAlreadyError,
    Occasion,
    Study,
    Wave,
    WaveInstrument,
)

__all__ = [
    "Audience",
    "Choice",
    "ChoiceList",
    "ClosingBatch",
    "Consent",
    "Criterion",
    "EveningVerdict",
    "FrozenError",
    "HouseholdSalt",
    "IdentityMode",
    "Information",
    "Instrument",
    "InstrumentVersion",
    "InvitedAlreadyError",
    "Item",
    "KeyedSheet",
    "Occasion",
    "PairSalt",
    "PaperEnvelope",
    "Participation",
    "Release",
    "ReleaseDraft",
    "ReleasedAlreadyError",
    "ReleasedNumber",
    "ReleasedPicture",
    "Response",
    "Scale",
    "SealedAnswer",
    "SealedNames",
    "Section",
    "Study",
    "TextAnswer",
    "Wave",
    "WaveInstrument",
    "Withdrawal",
]
