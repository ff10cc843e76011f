"""Tables of the store of originals and of the custody log."""

from django.db import models

from quancheng_sidecar.core.merkle import HASH_BYTES
from quancheng_sidecar.media.report import Digest

SUBJECT_MAX = 255
"""Longest subject of an event, in characters."""


class StoredObject(models.Model):
    """原件: one content of the store, named by its digest. Records refer to this row; the bytes stand in the store."""

    sha256 = models.CharField("SHA-256", max_length=71, primary_key=True)
    """`sha256:` and 64 hex digits."""
    sm3 = models.CharField("SM3", max_length=68, null=True)  # noqa: DJ001  not computed is not the same as empty
    size = models.BigIntegerField("字节数")
    media_type = models.CharField("媒体类型", max_length=128, blank=True)
    stored_at = models.DateTimeField("入库时间")

    def __str__(self) -> str:
        return self.sha256

    @property
    def digest(self) -> str:
        """`sha256:…`, as the store and the archive name it."""
        return self.sha256

    def as_digest(self) -> Digest:
        """All digests of the content."""
        return Digest(sha256=self.sha256, sm3=self.sm3, size=self.size)


class CustodyEvent(models.Model):
    """保管日志: one act on a record (Art. 9, 10, 12), never changed or removed once written.

    `canonical` is the act itself, as RFC 8785 JSON; the columns repeat it for searching, and verification holds
    them against it. `hashes` is the leaf hash and then every complete subtree of the Merkle tree that this leaf
    completes, 32 bytes each. `chain` is SHA-256(0x02 || chain of the event before || leaf hash): it names the very
    event at which a rewritten log parts from what was written.
    """

    seq = models.BigIntegerField("序号", primary_key=True)
    event_id = models.CharField("编号", max_length=36, unique=True)
    type = models.CharField("事件", max_length=64)
    agent = models.TextField("经手人")
    subject = models.CharField("对象", max_length=SUBJECT_MAX, db_index=True)
    outcome = models.TextField("结果")
    at = models.DateTimeField("时间")
    canonical = models.TextField("内容")
    hashes = models.BinaryField()
    chain = models.BinaryField()

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return f"{self.seq} {self.type} {self.subject}"

    @property
    def leaf(self) -> bytes:
        """Leaf hash of RFC 6962 over `canonical`."""
        return bytes(self.hashes[:HASH_BYTES])


class Checkpoint(models.Model):
    """检查点: the signed statement of the log's size and root at one moment, never changed or removed once written."""

    size = models.BigIntegerField("记录数", primary_key=True)
    note = models.TextField("签名检查点")
    """C2SP tlog-checkpoint."""
    made_at = models.DateTimeField("签署时间")

    class Meta:
        ordering = ("size",)

    def __str__(self) -> str:
        return f"{self.size}"
