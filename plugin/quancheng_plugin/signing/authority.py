"""Time stamps from an RFC 3161 authority over HTTP."""

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

from quancheng_plugin.settings import PluginSettings
from quancheng_plugin.signing.errors import TimeStampNotConfigured, TimeStampUnavailable

_TIMEOUT_S = 30


class TimeStampAuthority(HTTPTimeStamper):
    """pyHanko's client, with one error for a person and with the check of RFC 3161, 2.4.2.

    The nonce is checked by pyHanko, the imprint here; the stamp's own signature when it is verified.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout=_TIMEOUT_S)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A time-stamp token over this digest. Raises `TimeStampUnavailable`."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            stamped = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
            same = stamped["hashed_message"].native == message_digest
        except (TimestampRequestError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            # The last four are how asn1crypto takes an answer that is no time stamp.
            raise _unavailable(self.url, str(error)) from error
        if not same:
            raise _unavailable(self.url, "imprint of another message")
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send a request; every failure below HTTP comes as one error."""
        try:
            return await super().async_request_tsa_response(req)
        except TimestampRequestError as error:
            raise TimestampRequestError(f"{error}: {error.__cause__ or ''}") from error


def configured(settings: PluginSettings) -> TimeStampAuthority | None:
    """The authority that the level needs, or None for B-B. Raises `TimeStampNotConfigured`."""
    if settings.sign_level == "B-B":
        return None
    return required(settings)


def required(settings: PluginSettings) -> TimeStampAuthority:
    """The authority of the settings. Raises `TimeStampNotConfigured`."""
    if not settings.tsa_url:
        raise TimeStampNotConfigured(
            zh=f"签名级别 {settings.sign_level} 需要时间戳。请设置 QUANCHENG_TSA_URL，或把级别改为 B-B。",
            en=f"Level {settings.sign_level} needs time stamps. Set QUANCHENG_TSA_URL, or the level to B-B.",
        )
    return TimeStampAuthority(settings.tsa_url)


def _unavailable(url: str, reason: str) -> TimeStampUnavailable:
    return TimeStampUnavailable(
        zh=f"时间戳服务没有给出时间戳（{url}）：{reason}。没有签名，请稍后重试；若总失败，请核对 QUANCHENG_TSA_URL。",
        en=f"The time-stamp authority gave no time stamp ({url}): {reason}. Nothing was signed; try again later, "
        "and check QUANCHENG_TSA_URL if it keeps failing.",
    )
