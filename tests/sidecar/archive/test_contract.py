"""What every archive promises, held to each adapter in turn."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest

from quancheng_sidecar.archive.errors import DocumentNotFound
from quancheng_sidecar.archive.fields import CustomField, FieldValue
from quancheng_sidecar.archive.permissions import EVERYONE, Circle, Permissions
from quancheng_sidecar.archive.port import Archive, DocumentId, DocumentKind, NewDocument

type Make = Callable[..., NewDocument]

CASE = "闽鼎海渔执罚〔2020〕218号"
_CLERKS, _LEGAL = "全程-文书", "全程-法制人员"


def _for(*groups: str, change: str = "") -> Permissions:
    """For these groups alone, and the account `change` may change it."""
    editors = Circle(accounts=frozenset({change} - {""}))
    return Permissions(view=editors | Circle(groups=frozenset(groups)), change=editors)


def test_a_document_comes_back_as_it_was_added(archive: Archive, make: Make) -> None:
    """Every value given is there again, with an id and the time of adding."""
    new = make(
        "全文\n第二行",
        title="现场检查（勘验）笔录",
        case=CASE,
        created=date(2026, 3, 1),
        page_count=2,
        fields={CustomField.PARTY: "张三", CustomField.STAGE: "inspection"},
    )
    found = archive.get(archive.add(new))
    assert found.model_dump(exclude={"id", "added_at", "fields"}) == new.model_dump(exclude={"fields"})
    assert found.fields == {**new.fields, CustomField.CASE_NUMBER: CASE}
    assert found.added_at.utcoffset() is not None


def test_adding_twice_gives_one_document(archive: Archive, make: Make) -> None:
    """The same original, kind and case is added once, however the case number is written and signed anew."""
    first = make("一", case="鼎海行复〔2020〕第01号")
    again = first.model_copy(update={"case": "鼎海行复[2020]1号", "archive_file": make().archive_file})
    assert archive.add(first) == archive.add(again)
    (kept,) = archive.find_by_original(first.original)
    assert kept.archive_file == first.archive_file


def test_an_original_may_lie_in_two_cases(archive: Archive, make: Make) -> None:
    """One scan that belongs to two cases is two documents, a card of it a third."""
    one = make(case=CASE)
    ids = [
        archive.add(one),
        archive.add(one.model_copy(update={"case": "闽鼎海渔执罚〔2020〕219号", "fields": {}})),
        archive.add(one.model_copy(update={"kind": DocumentKind.RECORD_CARD})),
    ]
    assert [each.id for each in archive.find_by_original(one.original)] == ids
    assert len(set(ids)) == len(ids)


def test_documents_without_a_case_are_told_apart_by_original(archive: Archive, make: Make) -> None:
    """No case is no common case."""
    one, other = make(), make()
    assert archive.add(one) != archive.add(other)
    assert archive.add(one) == archive.add(one)


@pytest.mark.parametrize(
    "written",
    ["鼎海行复〔2020〕第01号", "鼎海行复[2020]1号", "鼎海行复（２０２０）第１号", "鼎海行复 【2020】 001 号"],
)
def test_a_case_gathers_its_documents(archive: Archive, make: Make, written: str) -> None:
    """All writings of a case number are one case, and no other number is."""
    ids = [archive.add(make(case="鼎海行复〔2020〕第01号")), archive.add(make(case="鼎海行复[2020]1号"))]
    archive.add(make(case="鼎海行复〔2020〕第11号"))
    archive.add(make())
    assert [each.id for each in archive.of_case(written)] == ids


def test_no_case_number_names_no_case(archive: Archive, make: Make) -> None:
    """An empty number does not gather what has no case."""
    archive.add(make())
    assert archive.of_case("") == []


@pytest.mark.parametrize("wanted", ["archive file", "original"])
def test_both_files_can_be_read(archive: Archive, make: Make, wanted: str) -> None:
    """The archive file is the default, the original on request."""
    document = archive.add(make())
    with archive.open(document, original=wanted == "original") as content:
        assert content.read().decode().startswith(wanted)


@pytest.mark.parametrize("unknown", ["999999", "", "x", "-1", "１", "9" * 60, "1.0"])
def test_an_unknown_id_is_not_found(archive: Archive, unknown: str) -> None:
    """Ids that name nothing are answered by one error of a stable code."""
    with pytest.raises(DocumentNotFound) as raised:
        archive.get(DocumentId(unknown))
    assert raised.value.code == "QC-ARCHIVE-NOT-FOUND"


def test_fields_are_merged(archive: Archive, make: Make) -> None:
    """Setting some fields leaves the others, and setting one again replaces its value."""
    document = archive.add(make(fields={CustomField.PARTY: "张三", CustomField.SHIP: "闽鼎渔01234"}))
    archive.merge_fields(document, {CustomField.VERDICT: "agrees", CustomField.SHIP: "闽鼎渔05678"})
    assert archive.get(document).fields == {
        CustomField.PARTY: "张三",
        CustomField.SHIP: "闽鼎渔05678",
        CustomField.VERDICT: "agrees",
    }


def test_document_is_filed_and_moved(archive: Archive, make: Make) -> None:
    """A document gets a case, another, and none again; it is found by the one it is in, and by no other."""
    document = archive.add(make())
    for case in ("闽海渔执罚〔2026〕37号", "闽海渔执罚〔2026〕38号"):
        archive.file_under(document, case)
        assert archive.get(document).fields == {CustomField.CASE_NUMBER: case}
    assert [each.id for each in archive.of_case("闽海渔执罚[2026]第38号")] == [document]
    assert archive.of_case("闽海渔执罚〔2026〕37号") == []
    archive.file_under(document, None)
    assert (archive.get(document).case, archive.get(document).fields, archive.of_case("闽海渔执罚〔2026〕38号")) == (
        None, {}, []
    )  # fmt: skip


def test_document_is_not_moved_to_where_its_like_is(archive: Archive, make: Make) -> None:
    """One original of one kind is in a case only once."""
    new = make(case="闽海渔执罚〔2026〕37号")
    archive.add(new)
    document = archive.add(new.model_copy(update={"case": "闽海渔执罚〔2026〕38号"}))
    with pytest.raises(ValueError, match="已有同一原件"):
        archive.file_under(document, "闽海渔执罚[2026]037号")


def test_document_gets_a_newly_made_archive_file(archive: Archive, make: Make) -> None:
    """The new text is found and the old no longer; the original stays what it was."""
    document = archive.add(make(text="旧卡片"))
    original, new = archive.get(document).original, f"sha256:{'9' * 64}"
    archive.renew(document, archive_file=new, text="重新生成", page_count=2)
    held = archive.get(document)
    assert (held.archive_file, held.original, held.page_count) == (new, original, 2)
    assert [hit.id for hit in archive.search("重新生成").hits] == [document]
    assert archive.search("旧卡片").total == 0


def test_field_is_taken_away(archive: Archive, make: Make) -> None:
    """A field set to None is gone, from the document and from what finds it; one that was not there does no harm."""
    document = archive.add(make(fields={CustomField.PARTY: "张三", CustomField.SHIP: "闽鼎渔01234"}))
    archive.merge_fields(document, {CustomField.SHIP: None, CustomField.VERDICT: None})
    assert archive.get(document).fields == {CustomField.PARTY: "张三"}
    assert archive.find_by_field(CustomField.SHIP, "闽鼎渔01234") == []
    assert archive.search("闽鼎渔01234").total == 0


def test_documents_are_found_by_field(archive: Archive, make: Make) -> None:
    """A field finds exactly its value, of any length, and the value of today only."""
    long = "福建省鼎海市沙埕港" * 100
    one = archive.add(make(fields={CustomField.PLACE: long}))
    archive.add(make(fields={CustomField.PLACE: long[:-1], CustomField.PARTY: long}))
    assert [each.id for each in archive.find_by_field(CustomField.PLACE, long)] == [one]
    archive.merge_fields(one, {CustomField.PLACE: "他处"})
    assert archive.find_by_field(CustomField.PLACE, long) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (CustomField.STAGE, "somewhere"),
        (CustomField.VERDICT, "genuine"),
        (CustomField.SIGNATURE_STATUS, "长" * 129),
        (CustomField.PARTY, 1),
        (CustomField.PARTY, True),
        (CustomField.RECORDINGS, "1"),
        (CustomField.CASE_NUMBER, "另一案"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(
    archive: Archive, make: Make, field: CustomField, value: FieldValue
) -> None:
    """Nothing is changed then."""
    document = archive.add(make(fields={CustomField.SHIP: "闽鼎渔01234"}))
    with pytest.raises(ValueError, match=r"字段|案号"):
        archive.merge_fields(document, {CustomField.SHIP: "x", field: value})
    assert archive.get(document).fields == {CustomField.SHIP: "闽鼎渔01234"}


def test_links_go_both_ways(archive: Archive, make: Make) -> None:
    """Whichever way and how often two documents are linked, each names the other once."""
    form, card, other = (archive.add(make()) for _ in range(3))
    for a, b in ((form, card), (card, form), (form, card), (other, form)):
        archive.link(CustomField.RECORDINGS, a, b)
    archive.link(CustomField.DOCUMENTS, form, other)
    assert archive.links(form) == {CustomField.RECORDINGS: (card, other), CustomField.DOCUMENTS: (other,)}
    assert archive.links(card) == {CustomField.RECORDINGS: (form,)}
    assert archive.links(other) == {CustomField.RECORDINGS: (form,), CustomField.DOCUMENTS: (form,)}


def test_link_is_taken_away_from_both(archive: Archive, make: Make) -> None:
    """Whichever way round it is named, the link is gone from both; the others stay."""
    form, card, other = (archive.add(make()) for _ in range(3))
    archive.link(CustomField.RECORDINGS, form, card)
    archive.link(CustomField.RECORDINGS, form, other)
    for _ in range(2):
        archive.unlink(CustomField.RECORDINGS, card, form)
    assert archive.links(form) == {CustomField.RECORDINGS: (other,)}
    assert archive.links(card) == {}


def test_links_that_make_no_sense_are_refused(archive: Archive, make: Make) -> None:
    """Not to itself, not by a field of another type, not to what is not there."""
    document = archive.add(make())
    with pytest.raises(ValueError, match="自身"):
        archive.link(CustomField.RECORDINGS, document, document)
    with pytest.raises(ValueError, match="不是关联字段"):
        archive.link(CustomField.PARTY, document, archive.add(make()))
    with pytest.raises(DocumentNotFound):
        archive.link(CustomField.RECORDINGS, document, DocumentId("999999"))
    assert archive.links(document) == {}


def test_permissions_are_kept_and_taken_back(archive: Archive, make: Make) -> None:
    """A document is for everyone until it is said who may see and change it, and again when that is taken back."""
    document, other = archive.add(make()), archive.add(make())
    assert archive.permissions(document) == EVERYONE
    archive.permit(document, _for(_LEGAL, change="陈文书"))
    assert archive.permissions(document) == _for(_LEGAL, change="陈文书")
    assert archive.permissions(other) == EVERYONE
    archive.permit(document, None)
    assert archive.permissions(document) == EVERYONE


def test_permissions_of_what_is_not_there(archive: Archive) -> None:
    """Neither told nor set."""
    with pytest.raises(DocumentNotFound):
        archive.permissions(DocumentId("999999"))
    with pytest.raises(DocumentNotFound):
        archive.permit(DocumentId("999999"), EVERYONE)


def test_a_card_is_for_those_who_may_see_each_of_its_forms(archive: Archive, make: Make) -> None:
    """Linked with several forms, it is for whom all of them are; with none any more, for everyone again."""
    card = archive.add(make(kind=DocumentKind.RECORD_CARD))
    forms = [archive.add(make()) for _ in range(3)]
    archive.permit(forms[0], _for(_LEGAL, _CLERKS, change="陈文书"))
    archive.permit(forms[1], _for(_LEGAL, change="林文书"))
    archive.link(CustomField.RECORDINGS, forms[2], card)
    assert archive.permissions(card) == EVERYONE
    archive.link(CustomField.RECORDINGS, card, forms[0])
    assert archive.permissions(card) == _for(_LEGAL, _CLERKS, change="陈文书")
    archive.link(CustomField.RECORDINGS, forms[1], card)
    assert archive.permissions(card) == _for(_LEGAL)
    for form in forms:
        archive.unlink(CustomField.RECORDINGS, form, card)
    assert archive.permissions(card) == EVERYONE


def test_a_card_linked_with_no_form_follows_its_case(archive: Archive, make: Make) -> None:
    """However its number is written; a form of its own goes before, and no form follows another."""
    card = archive.add(make(kind=DocumentKind.RECORD_CARD, case=CASE))
    secret, other = archive.add(make(case="闽鼎海渔执罚[2020]第218号")), archive.add(make(case=CASE))
    archive.permit(secret, _for(_LEGAL))
    assert (archive.permissions(card), archive.permissions(other)) == (_for(_LEGAL), EVERYONE)
    archive.link(CustomField.RECORDINGS, other, card)
    assert archive.permissions(card) == EVERYONE
    archive.unlink(CustomField.RECORDINGS, other, card)
    archive.file_under(secret, "闽鼎海渔执罚〔2020〕219号")
    assert archive.permissions(card) == EVERYONE


def test_what_was_said_of_a_card_itself_goes_before(archive: Archive, make: Make) -> None:
    """Wider or narrower than its forms: it stands until it is taken back."""
    card, form = archive.add(make(kind=DocumentKind.RECORD_CARD)), archive.add(make())
    archive.link(CustomField.RECORDINGS, form, card)
    archive.permit(form, _for(_LEGAL))
    for said in (EVERYONE, _for(change="陈文书")):
        archive.permit(card, said)
        assert archive.permissions(card) == said
    archive.permit(card, None)
    assert archive.permissions(card) == _for(_LEGAL)


def test_permissions_that_make_no_sense_are_refused() -> None:
    """Not seen by some yet changed by everyone, nor changed by whom it is not shown."""
    with pytest.raises(ValueError, match="同时限定"):
        Permissions(view=Circle())
    with pytest.raises(ValueError, match="也可以查看"):
        Permissions(view=Circle(), change=Circle(groups=frozenset({_CLERKS})))


def test_what_no_database_can_hold_is_still_archived(archive: Archive, make: Make) -> None:
    """NUL and halves of characters, as broken PDFs give them, do not lose a document."""
    document = archive.add(make("前\0后\ud800末", fields={CustomField.PARTY: "张\0三"}))
    assert archive.get(document).text == "前后?末"
    assert archive.find_by_field(CustomField.PARTY, "张\0三")[0].id == document


def test_search_gives_pages_with_their_total(archive: Archive, make: Make) -> None:
    """Pages follow each other without gap or repetition, newest first, what has it in the title before all."""
    ids = [archive.add(make("渔船靠港" if number % 2 else "码头")) for number in range(9)]
    titled = archive.add(make(title="渔船清单"))
    ids += [archive.add(make("渔船离港"))]
    wanted = [titled, *(each for number, each in reversed([*enumerate(ids)]) if number % 2 or number > 8)]
    pages = [archive.search("渔船", limit=2, offset=offset) for offset in range(0, 8, 2)]
    assert [hit.id for page in pages for hit in page.hits] == wanted
    assert {page.total for page in pages} == {len(wanted)}


@pytest.mark.parametrize(("limit", "offset", "hits"), [(0, 0, 1), (-5, -5, 1), (10**9, 0, 3), (5, 10**12, 0)])
def test_odd_pages_are_brought_back_to_their_bounds(
    archive: Archive, make: Make, limit: int, offset: int, hits: int
) -> None:
    """No page is an error."""
    for _ in range(3):
        archive.add(make("渔船"))
    page = archive.search("渔船", limit=limit, offset=offset)
    assert (page.total, len(page.hits)) == (3, hits)


def test_a_changed_field_is_found_and_the_old_value_is_not(archive: Archive, make: Make) -> None:
    """Search follows a merge at once, with the text still found."""
    document = archive.add(make("渔船", fields={CustomField.PARTY: "张三"}))
    archive.merge_fields(document, {CustomField.PARTY: "李四"})
    assert [archive.search(query).total for query in ("张三", "李四", "渔船")] == [0, 1, 1]


def test_snippets_show_the_match(archive: Archive, make: Make) -> None:
    """The marks of a snippet cut out what was asked for, as it is written there."""
    archive.add(make("前言" * 200 + "鼎 海 渔 执 罚［２０２０］第０218号" + "后文" * 200))
    (hit,) = archive.search("鼎海渔执罚〔2020〕218号").hits
    (mark,) = hit.snippet.marks
    assert hit.snippet.source == "text"
    assert hit.snippet.text[slice(*mark)] == "鼎 海 渔 执 罚［２０２０］第０218号"
    assert all(one[1] < other[0] for one, other in pairwise(hit.snippet.marks))


def test_snippets_name_the_field(archive: Archive, make: Make) -> None:
    """What is found in a field only is shown from that field, a stage by its Chinese name."""
    archive.add(make("正文", fields={CustomField.STAGE: "hearing", CustomField.PARTY: "张三"}))
    shown = {query: archive.search(query).hits[0].snippet for query in ("听证", "张三", "文件甲")}
    assert [each.source for each in shown.values()] == ["stage", "party", "title"]
    assert shown["听证"].text == "听证"
