"""Communes, EPCI, départements and régions, on the real tables; and the form of these tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from essaim import territories
from essaim.territories import Commune, Epci, Territories, load, strate

DATA = Path(territories.__file__).parent / "data" / "territoires"
HEADERS = {
    "communes": ["code", "nom", "departement", "epci", "population", "codes_postaux"],
    "anciennes": ["ancien_code", "ancien_nom", "code"],
    "epci": ["siren", "nom", "type", "population"],
    "departements": ["code", "nom", "region"],
    "regions": ["code", "nom"],
}


@pytest.fixture(scope="module")
def france() -> Territories:
    return load()


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (DATA / f"{name}.tsv").read_text("utf-8").splitlines()[1:]]


def column(name: str, number: int = 0) -> set[str]:
    return {row[number] for row in rows(name)}


def codes(found: Iterable[Commune | Epci]) -> list[str]:
    return [one.code for one in found]


class TestFiles:
    @pytest.mark.parametrize("name", HEADERS)
    def test_form(self, name: str) -> None:
        data = (DATA / f"{name}.tsv").read_bytes()
        assert data.endswith(b"\n")
        assert b"\r" not in data
        header, *lines = [line.split("\t") for line in data.decode("utf-8").removesuffix("\n").split("\n")]
        assert header == HEADERS[name]
        assert {len(line) for line in lines} == {len(header)}
        assert [line[0] for line in lines] == sorted({line[0] for line in lines}), "codes are sorted and unique"
        assert all(cell == cell.strip() and "  " not in cell for line in lines for cell in line)
        optional = {"communes": {3, 4, 5}, "anciennes": {1}}.get(name, set())
        assert all(cell for line in lines for number, cell in enumerate(line) if number not in optional)

    def test_counts(self) -> None:
        counts = {name: len(rows(name)) for name in HEADERS}
        assert counts == {"communes": 34_969, "anciennes": 4_285, "epci": 1_255, "departements": 109, "regions": 26}

    def test_every_reference_leads_somewhere(self) -> None:
        assert column("communes", 2) == column("departements")
        assert column("communes", 3) - {""} == column("epci")
        assert column("departements", 2) == column("regions")
        assert column("anciennes", 2) <= column("communes")

    def test_no_former_code_is_still_in_use(self) -> None:
        assert not column("anciennes") & column("communes")

    def test_codes_and_numbers_have_their_form(self) -> None:
        for code, _, departement, _, population, postaux in rows("communes"):
            assert len(code) == 5
            assert code.startswith(departement)
            assert population == "" or population.isdecimal()
            assert all(len(postal) == 5 and postal.isdecimal() for postal in postaux.split())
        assert all(len(siren) == 9 and siren.isdecimal() for siren in column("epci"))
        assert column("epci", 2) == {"CC", "CA", "CU", "METRO", "MET69"}

    def test_population_of_an_epci_is_the_sum_of_its_communes(self) -> None:
        sums: dict[str, int] = {}
        for _, _, _, epci, population, _ in rows("communes"):
            sums[epci] = sums.get(epci, 0) + int(population or 0)
        assert {siren: int(population) for siren, _, _, population in rows("epci")} == {
            siren: total for siren, total in sums.items() if siren
        }

    def test_only_uninhabited_lands_have_no_population(self) -> None:
        assert {code for code, _, _, _, population, _ in rows("communes") if not population} == {
            "98411", "98412", "98413", "98414", "98415", "98901",
        }  # fmt: skip

    def test_licence_tells_sources_and_vintage(self) -> None:
        text = (DATA / "LICENCE.md").read_text("utf-8")
        for said in ("Licence Ouverte", "2.0", "Insee", "DGCL", "La Poste", "@etalab/decoupage-administratif", "2026"):
            assert said in text
        assert {file.name for file in DATA.iterdir()} == {"LICENCE.md", *(f"{name}.tsv" for name in HEADERS)}


class TestCodes:
    def test_commune(self, france: Territories) -> None:
        assert france.commune("26281") == Commune("26281", "Romans-sur-Isère", "26", "200068781", 33_464, ("26100",))
        assert france.commune("68224") == Commune(
            "68224", "Mulhouse", "68", "200066009", 104_978, ("68100", "68200")
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("code", "nom"),
        [
            ("46102", "Figeac"),
            ("94018", "Charenton-le-Pont"),
            ("12202", "Rodez"),
            ("2A004", "Ajaccio"),
            ("75056", "Paris"),
        ],
    )
    def test_commune_names(self, france: Territories, code: str, nom: str) -> None:
        commune = france.commune(code)
        assert commune is not None
        assert commune.nom == nom

    @pytest.mark.parametrize("code", ["", "code", "99999", "2a004", "2628", "26281 ", "75018"])
    def test_unknown_commune(self, france: Territories, code: str) -> None:
        assert france.commune(code) is None

    def test_a_postal_code_may_be_the_code_of_another_commune(self, france: Territories) -> None:
        romans, combovin = france.commune("26281"), france.commune("26100")
        assert romans is not None
        assert combovin is not None
        assert combovin.nom == "Combovin"
        assert romans.codes_postaux == (combovin.code,)

    def test_island_without_epci(self, france: Territories) -> None:
        ouessant = france.commune("29155")
        assert ouessant is not None
        assert ouessant.epci is None

    def test_epci(self, france: Territories) -> None:
        figeac = france.epci("200067361")
        assert figeac is not None
        assert (figeac.nom, figeac.type, figeac.population) == ("CC Grand-Figeac", "CC", 44_038)
        assert "46102" in figeac.communes
        assert figeac.communes == tuple(sorted(figeac.communes))
        assert all((c := france.commune(code)) and c.epci == figeac.code for code in figeac.communes)

    @pytest.mark.parametrize("siren", ["", "siren", "000000000"])
    def test_unknown_epci(self, france: Territories, siren: str) -> None:
        assert france.epci(siren) is None

    def test_departements_and_regions(self, france: Territories) -> None:
        assert len(france.departements) == 109
        assert len(france.regions) == 26
        assert [d.code for d in france.departements] == sorted(d.code for d in france.departements)
        assert [r.code for r in france.regions] == sorted(r.code for r in france.regions)
        drome = france.departement("26")
        assert drome is not None
        assert (drome.nom, drome.region) == ("Drôme", "84")
        assert france.departement("20") is None
        assert france.region("99") is None

    @pytest.mark.parametrize(
        ("code", "slug"),
        [
            ("11", "ile-de-france"),
            ("93", "provence-alpes-cote-d-azur"),
            ("84", "auvergne-rhone-alpes"),
            ("04", "la-reunion"),
        ],
    )
    def test_region_slug(self, france: Territories, code: str, slug: str) -> None:
        region = france.region(code)
        assert region is not None
        assert region.slug == slug

    def test_region_slugs_are_unique(self, france: Territories) -> None:
        assert len({region.slug for region in france.regions}) == len(france.regions)

    @pytest.mark.parametrize(
        ("old", "nom", "new"),
        [
            ("75018", "", "94018"),  # Charenton-le-Pont, before the départements of 1968
            ("68048", "", "68224"),  # Bourtzwiller, joined to Mulhouse
            ("01120", "Cordieux", "01262"),  # commune associée
            ("13201", "Marseille 1er Arrondissement", "13055"),
            ("60455", "La Neuville-Garnier", "60694"),  # today's state wins over the history
        ],
    )
    def test_former(self, france: Territories, old: str, nom: str, new: str) -> None:
        assert france.former(old) == (nom, france.commune(new))
        assert france.commune(old) is None

    @pytest.mark.parametrize("code", ["26281", "99999", "", "ancien_code"])
    def test_not_former(self, france: Territories, code: str) -> None:
        assert france.former(code) is None

    def test_nothing_can_be_changed(self, france: Territories) -> None:
        with pytest.raises(AttributeError):
            france.regions = ()  # type: ignore[misc]
        commune = france.commune("26281")
        assert commune is not None
        with pytest.raises(AttributeError):
            commune.nom = "Valence"  # type: ignore[misc]

    def test_read_once(self, france: Territories) -> None:
        assert load() is france


class TestNames:
    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("Romans-sur-Isère", "26281"),
            ("romans sur isere", "26281"),
            ("  ROMANS  SUR\nISÈRE ", "26281"),
            ("Romans-sur-Isère (26)", "26281"),
            ("Figac", "46102"),
            ("Mulouse", "68224"),
            ("Charenton", "94018"),
            ("Havre", "76351"),
            ("Mans", "72181"),
            ("L’Haÿ-les-Roses", "94038"),
            ("l hay les roses", "94038"),
            ("Oeuilly", "51410"),
            ("Stes Maries de la mer", "13096"),
            ("Ste-Foy-lès-Lyon", "69202"),
            ("Château-Chinon", "58062"),
            ("Château-Chinon (Campagne)", "58063"),
        ],
    )
    def test_nearest_commune(self, france: Territories, text: str, first: str) -> None:
        assert codes(france.find_communes(text))[0] == first

    def test_near_ones_are_proposed_too(self, france: Territories) -> None:
        assert codes(france.find_communes("Romans")) == ["79231", "01328", "26281"]

    @pytest.mark.parametrize("text", ["Saint-Maurice", "St Maurice", "st-maurice", "SAINT MAURICE"])
    def test_homonyms_by_population(self, france: Territories, text: str) -> None:
        assert codes(france.find_communes(text)) == ["94069", "63378", "67427"]
        assert codes(france.find_communes(text, limit=5)) == ["94069", "63378", "67427", "52453", "58257"]
        assert {commune.nom for commune in france.find_communes(text, limit=5)} == {"Saint-Maurice"}

    @pytest.mark.parametrize("text", ["", "  ", "-", "()", "xyzzy", "日本", "zzz " * 1_000, "(" * 100_000])
    def test_nothing_near(self, france: Territories, text: str) -> None:
        assert france.find_communes(text) == ()
        assert france.find_epci(text) == ()
        assert france.find_departements(text) == ()

    def test_limit(self, france: Territories) -> None:
        assert len(france.find_communes("Saint")) == 3
        assert len(france.find_communes("Saint", limit=7)) == 7
        assert france.find_communes("Saint", limit=0) == ()

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("CC Grand-Figeac", "200067361"),
            ("grand figeac", "200067361"),
            ("Communauté de communes du Grand-Figeac", "200067361"),
            ("Valence Romans", "200068781"),
            ("Lyon", "200046977"),
            ("Métropole de Metz", "200039865"),
            ("Communauté d’agglomération de la Rochelle", "241700434"),
            ("Kreiz Breizh", "242200715"),
            ("Pays de Pontchâteau Saint-Gildas-des-Bois", "200000438"),
        ],
    )
    def test_nearest_epci(self, france: Territories, text: str, first: str) -> None:
        assert codes(france.find_epci(text))[0] == first

    def test_epci_homonyms_by_population(self, france: Territories) -> None:
        assert codes(france.find_epci("CC des Quatre Rivières", limit=2)) == ["247400666", "247000623"]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Drome", ["26"]),
            ("lot", ["46", "47"]),
            ("Cote d’or", ["21", "22"]),
            ("Réunion", ["974"]),
            ("Polynésie", ["987"]),
        ],
    )
    def test_nearest_departements(self, france: Territories, text: str, expected: list[str]) -> None:
        assert [departement.code for departement in france.find_departements(text)] == expected


class TestPlace:
    def test_commune(self, france: Territories) -> None:
        place = france.place(["26281"])
        assert codes(place.communes) == ["26281"]
        assert place.epci == france.epci("200068781")
        assert [d.nom for d in place.departements] == ["Drôme"]
        assert [r.slug for r in place.regions] == ["auvergne-rhone-alpes"]
        assert (place.population, place.strate) == (33_464, "plus-de-10000")

    def test_communes_of_one_epci_keep_their_order_and_count_once(self, france: Territories) -> None:
        place = france.place(["26362", "26281", "26362"])  # Valence, Romans-sur-Isère
        assert codes(place.communes) == ["26362", "26281"]
        assert place.epci == france.epci("200068781")
        assert place.population == sum(commune.population or 0 for commune in place.communes)

    def test_communes_far_apart(self, france: Territories) -> None:
        place = france.place(["68224", "46102", "94018"])
        assert place.epci is None
        assert [d.code for d in place.departements] == ["46", "68", "94"]
        assert [r.code for r in place.regions] == ["11", "44", "76"]

    def test_epci_alone_has_the_departements_of_all_its_communes(self, france: Territories) -> None:
        place = france.place(epci="200067361")  # Grand-Figeac: mostly Lot, some Aveyron
        assert place.communes == ()
        assert [d.code for d in place.departements] == ["12", "46"]
        assert [r.code for r in place.regions] == ["76"]
        assert (place.population, place.strate) == (44_038, "plus-de-10000")

    def test_communes_win_over_epci_and_departements(self, france: Territories) -> None:
        place = france.place(["46102"], "200068781", ["68"])
        assert place.epci == france.epci("200068781"), "the EPCI given, even when it is another one"
        assert [d.code for d in place.departements] == ["46"]
        assert (place.population, place.strate) == (9_793, "2000-a-10000")

    def test_departements_alone(self, france: Territories) -> None:
        place = france.place(departements=["46", "26", "46"])
        assert [d.code for d in place.departements] == ["26", "46"]
        assert [r.code for r in place.regions] == ["76", "84"]
        assert (place.epci, place.population, place.strate) == (None, None, None)

    def test_overseas(self, france: Territories) -> None:
        reunion = france.place(["97411"])
        assert [r.slug for r in reunion.regions] == ["la-reunion"]
        assert reunion.epci is not None
        miquelon = france.place(["97501"])
        assert [d.nom for d in miquelon.departements] == ["Saint-Pierre-et-Miquelon"]
        assert [r.nom for r in miquelon.regions] == ["Saint-Pierre-et-Miquelon"]
        assert (miquelon.epci, miquelon.population, miquelon.strate) == (None, 596, "500-a-2000")

    def test_population_that_nobody_counts(self, france: Territories) -> None:
        place = france.place(["98412"])  # Archipel des Kerguelen
        assert [d.code for d in place.departements] == ["984"]
        assert (place.population, place.strate) == (None, None)

    def test_population_zero_is_a_population(self, france: Territories) -> None:
        place = france.place(["55039"])  # Beaumont-en-Verdunois, died for France
        assert (place.population, place.strate) == (0, "moins-de-500")

    def test_unknown_and_former_codes_are_skipped(self, france: Territories) -> None:
        assert france.place(["99999", "75018", "26281"], "nope", ["00"]) == france.place(["26281"])
        empty = france.place(["99999"], "nope", ["00"])
        assert (empty.communes, empty.epci, empty.departements, empty.regions) == ((), None, (), ())
        assert empty == france.place()

    @pytest.mark.parametrize(
        ("population", "name"),
        [
            (0, "moins-de-500"),
            (499, "moins-de-500"),
            (500, "500-a-2000"),
            (1_999, "500-a-2000"),
            (2_000, "2000-a-10000"),
            (9_999, "2000-a-10000"),
            (10_000, "plus-de-10000"),
            (2_000_000, "plus-de-10000"),
        ],
    )
    def test_bounds_of_the_strate(self, population: int, name: str) -> None:
        assert strate(population) == name


def test_an_epci_and_the_list_of_its_communes_are_the_same_place(france: Territories) -> None:
    for siren in sorted(column("epci"))[::50]:
        epci = france.epci(siren)
        assert epci is not None
        of_epci, of_communes = france.place(epci=siren), france.place(epci.communes)
        assert of_communes.epci == epci
        assert of_epci.departements == of_communes.departements
        assert of_epci.population == of_communes.population


@pytest.mark.parametrize(
    ("level", "text", "codes"),
    [
        ("commune", "Figeac", ["46102"]),
        ("commune", " figeac (Lot) ", ["46102"]),
        ("commune", "Figeac (46)", ["46102"]),
        ("commune", "Figeac (Gers)", []),
        ("commune", "46102", ["46102"]),
        ("commune", "46102 Figeac", ["46102"]),
        ("commune", "46102 Foix", []),
        ("commune", "Castillon (Canton de Lembeye)", ["64182"]),
        ("commune", "Castillon (64)", ["64181", "64182"]),
        ("commune", "Bourg (1)", []),
        ("commune", "2a004", ["2A004"]),
        ("commune", "", []),
        ("epci", "CC Grand-Figeac", ["200067361"]),
        ("epci", "200067361", ["200067361"]),
        ("departement", "Lot", ["46"]),
        ("departement", "46", ["46"]),
    ],
)
def test_all_that_a_person_may_mean(level: str, text: str, codes: list[str]) -> None:
    assert sorted(one.code for one in load().named(level, text)) == codes


def test_homonyms_are_told_apart() -> None:
    found = load().named("commune", "Sainte-Colombe")
    assert len(found) == 12
    assert len({load().told(one) for one in found}) == 12
    assert "46260 Sainte-Colombe (Lot)" in {load().told(one) for one in found}
