"""Which document of ours is which of Paperless, and how far the two are in step."""

from django.db import models
from django.db.models import F
from django.utils import timezone

from quancheng_sidecar.archive.embedded.models import ArchivedDocument


class Twin(models.Model):
    """对应关系: one document of ours and its like in Paperless.

    `wanted` counts what was changed here, `done` how much of that has arrived there; a twin with more wanted
    than done is pushed when it is `due_at`. `base`, `base_links` and `base_permissions` are what both last agreed on.
    """

    document = models.OneToOneField(ArchivedDocument, on_delete=models.CASCADE, related_name="twin")
    remote_id = models.PositiveBigIntegerField("Paperless 编号", null=True, unique=True)
    task_id = models.CharField(max_length=64, blank=True)
    """Task of the upload under way."""
    sent_at = models.DateTimeField(null=True)
    """When an upload was begun: whether it arrived is asked before another is made."""
    base = models.JSONField(default=dict)
    """Field values by code, as the sidecar writes them."""
    base_links = models.JSONField(default=dict)
    """Remote ids by link field's code."""
    base_permissions = models.JSONField(null=True)
    """`archive.permissions.Permissions` as JSON; None until both sides first agreed."""
    wanted = models.PositiveIntegerField(default=1)
    done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField("失败次数", default=0)
    due_at = models.DateTimeField("下次处理时间", default=timezone.now)
    error_code = models.CharField("错误代码", max_length=64, blank=True)
    error_zh = models.TextField("错误说明", blank=True)

    class Meta:
        indexes = (models.Index(fields=("due_at",)),)

    def __str__(self) -> str:
        return f"{self.document_id} = {self.remote_id or '待上传'}"

    @classmethod
    def want(cls, *documents: int) -> None:
        """Note, in the transaction of a change, that these documents have to be brought into step."""
        cls.objects.filter(document__in=documents).update(wanted=F("wanted") + 1, due_at=timezone.now())


class Incoming(models.Model):
    """收进登记: a document of Paperless whose bytes are in our store, so that it is not uploaded back."""

    remote_id = models.PositiveBigIntegerField(unique=True)
    original = models.CharField(max_length=71, db_index=True)
    permissions = models.JSONField("可见范围", null=True)
    """Who may see it there (`archive.permissions.Permissions` as JSON), where not everyone may."""
    kept = models.BooleanField("受保管", default=True)
    """Whether the guard there knows that nobody may delete it: by itself, or since it was told."""

    def __str__(self) -> str:
        return f"{self.remote_id} {self.original}"


class Notice(models.Model):
    """通知: an event that Paperless told. Its id is the outbox's, so a doubled one is known."""

    id = models.UUIDField(primary_key=True)
    type = models.CharField(max_length=32)
    remote_id = models.PositiveBigIntegerField(db_index=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=150, blank=True)
    detail = models.JSONField(default=dict)
    looked_at = models.DateTimeField(null=True)
    """When what it asks for was done."""

    def __str__(self) -> str:
        return f"{self.type} {self.remote_id}"


class Cursor(models.Model):
    """游标: up to when changes in Paperless were looked at, and as whom."""

    modified = models.DateTimeField()
    account = models.CharField("本系统在 Paperless 的账号", max_length=150, blank=True)
    fields = models.JSONField("自定义字段编号", default=dict)
    """Ids there of the custom fields by their code: one that was made anew is empty, and nobody emptied it."""

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_paperless_cursor"),)

    def __str__(self) -> str:
        return str(self.modified)
