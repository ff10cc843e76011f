"""Verification: what was changed is found, what cannot be checked is said, and nothing makes it crash."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import cms
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore

from quancheng_plugin.errors import UnreadableInput
from quancheng_plugin.findings import Severity
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import KeyMissing
from quancheng_plugin.signing.report import Trust, VerifyReport
from quancheng_plugin.signing.sign import sign_pdf
from quancheng_plugin.signing.verify import verify_pdf
from tests.plugin.signing.pki import Pki

SM2_SM3, SM3 = "1.2.156.10197.1.501", "1.2.156.10197.1.401"


@pytest.fixture(scope="module")
def signed(pki: Pki, form_pdf: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PluginSettings]:
    """A file signed by the test authority's signer, B-T, and the settings that trust it."""
    folder = tmp_path_factory.mktemp("signed")
    settings = pki.settings(folder, sign_level="B-T", tsa_url=pki.tsa())
    sign_pdf(form_pdf, folder / "signed.pdf", settings)
    return folder / "signed.pdf", settings


def codes(report: VerifyReport) -> dict[str, Severity]:
    """Finding codes with their severity."""
    return {finding.code: finding.severity for finding in report.findings}


def signature_range(content: bytes) -> tuple[int, int]:
    """Offsets of the first signature's `/Contents` in the file: the first byte after `<`, and that of `>`."""
    start, second = (int(each) for each in content.split(b"/ByteRange [", 1)[1].split(b"]")[0].split()[1:3])
    return start + 1, second - 1


def with_container(content: bytes, change: Callable[[cms.ContentInfo], bytes]) -> bytes:
    """The file with the CMS of its first signature changed, in place, padded as before."""
    start, end = signature_range(content)
    container = cms.ContentInfo.load(bytes.fromhex(content[start:end].decode()), strict=False)
    changed = change(container).hex().encode()
    return content[:start] + changed.ljust(end - start, b"0") + content[end:]


def test_bytes_behind_the_last_signature_are_told_and_break_nothing(
    signed: tuple[Path, PluginSettings], tmp_path: Path
) -> None:
    """A file that grew by a comment on its way is whole as far as it is signed, and the rest is named."""
    path, settings = signed
    grown = tmp_path / "grown.pdf"
    grown.write_bytes(path.read_bytes() + b"\n% sent by a gateway\n")
    assert "uncovered-tail" not in codes(verify_pdf(path, settings))
    report = verify_pdf(grown, settings)
    assert report.valid
    assert codes(report)["uncovered-tail"] is Severity.LOW


def test_unsigned_pdf(form_pdf: Path, tmp_path: Path) -> None:
    """No signature: not valid, and a finding says why."""
    report = verify_pdf(form_pdf, PluginSettings(home=tmp_path))
    assert (report.valid, report.signatures) == (False, ())
    assert codes(report) == {"unsigned": Severity.MEDIUM}


@pytest.mark.parametrize("where", ["in the text", "in the signature", "in the claimed time"])
def test_one_changed_byte(signed: tuple[Path, PluginSettings], tmp_path: Path, where: str) -> None:
    """One byte changed anywhere under the signature makes it broken, with a finding of severity high."""
    path, settings = signed
    content = bytearray(path.read_bytes())
    start, end = signature_range(bytes(content))
    container = cms.ContentInfo.load(bytes.fromhex(bytes(content[start:end]).decode()), strict=False)
    value = container["content"]["signer_infos"][0]["signature"].native.hex().encode()
    at = {
        "in the text": lambda: content.index(b"stream") + 40,
        "in the signature": lambda: content.lower().index(value) + 40,
        "in the claimed time": lambda: content.rindex(b"/M (D\\0722026") + 9,
    }[where]()
    content[at] = ord("0") if content[at] != ord("0") else ord("1")  # a hexadecimal digit stays one
    (tmp_path / "t.pdf").write_bytes(content)
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert (report.valid, report.signatures[0].intact) == (False, False)
    assert codes(report)["signature-broken"] is Severity.HIGH


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_under_a_signature_is_free(
    signed: tuple[Path, PluginSettings], tmp_path: Path, data: st.DataObject
) -> None:
    """Whichever signed byte is changed and however: never valid, never an error but those of unreadable files."""
    path, settings = signed
    content = bytearray(path.read_bytes())
    start, end = signature_range(bytes(content))
    at = data.draw(st.one_of(st.integers(0, start - 2), st.integers(end + 1, len(content) - 1)))
    content[at] ^= data.draw(st.integers(1, 255))
    (tmp_path / "t.pdf").write_bytes(content)
    try:
        report = verify_pdf(tmp_path / "t.pdf", settings)
    except UnreadableInput:
        return
    assert not report.valid


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hostile_containers_fail_alone(
    signed: tuple[Path, PluginSettings], tmp_path: Path, data: st.DataObject
) -> None:
    """Whatever stands in the signature's container, verification ends with a report."""
    path, settings = signed
    content = path.read_bytes()
    start, _ = signature_range(content)
    at = start + 2 * data.draw(st.integers(0, 3000))
    junk = data.draw(st.binary(min_size=1, max_size=12)).hex().encode()
    (tmp_path / "t.pdf").write_bytes(content[:at] + junk + content[at + len(junk) :])
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert len(report.signatures) == 1


def test_damage_that_shows_only_when_asked_for(signed: tuple[Path, PluginSettings], tmp_path: Path) -> None:
    """The signature value bears another ASN.1 tag, which its parser notices late: unchecked, and not valid."""

    def tagged_otherwise(container: cms.ContentInfo) -> bytes:
        value = container["content"]["signer_infos"][0]["signature"].dump()
        return bytes(container.dump().replace(value, b"\x06" + value[1:]))

    path, settings = signed
    (tmp_path / "t.pdf").write_bytes(with_container(path.read_bytes(), tagged_otherwise))
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert (report.valid, [each.intact for each in report.signatures]) == (False, [None])


def test_content_appended_after_signing(signed: tuple[Path, PluginSettings], tmp_path: Path) -> None:
    """A page painted over by an incremental update: the signature is intact, the file is not valid, and it is said."""
    path, settings = signed
    with path.open("rb") as file, (tmp_path / "t.pdf").open("wb") as out:
        writer = IncrementalPdfFileWriter(file)
        more = writer.add_object(generic.StreamObject(stream_data=b"0 0 300 300 re f"))
        writer.add_stream_to_page(0, more)
        writer.write(out)
    report = verify_pdf(tmp_path / "t.pdf", settings)
    signature = report.signatures[0]
    assert (report.valid, signature.intact, signature.changes_after) == (False, True, "other")
    assert not signature.covers_whole_file
    assert codes(report) == {"changed-after-signing": Severity.HIGH}


def test_bytes_appended_without_a_revision(signed: tuple[Path, PluginSettings], tmp_path: Path) -> None:
    """Blank lines after the end, as some mail programs add them, are no accusation of a broken signature."""
    path, settings = signed
    (tmp_path / "t.pdf").write_bytes(path.read_bytes() + b"\r\n\r\n")
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert report.signatures[0].intact
    assert Severity.HIGH not in codes(report).values()


def test_trust_is_judged_by_the_configured_roots_alone(
    pki: Pki, signed: tuple[Path, PluginSettings], tmp_path: Path
) -> None:
    """No root: not checked. Another root: untrusted. In both cases integrity stands."""
    path, _ = signed
    nothing = verify_pdf(path, PluginSettings(home=tmp_path))
    (tmp_path / "other.pem").write_bytes(pki.chain("expired").read_bytes())
    sign_pdf(path, tmp_path / "x.pdf", PluginSettings(home=tmp_path / "h"))
    other = verify_pdf(path, PluginSettings(home=tmp_path, trust_roots=(tmp_path / "h" / "dev-ca" / "root.pem",)))
    assert (nothing.valid, nothing.signatures[0].trust) == (True, Trust.NOT_CHECKED)
    assert codes(nothing) == {"roots-not-configured": Severity.INFO}
    assert (other.valid, other.signatures[0].trust) == (True, Trust.UNTRUSTED)
    assert codes(other) == {"certificate-untrusted": Severity.MEDIUM, "time-stamp-untrusted": Severity.LOW}


def test_root_that_is_not_there(signed: tuple[Path, PluginSettings], tmp_path: Path) -> None:
    """A configured root that cannot be read is an error, not a verdict."""
    with pytest.raises(KeyMissing, match=r"keine\.pem"):
        verify_pdf(signed[0], PluginSettings(home=tmp_path, trust_roots=(tmp_path / "keine.pem",)))


@pytest.mark.parametrize(
    ("part", "oid"),
    [("signature_algorithm", SM2_SM3), ("signature_algorithm", "1.3.6.1.4.1.99999.7"), ("digest_algorithm", SM3)],
)
def test_algorithm_that_is_not_known_here(
    signed: tuple[Path, PluginSettings], tmp_path: Path, part: str, oid: str
) -> None:
    """SM2, SM3 and others: said to be unchecked, neither intact nor broken, and never of severity high."""
    path, settings = signed

    def change(container: cms.ContentInfo) -> bytes:
        container["content"]["signer_infos"][0][part] = {"algorithm": oid}
        return container.dump()

    (tmp_path / "t.pdf").write_bytes(with_container(path.read_bytes(), change))
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert (report.valid, report.signatures[0].intact) == (False, None)
    assert oid in report.signatures[0].not_checked[0]
    assert "signature-not-checked" in codes(report)
    assert Severity.HIGH not in codes(report).values()


def test_changed_text_under_an_unknown_algorithm_is_still_seen(
    signed: tuple[Path, PluginSettings], tmp_path: Path
) -> None:
    """With SM2 over SHA-256 the digest can be compared even where the signature cannot."""
    path, settings = signed

    def change(container: cms.ContentInfo) -> bytes:
        container["content"]["signer_infos"][0]["signature_algorithm"] = {"algorithm": SM2_SM3}
        return container.dump()

    content = bytearray(with_container(path.read_bytes(), change))
    content[content.index(b"stream") + 40] ^= 1
    (tmp_path / "t.pdf").write_bytes(content)
    assert verify_pdf(tmp_path / "t.pdf", settings).signatures[0].intact is False


def test_seal_in_a_format_of_its_own(signed: tuple[Path, PluginSettings], tmp_path: Path) -> None:
    """A Chinese e-seal (GB/T 38540) in the signature field is reported as unread, with its format's name."""
    path, settings = signed
    content = path.read_bytes().replace(b"/ETSI.CAdES.detached", b"/GM.SM2Seal.detached")
    content = with_container(content, lambda _: bytes.fromhex("3082010002010430820080160245531602"))
    (tmp_path / "t.pdf").write_bytes(content)
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert (report.valid, report.signatures[0].intact, report.signatures[0].trust) == (False, None, Trust.NOT_CHECKED)
    assert "GM.SM2Seal.detached" in report.signatures[0].not_checked[0]
    assert codes(report)["signature-unreadable"] is Severity.MEDIUM


def test_stamp_of_another_signature(
    pki: Pki, signed: tuple[Path, PluginSettings], form_pdf: Path, tmp_path: Path
) -> None:
    """A time stamp taken from another signature proves nothing, and that is a finding."""
    path, settings = signed
    sign_pdf(form_pdf, tmp_path / "other.pdf", settings)
    foreign = []
    with_container((tmp_path / "other.pdf").read_bytes(), lambda each: foreign.append(each.copy()) or each.dump())

    def change(container: cms.ContentInfo) -> bytes:
        container["content"]["signer_infos"][0]["unsigned_attrs"] = foreign[0]["content"]["signer_infos"][0][
            "unsigned_attrs"
        ]
        return container.dump()

    (tmp_path / "t.pdf").write_bytes(with_container(path.read_bytes(), change))
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert report.signatures[0].intact
    assert report.signatures[0].level == "B-B"
    assert codes(report) == {"time-stamp-broken": Severity.HIGH}


def test_expired_certificate_is_no_broken_signature(
    fresh_pki: Callable[..., Pki], soon: Callable[[float], datetime], form_pdf: Path, tmp_path: Path
) -> None:
    """After its certificate ran out, a signature without a stamp is intact but not trusted; with one it is trusted."""
    end = soon(4)
    pki = fresh_pki(signer_until=end)
    settings = pki.settings(tmp_path, tsa_url=pki.tsa())
    sign_pdf(form_pdf, tmp_path / "b.pdf", settings)
    sign_pdf(form_pdf, tmp_path / "t.pdf", settings.model_copy(update={"sign_level": "B-T"}))
    time.sleep(max(0, end.timestamp() - time.time()) + 2)
    plain, stamped = verify_pdf(tmp_path / "b.pdf", settings), verify_pdf(tmp_path / "t.pdf", settings)
    assert (plain.valid, plain.signatures[0].trust) == (True, Trust.UNTRUSTED)
    assert codes(plain) == {"certificate-expired": Severity.MEDIUM}
    assert (stamped.valid, stamped.signatures[0].trust, codes(stamped)) == (True, Trust.TRUSTED, {})


def test_revocation_counts_from_its_date(
    fresh_pki: Callable[..., Pki], soon: Callable[[float], datetime], form_pdf: Path, tmp_path: Path
) -> None:
    """A certificate revoked after the proven time is trusted; without proof it is a finding of severity high."""
    revoked_at = soon(4)
    pki = fresh_pki(revoked_since=revoked_at)
    settings = pki.settings(tmp_path, sign_pkcs12=pki.pkcs12("revoked"), tsa_url=pki.tsa())
    sign_pdf(form_pdf, tmp_path / "b.pdf", settings)
    sign_pdf(form_pdf, tmp_path / "t.pdf", settings.model_copy(update={"sign_level": "B-T"}))
    time.sleep(max(0, revoked_at.timestamp() - time.time()) + 2)
    answer = pki.ask_ocsp("revoked")
    for name in ("b", "t"):
        with (tmp_path / f"{name}.pdf").open("rb+") as file:
            DocumentSecurityStore.add_dss(file, None, ocsps=[answer], certs=[pki.certificate("interm")])
    plain, stamped = verify_pdf(tmp_path / "b.pdf", settings), verify_pdf(tmp_path / "t.pdf", settings)
    assert (plain.valid, plain.signatures[0].trust) == (True, Trust.UNTRUSTED)
    assert codes(plain) == {"certificate-revoked": Severity.HIGH}
    assert (stamped.signatures[0].trust, codes(stamped)) == (Trust.TRUSTED, {})


def test_nothing_is_fetched(fresh_pki: Callable[..., Pki], form_pdf: Path, tmp_path: Path) -> None:
    """Verification of a file whose certificates name OCSP and CRL addresses opens no connection."""
    pki = fresh_pki()
    settings = pki.settings(tmp_path, tsa_url=pki.tsa(), sign_level="B-T")
    sign_pdf(form_pdf, tmp_path / "t.pdf", settings)
    before = len(pki.requests)
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert report.valid
    assert len(pki.requests) == before
    assert any("吊销" in each for each in report.signatures[0].not_checked)


def test_signature_that_the_signer_never_finished(signed: tuple[Path, PluginSettings], tmp_path: Path) -> None:
    """An empty signature field is no signature."""
    path, settings = signed
    with pikepdf.open(path) as pdf:
        del pdf.Root.AcroForm.Fields[0].V
        pdf.save(tmp_path / "t.pdf")
    assert codes(verify_pdf(tmp_path / "t.pdf", settings)) == {"unsigned": Severity.MEDIUM}


def test_file_rewritten_by_another_program(signed: tuple[Path, PluginSettings], tmp_path: Path) -> None:
    """A signed file saved anew by a program that rewrites everything has a broken signature, not a crash."""
    path, settings = signed
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "t.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)
    report = verify_pdf(tmp_path / "t.pdf", settings)
    assert not report.valid
    assert len(report.signatures) == 1
