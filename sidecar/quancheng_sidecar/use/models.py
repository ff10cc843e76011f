"""What was concluded about a case."""

from django.db import models

from quancheng_sidecar.collect.models import WrittenDocument


class Verdict(models.Model):
    """比对结论: the latest judgment of a form against its recordings (Art. 5); the custody log has the earlier ones."""

    document = models.OneToOneField(WrittenDocument, on_delete=models.CASCADE, related_name="verdict")
    verdict = models.CharField("结论", max_length=16)
    agreement = models.JSONField("比对详情")
    """`Agreement` of the core."""
    judged_at = models.DateTimeField("比对时间")

    def __str__(self) -> str:
        return f"{self.document} {self.verdict}"
