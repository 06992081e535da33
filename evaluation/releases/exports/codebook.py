"""What a reader of the file must know, in both written languages: the same words in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.instruments.definition import Words

if TYPE_CHECKING:
    from evaluation.instruments.definition import Definition
    from evaluation.releases.exports.dataset import Dataset

PHASES = {"pilot": Words("pilot", "pilot"), "implementation": Words("innføring", "innføring")}
MEASURES = {
    "nominal": Words("nominal", "nominal"),
    "ordinal": Words("ordinal", "ordinal"),
    "scale": Words("skala", "skala"),
}
CONDITIONS = Words(
    "Bare for forskningspartneren, etter avtale. Det skal ikke prøves å finne ut hvem noen er."
    " Den som kjenner svarene fra én i en husstand, kan finne den andre: gi ikke fila videre.",
    "Berre for forskingspartnaren, etter avtale. Det skal ikkje prøvast å finne ut kven nokon er."
    " Den som kjenner svara frå éin i ein husstand, kan finne den andre: gje ikkje fila vidare.",
)
RULES = (
    Words(
        "Én rad for hver person som er med i offentliggjøringens tall, og ingen andre. Svar før og etter står"
        " på samme rad. En celle er tom der personen ikke er med i tallene for det skjemaet.",
        "Éi rad for kvar person som er med i tala i offentleggjeringa, og ingen andre. Svar før og etter står"
        " på same rad. Ei celle er tom der personen ikkje er med i tala for det skjemaet.",
    ),
    Words(
        "Numrene på respondent, husstand og gruppe er trukket på nytt for denne fila. De sier ingenting om"
        " noen person, og står ikke i andre filer. Men to filer fra samme studie kan legges sammen på like"
        " svar før kurset. Derfor skal én mottaker ha alle filene fra en studie, og ingen andre noen av dem.",
        "Numra på respondent, husstand og gruppe er trekte på nytt for denne fila. Dei seier ingenting om"
        " nokon person, og står ikkje i andre filer. Men to filer frå same studie kan leggjast saman på like"
        " svar før kurset. Derfor skal éin mottakar ha alle filene frå ein studie, og ingen andre nokon av"
        " dei.",
    ),
    Words(
        "Minst fem voksne i fire familier er like på dette sammen: hvor mange kvelder de har svart at de var"
        " med på, kommune, gruppe og husstand. Der det ikke er slik, er først husstand, så"
        " gruppe, så kommune, så kveldene tatt bort. Voksne i én husstand som skilles av det, står som to.",
        "Minst fem vaksne i fire familiar er like på dette saman: kor mange kveldar dei har svart at dei var"
        " med på, kommune, gruppe og husstand. Der det ikkje er slik, er først husstand, så"
        " gruppe, så kommune, så kveldane tekne bort. Vaksne i éin husstand som blir skilde av det, står som"
        " to.",
    ),
    Words(
        "Skalaer som offentliggjøringen ikke kunne vise, er ikke med, og heller ikke spørsmålene i dem."
        " Spørsmål utenfor en skala er med bare der offentliggjøringen viser svarene på det; tall og flervalg"
        " viser den ikke, og de er med fra ti svar i seks familier. Spørsmålene i en vist skala er med, også"
        " der de ikke vises hver for seg. Har alle, eller alle utenom én husstand, svart likt på et av dem,"
        " står bare skåren.",
        "Skalaer som offentleggjeringa ikkje kunne vise, er ikkje med, og heller ikkje spørsmåla i dei."
        " Spørsmål utanfor ein skala er med berre der offentleggjeringa viser svara på det; tal og fleirval"
        " viser ho ikkje, og dei er med frå ti svar i seks familiar. Spørsmåla i ein vist skala er med, òg"
        " der dei ikkje blir viste kvar for seg. Har alle, eller alle utanom éin husstand, svart likt på eitt"
        " av dei, står berre skåren.",
    ),
    Words(
        "Også på hvert svar utenfor en skala er minst fem voksne i fire familier like, ved hver måling: Tall"
        " er slått sammen til grupper der det trengs, og svar som færre ga, er tomme celler. Er de tomme for"
        " få, er også det minste av de andre svarene tomt. Det gjelder hvert svar for seg: flere av dem"
        " sammen kan gjelde bare én.",
        "Også på kvart svar utanfor ein skala er minst fem vaksne i fire familiar like, ved kvar måling: Tal"
        " er slegne saman til grupper der det trengst, og svar som færre gav, er tomme celler. Er dei tomme"
        " for få, er òg det minste av dei andre svara tomt. Det gjeld kvart svar for seg: fleire av dei saman"
        " kan gjelde berre éin.",
    ),
    Words(
        "Skårene står slik skalaen er. Endringen, i R-skriptet og i offentliggjøringen, er etter minus før,"
        " snudd der lavt er bra: pluss er til det bedre. Der ingen ende er bra, er pluss opp.",
        "Skårane står slik skalaen er. Endringa, i R-skriptet og i offentleggjeringa, er etter minus før,"
        " snudd der lågt er bra: pluss er til det betre. Der ingen ende er bra, er pluss opp.",
    ),
    CONDITIONS,
    Words(
        "Tekstsvar ligger i en egen fil, i tilfeldig rekkefølge og uten nummer.",
        "Tekstsvar ligg i ei eiga fil, i tilfeldig rekkjefølgje og utan nummer.",
    ),
)


def title(of: Dataset) -> Words:
    study, wave, phase = of.release.study, of.release.wave, PHASES[of.release.phase]
    return Words(
        f"{study.name_nb}: {wave.name_nb}, {phase.nb}",
        f"{study.name_nn or study.name_nb}: {wave.name_in('nn')}, {phase.nn}",
    )


def about(of: Dataset) -> list[Words]:
    """The title, how many, the rules, the codes, and where each questionnaire comes from."""
    made = of.release.made_on
    half = 1 if made.month <= 6 else 2
    which = f"{of.release.pk}, {half}. halvår {made.year}. {of.release.checksum}"
    codes = "; ".join(f"{code} {why.nb.lower()}" for code, why in of.codes.all)
    koder = "; ".join(f"{code} {why.nn.lower()}" for code, why in of.codes.all)
    return [
        title(of),
        Words(f"Offentliggjøring {which}. n = {of.n}.", f"Offentleggjering {which}. n = {of.n}."),
        *RULES,
        Words(f"Manglende svar: {codes}.", f"Manglande svar: {koder}."),
        *(_questionnaire(each.definition) for each in of.questionnaires),
    ]


def _questionnaire(of: Definition) -> Words:
    rest = f"versjon {of.version}. {of.source} {of.licence}"
    return Words(f"{of.title.nb}, {rest}", f"{of.title.in_language('nn')}, {rest}")
