"""What came in, and what was made of it."""

import uuid

from django.db import models

from quancheng_plugin.forms.stages import Stage
from quancheng_sidecar.preserve.models import StoredObject

LONGEST_NAME = 150
"""Characters of a name that an account in Paperless may have; PostgreSQL refuses what is longer than its column."""


class Case(models.Model):
    """案件: the enforcement activity that forms and recordings belong to (Art. 2)."""

    number = models.CharField("案号", max_length=128, unique=True)
    """Normalised for matching."""
    number_as_given = models.CharField("录入案号", max_length=128)
    opened_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number_as_given


class IntakeKind(models.TextChoices):
    """What a person handed in."""

    DOCUMENT = "document", "文书"
    RECORDING = "recording", "声像资料"


class IntakeState(models.TextChoices):
    """How far an intake has come. Only `RECEIVED` is taken up again by itself."""

    RECEIVED = "received", "待处理"
    DONE = "done", "已处理"
    DUPLICATE = "duplicate", "重复"
    QUARANTINED = "quarantined", "待人工处理"
    DISMISSED = "dismissed", "不予处理"


class Intake(models.Model):
    """收集登记: one handing-in of one file. Every handing-in stays listed, a failed or repeated one too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=16, choices=IntakeKind)
    file_name = models.CharField("文件名", max_length=512)
    original = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="intakes")
    stage = models.CharField("环节", max_length=16, blank=True, choices=[(s.value, s.zh) for s in Stage])
    officer = models.CharField("执法人员", max_length=64, blank=True)
    device = models.CharField("设备编号", max_length=64, blank=True)
    returned_at = models.DateTimeField("返回单位时间", null=True)
    agent = models.CharField("经手人", max_length=LONGEST_NAME)
    via = models.CharField("途径", max_length=16, default="cli")
    """`cli`, `inbox`, `page` or `paperless`; for an inbox the outcome is also written beside it."""
    received_at = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=16, choices=IntakeState, default=IntakeState.RECEIVED)
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    error_code = models.CharField("错误代码", max_length=64, blank=True)
    error_zh = models.TextField("错误说明", blank=True)
    error_en = models.TextField(blank=True)
    dismissed_why = models.TextField("不予处理的理由", blank=True)

    class Meta:
        ordering = ("received_at",)
        indexes = (models.Index(fields=("state", "received_at")),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"


class Prepared(models.Model):
    """已处理: what the plugin inside Paperless made of an original there, so that it is not read a second time."""

    intake = models.OneToOneField(Intake, on_delete=models.CASCADE, related_name="prepared")
    archive_file = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    page_count = models.PositiveIntegerField("页数")
    text = models.TextField("全文")
    reading = models.JSONField("识别结果")
    verification = models.JSONField("签名验证")
    findings = models.JSONField("处理中发现")

    def __str__(self) -> str:
        return f"{self.intake}"


class Held(models.Model):
    """What documents and recordings share: one original in one case, its place in the archive."""

    original = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True)
    file_name = models.CharField("文件名", max_length=512)
    received_at = models.DateTimeField("收到时间")
    archive_id = models.CharField("档案系统编号", max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name


class WrittenDocument(Held):
    """文字记录: a form that was read, signed and archived (Art. 3)."""

    archive_file = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    reading = models.JSONField("识别结果")
    """`FormReading` of the plugin."""
    verification = models.JSONField("签名验证")
    """`VerifyReport` of the plugin."""
    findings = models.JSONField("处理中发现")
    """`Finding`s about the file and its signing; those about the form are in `reading`."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("original", "case"), name="one_document_per_case", nulls_distinct=False),
        )


class Tracing(models.TextChoices):
    """Whether it was asked of which recordings of the archive this one is a copy or a piece."""

    PENDING = "pending", "待溯源"
    FIRST = "first", "待逐帧检查"
    """Asked by coded frames and sound, which were taken at intake; its pictures are yet to be looked through."""
    CARD = "card", "待更新登记卡"
    """Traced; what was found is not on its card yet."""
    DONE = "done", "已溯源"
    FAILED = "failed", "未能溯源"


class Recording(Held):
    """音像记录: a recording that was examined and registered (Art. 3, 5)."""

    stage = models.CharField("环节", max_length=16, blank=True, choices=[(s.value, s.zh) for s in Stage])
    officer = models.CharField("执法人员", max_length=64, blank=True)
    device = models.CharField("设备编号", max_length=64, blank=True)
    returned_at = models.DateTimeField("返回单位时间", null=True)
    start = models.DateTimeField("开始时间", null=True)
    end = models.DateTimeField("结束时间", null=True)
    report = models.JSONField("检验结果")
    """`RecordingReport` of the media engine."""
    card_file = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    tracing = models.CharField("溯源", max_length=16, choices=Tracing, default=Tracing.PENDING, db_index=True)
    tracing_error = models.TextField("溯源错误", blank=True)
    looked_through = models.JSONField("逐帧检查发现", default=list)
    """`Finding`s of the deferred look at every picture."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("original", "case"), name="one_recording_per_case", nulls_distinct=False),
        )
        indexes = (models.Index(fields=("device", "start")),)  # neighbours of a device's recordings


class Origin(models.Model):
    """同源: what a recording is to another that was in the archive before it (`Comparison` of the media engine)."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="origins")
    other = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="+")
    comparison = models.JSONField("比对结果")
    found_at = models.DateTimeField("发现时间")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("recording", "other"), name="one_origin_per_pair"),)

    def __str__(self) -> str:
        return f"{self.recording} ← {self.other}"


class Derivative(models.Model):
    """衍生件: a picture or proxy made from a master; it names its master and never stands for it."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="derivatives")
    kind = models.CharField(max_length=16)
    file = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} {self.recording}"


class ClockCheck(models.Model):
    """校时: how far a device's clock was off when it filmed the time codes; the recording that shows it is kept."""

    device = models.CharField("设备编号", max_length=64, db_index=True)
    recording = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField("文件名", max_length=512)
    at = models.DateTimeField("校时时间")
    """True time of the first code filmed."""
    measured = models.JSONField("测得")
    """`DeviceCheck` of the media engine."""
    by = models.CharField("校时人", max_length=64)
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ("device", "at")
        constraints = (models.UniqueConstraint(fields=("device", "recording"), name="one_check_per_recording"),)

    def __str__(self) -> str:
        return f"{self.device} {self.at:%Y-%m-%d}"


class LearntRecording(models.Model):
    """设备画像样本: what a trusted recording shows of its device's habits; its bytes are not kept."""

    make = models.CharField("厂商", max_length=128, blank=True)
    model = models.CharField("型号", max_length=128)
    """The device's number where no model is known."""
    firmware = models.CharField("固件版本", max_length=128, blank=True)
    device = models.CharField("设备编号", max_length=64, blank=True)
    digest = models.CharField("摘要", max_length=80, unique=True)
    file_name = models.CharField("文件名", max_length=512)
    habits = models.JSONField("习惯")
    """`Habits` of the media engine."""
    by = models.CharField("学习人", max_length=64)
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ("make", "model", "firmware", "id")

    def __str__(self) -> str:
        return f"{self.make} {self.model} {self.firmware}".strip()


class Correction(models.Model):
    """更正: what a person entered beside what was read or measured; the original value stays where it was."""

    document = models.ForeignKey(WrittenDocument, on_delete=models.PROTECT, null=True, related_name="corrections")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, null=True, related_name="corrections")
    name = models.CharField("项目", max_length=64)
    """`form`, `number`, `start`, `end`, `party`, or the key of a field; of a recording one of `RECORDED`."""
    was = models.TextField("原值", blank=True)
    """What held before; empty where there was nothing."""
    value = models.TextField("更正值", blank=True)
    """What holds now; the same as `was` where a person confirmed it."""
    by = models.CharField("更正人", max_length=LONGEST_NAME)
    why = models.TextField("理由")
    disputed = models.BooleanField("有争议", default=False)
    """People on two sides entered different values: ours holds, and is for review."""
    at = models.DateTimeField("更正时间")

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(document__isnull=True) ^ models.Q(recording__isnull=True),
                name="correction_of_one_record",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}：{self.was} → {self.value}"
