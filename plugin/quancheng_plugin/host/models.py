"""Tables of the plugin inside Paperless-ngx.

None has a foreign key to Paperless' documents: a cascade would take its rows away when a document is only put
into the trash, and a protected key would stop a whole batch.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One thing that happened to one document, kept until the sidecar has acknowledged it (decision 0005)."""

    class Kind(models.TextChoices):
        """What happened."""

        CONSUMED = "consumed"
        CHANGED = "changed"
        VIEWED = "viewed"
        PREVIEWED = "previewed"
        DOWNLOADED = "downloaded"
        TRASHED = "trashed"
        RESTORED = "restored"
        DELETED = "deleted"
        DELETION_REFUSED = "deletion-refused"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    document = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now, db_index=True)
    user_id = models.PositiveIntegerField(null=True)
    user_name = models.CharField(max_length=150, blank=True)
    detail = models.JSONField(default=dict)
    refused = models.CharField(max_length=300, blank=True)
    """What the sidecar said of an event that it will not take, such as one of another version; it is not sent again."""

    objects: ClassVar[models.Manager["Event"]] = models.Manager()

    class Meta:
        app_label = "quancheng"
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.document}"


class Pause(models.Model):
    """How often the sidecar did not answer in a row, and until when it is left alone; one row at most."""

    failures = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    objects: ClassVar[models.Manager["Pause"]] = models.Manager()

    class Meta:
        app_label = "quancheng"

    def __str__(self) -> str:
        return f"{self.failures} → {self.until}"


class Kept(models.Model):
    """A document that nobody may delete (保管, Art. 8); its versions are kept with it."""

    class State(models.TextChoices):
        """Why."""

        ARCHIVED = "archived", "已归档"
        HELD = "held", "已冻结"

    document = models.PositiveIntegerField(primary_key=True)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Kept"]] = models.Manager()

    class Meta:
        app_label = "quancheng"

    def __str__(self) -> str:
        return f"{self.document} {self.state}"
