"""Tables of the built-in archive."""

import uuid

from django.db import models

from quancheng_sidecar.archive.fields import CustomField
from quancheng_sidecar.archive.port import CASE_MAX, TITLE_MAX, DocumentKind


class ArchivedDocument(models.Model):
    """档案文件: one document or record card (Art. 3, 9)."""

    title = models.CharField("题名", max_length=TITLE_MAX)
    kind = models.CharField("类别", max_length=16, choices=[(kind.value, kind.zh) for kind in DocumentKind])
    original = models.CharField("原件摘要", max_length=71, db_index=True)
    archive_file = models.CharField("归档文件摘要", max_length=71)
    mime_type = models.CharField("原件类型", max_length=128)
    text = models.TextField("全文", blank=True)
    created = models.DateField("文件日期", null=True)
    case = models.CharField("案号", max_length=CASE_MAX, blank=True)
    """As given; empty where the document belongs to no case."""
    case_key = models.CharField(max_length=256, blank=True, db_index=True)
    """The case number in one spelling, so that all its writings are one case."""
    page_count = models.PositiveIntegerField("页数", null=True)
    added_at = models.DateTimeField("归档时间", auto_now_add=True)
    permissions = models.JSONField("可见范围", null=True)
    """`archive.permissions.Permissions` as JSON, where something was said of this document."""
    change = models.BigIntegerField(db_index=True)
    """Place in the order of changes that the search index follows; see `changes`."""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("original", "kind", "case_key"), name="one_document_per_original_and_case"),
        )

    def __str__(self) -> str:
        return self.title


class DocumentField(models.Model):
    """自定义字段: one value of one document."""

    document = models.ForeignKey(ArchivedDocument, on_delete=models.CASCADE, related_name="field_values")
    field = models.CharField("字段", max_length=32)
    value = models.JSONField("值")
    value_key = models.CharField(max_length=64)
    """Digest of the value: a value of any length can be looked up, which an index on itself would not allow."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("document", "field"), name="one_value_per_field"),)
        indexes = (models.Index(fields=("field", "value_key")),)

    def __str__(self) -> str:
        return f"{CustomField(self.field).zh}：{self.value}"


class DocumentLink(models.Model):
    """关联: two documents that name each other. Kept once, the older document first."""

    field = models.CharField("字段", max_length=32)
    older = models.ForeignKey(ArchivedDocument, on_delete=models.CASCADE, related_name="links_to_newer")
    newer = models.ForeignKey(ArchivedDocument, on_delete=models.CASCADE, related_name="links_to_older")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("field", "older", "newer"), name="one_link_per_pair"),
            models.CheckConstraint(condition=models.Q(older__lt=models.F("newer")), name="link_older_first"),
        )

    def __str__(self) -> str:
        return f"{self.older_id} ↔ {self.newer_id}"


class ArchiveIdentity(models.Model):
    """Which archive this is: a search index that was made of another one is not taken for its own."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_archive_identity"),)

    def __str__(self) -> str:
        return str(self.uuid)
