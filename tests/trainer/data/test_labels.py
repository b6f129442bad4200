from fieldguide.core.guide import load_guide
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon
from trainer.data.labels import build_tree, names_in_words, resolve_labels, unlisted_taxon


def test_synonyms_and_misspellings_end_in_one_accepted_taxon() -> None:
    labels = resolve_labels(["Boletus_badius", "Imleria_badia", "Plateus_cervinus", "Fomes_formentarius"], load_guide())
    names = [taxon.name for taxon in labels.taxa]
    assert sorted(names) == ["Fomes fomentarius", "Imleria badia", "Pluteus cervinus"]
    assert labels.of_folder["Boletus_badius"] == labels.of_folder["Imleria_badia"]
    assert {raw for raw, _, _ in labels.renamed} == {"Boletus_badius", "Plateus_cervinus", "Fomes_formentarius"}


def test_a_name_with_an_addition_is_told_as_what_it_is_read_as() -> None:
    written = {
        "Agaricus sp.": "Agaricus",
        "Cantharellus cf. cibarius": "Cantharellus cibarius",
        "Bolétus edulis": "Boletus edulis",
        "Amanita phalloides 2": "Amanita phalloides",
        "Galerina marginata complex": "Galerina marginata",
    }
    labels = resolve_labels([*written, "amanita-muscaria", "Russula_emetica"], load_guide())
    assert {raw: name for raw, name, _ in labels.renamed} == written
    assert labels.unresolved == ()
    told = "\n".join(names_in_words(labels))
    assert all(f"{raw} is {name}: read without additions and accents" in told for raw, name in written.items())


def test_what_cannot_be_resolved_is_listed_and_keeps_its_name() -> None:
    labels = resolve_labels(["Aeshna_cyanea", "Boletus"], load_guide())
    assert labels.unresolved == ("Aeshna_cyanea",)
    assert Taxon("Aeshna cyanea", Rank.SPECIES, "Aeshna") in labels.taxa


def test_names_outside_the_guide_get_their_rank_from_their_form() -> None:
    assert unlisted_taxon("aeshnidae").rank is Rank.FAMILY
    assert unlisted_taxon("Aeshna").rank is Rank.GENUS
    assert unlisted_taxon("aeshna_CYANEA") == Taxon("Aeshna cyanea", Rank.SPECIES, "Aeshna")


def test_a_genus_label_allows_its_species_and_the_background_allows_itself_only() -> None:
    labels = resolve_labels(["Boletus", "Boletus_edulis", "Suillus_luteus", "Suillus_bovinus", "."], load_guide())
    tree = build_tree(labels.taxa)
    row = {taxon.name: number for number, taxon in enumerate(labels.taxa)}
    genus = row["Boletus"]
    assert tree.members[genus].sum() == 2
    assert tree.members[row["Boletus edulis"]].sum() == 1
    assert labels.taxa[-1] == BACKGROUND
    assert tree.members[row["Background"]].sum() == 1
    assert tree.genus[row["Boletus edulis"]] == genus
    suillus = tree.genus[row["Suillus luteus"]]
    assert tree.names[suillus] == "Suillus"
    assert tree.genus[row["Background"]] == tree.family[row["Background"]] == -1


def test_photos_under_two_labels_teach_the_narrowest_taxon_they_share() -> None:
    labels = resolve_labels(["Suillus_luteus", "Suillus_bovinus", "Gomphidius", "Amanita_muscaria"], load_guide())
    tree = build_tree(labels.taxa)
    row = {taxon.name: number for number, taxon in enumerate(labels.taxa)}
    assert tree.names[tree.common_target([row["Suillus luteus"], row["Suillus bovinus"]])] == "Suillus"
    assert tree.common_target([row["Suillus luteus"], row["Amanita muscaria"]]) == -1
