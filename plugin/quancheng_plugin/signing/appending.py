"""A signature added to a PDF as incremental update (EN 319 142-1; ISO 32000-2, 12.8)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import BuildProps
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import BaseStampStyle

from quancheng_plugin.findings import Finding
from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing import authority, development, remarks, vouching
from quancheng_plugin.signing.blocking import complete
from quancheng_plugin.signing.certificate import name_of
from quancheng_plugin.signing.collecting import collecting_context, collecting_errors
from quancheng_plugin.signing.errors import DocumentLocked
from quancheng_plugin.signing.identity import SigningIdentity
from quancheng_plugin.signing.keys import signing_identity
from quancheng_plugin.signing.opening import open_writer, reading_errors
from quancheng_plugin.signing.replacing import copy_to_become
from quancheng_plugin.signing.report import SignResult
from quancheng_plugin.signing.seal import Seal


class _DatedSigner(PdfSigner):
    """A signer whose claimed time is given: seal and signature then say the same."""

    claimed: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:  # noqa: ANN401  pyHanko's own
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.claimed
        return session


@dataclass(frozen=True)
class _Place:
    field: SigFieldSpec
    style: BaseStampStyle | None = None
    findings: tuple[Finding, ...] = ()


def append_signature(
    source: Path, out: Path, settings: PluginSettings, seal: Seal | None, *, text_as_read: bool
) -> SignResult:
    """Sign a copy of `source` and name it `out`; see `sign_pdf`."""
    tsa = authority.configured(settings)
    zone = timezone(timedelta(hours=settings.utc_offset_hours))
    with signing_identity(settings) as identity, copy_to_become(source, out) as copy:
        writer = open_writer(copy)
        with reading_errors():
            _require_unlocked(writer.prev)
            field = _free_name(writer.prev)
        place = _place(source, field, seal, for_development=identity.development)
        signer = _DatedSigner(
            _metadata(field, settings, identity, vouching.properties(vouched=text_as_read)),
            identity.signer,
            timestamper=tsa,
            stamp_style=place.style,
            new_field_spec=place.field,
        )
        signer.claimed = (datetime.now(UTC).astimezone(zone) if seal is None else seal.at).replace(microsecond=0)
        with collecting_errors():
            complete(_sign(signer, writer))
    said = [*place.findings, *([remarks.development_signature(field)] if identity.development else [])]
    return SignResult(
        path=out,
        field=field,
        level=settings.sign_level,
        signer=name_of(identity.certificate),
        signed_at=signer.claimed,
        development=identity.development,
        seal_page=place.field.on_page if place.field.box else None,
        findings=tuple(said),
    )


async def _sign(signer: PdfSigner, writer: IncrementalPdfFileWriter) -> None:
    context = signer.signature_meta.validation_context
    try:
        await signer.async_sign_pdf(writer, in_place=True)
    finally:
        if context is not None:
            await context.aclose()  # type: ignore[no-untyped-call]  # untyped there


def _place(source: Path, field: str, seal: Seal | None, *, for_development: bool) -> _Place:
    """Where and how the seal is drawn; invisible, with a finding, where it cannot be."""
    if seal is None:
        return _Place(SigFieldSpec(field))
    from quancheng_plugin.signing import fonts, placement, seal_drawing, seal_layout  # noqa: PLC0415  fonts load slowly

    try:
        spot = placement.find(source, seal_layout.SHAPE)
        if spot is None:
            return _Place(SigFieldSpec(field), None, (remarks.no_room(field),))
        style = seal_drawing.style(seal, spot, for_development=for_development)
    except placement.NoView as error:
        return _Place(SigFieldSpec(field), None, (remarks.no_view(field, str(error)),))
    except fonts.NoFont as error:
        return _Place(SigFieldSpec(field), None, (remarks.no_font(field, error.missing),))
    readable = f"{seal.unit} {seal.number or ''}".strip()
    box: Any = spot.box  # typed as whole numbers, but written as they are
    return _Place(SigFieldSpec(field, on_page=spot.page, box=box, readable_field_name=readable), style)


def _metadata(
    field: str, settings: PluginSettings, identity: SigningIdentity, made_by: BuildProps
) -> PdfSignatureMetadata:
    long_term = settings.sign_level in {"B-LT", "B-LTA"}
    return PdfSignatureMetadata(
        field_name=field,
        reason=development.MARK if identity.development else None,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=long_term,
        use_pades_lta=settings.sign_level == "B-LTA",
        validation_context=collecting_context(settings, identity) if long_term else None,
        signer_key_usage=set(),  # checked before, with a plainer sentence
        app_build_props=made_by,
    )


def _require_unlocked(reader: PdfFileReader) -> None:
    """Raise `DocumentLocked` when an earlier signature permits no change at all (DocMDP level 1)."""
    for signature in reader.embedded_signatures:
        if signature.docmdp_level == MDPPerm.NO_CHANGES:
            raise DocumentLocked(
                zh="文件中已有的签名禁止任何后续改动，再签名会使它失效。请保存原件，不要再次签名。",
                en="An earlier signature forbids any change; a further one would break it. Keep the original as it is.",
            )


def _free_name(reader: PdfFileReader) -> str:
    taken = {name for name, _, _ in enumerate_sig_fields(reader)}
    if "/AcroForm" in reader.root and "/Fields" in reader.root["/AcroForm"]:
        fields = [each.get_object() for each in reader.root["/AcroForm"]["/Fields"]]
        taken |= {str(each["/T"]) for each in fields if "/T" in each}
    return next(name for n in range(1, len(taken) + 2) if (name := f"Quancheng{n}") not in taken)
