"""What is stored: scenarios that people configure, runs that people have started from them, and the limits of both.

No table is touched while frames flow. A scenario is a document (JSON, versioned) with the few columns by which
the library finds it; a run is the snapshot of its document, its seed and its journal, which is all that a run is
(same three, same trace), plus who may control it. The snapshot is kept with the run so that editing or retiring a
scenario never changes what somebody has watched.
"""

import hashlib
import json
import secrets
from collections.abc import Container
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from simulator.engine.clock import DAY, MINUTE

FROM_DOCUMENT = ("title", "summary", "level", "tags", "patterns", "edited")
UNTOUCHED_FOR = timedelta(days=1)
MOST_UNTOUCHED = 2000
AT_ONCE = 500  # rows deleted by one statement: nobody waits long for the lock
SHORTEST_RUN, LONGEST_RUN = MINUTE, 31 * DAY  # what `longest_run` can be; a document can't say more
KEY_BYTES = 16  # 128 bits: a run's address is its only lock for watching, so it must not be guessable


def new_key() -> str:
    """A fresh address for a run: 22 URL-safe characters."""
    return secrets.token_urlsafe(KEY_BYTES)


def fingerprint(document: Any) -> str:
    """SHA-256 of a document, blind to the order of keys and to white space."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class Scenario(models.Model):
    """A system to play: the document is the truth, and what the library searches is copied from it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    class Level(models.TextChoices):
        FIRST_STEPS = "first steps", "First steps"
        GOING_DEEPER = "going deeper", "Going deeper"
        EXPERT = "expert", "Expert"

    slug = models.SlugField(
        max_length=80, unique=True, help_text="The scenario's address: lower-case words joined by hyphens."
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, blank=True, help_text="One sentence, shown on the card in the library.")
    document = models.JSONField(help_text="The system itself: nodes, links, faults and story.")
    patterns = models.JSONField(default=list, editable=False)
    tags = models.JSONField(default=list, blank=True)
    level = models.CharField(max_length=20, choices=Level.choices, default=Level.FIRST_STEPS)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT, db_index=True)
    builtin = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Where the document came from, as pattern/name; empty for your own.",
    )
    pristine = models.CharField(max_length=64, blank=True, default="", editable=False)
    edited = models.BooleanField(
        default=False,
        editable=False,
        help_text="Somebody changed the document since it was loaded from a pattern's folder.",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="scenarios"
    )
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["title", "slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("scenario", args=[self.slug])

    @property
    def level_words(self) -> str:
        return self.level.capitalize()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, with the columns by which the library finds it taken from the document."""
        self.read_document()
        only = kwargs.get("update_fields")
        if only is not None and "document" in only:
            kwargs["update_fields"] = {*only, "changed", *FROM_DOCUMENT}
        super().save(*args, **kwargs)

    def read_document(self) -> None:
        """Copy what the library shows out of the document; what the document does not say is empty."""
        document = self.document if isinstance(self.document, dict) else {}
        self.title = str(document.get("title") or self.title or self.slug)[:120]
        self.summary = str(document.get("summary") or "")[:300]
        self.level = str(document.get("level") or self.Level.FIRST_STEPS)[:20]
        tags = document.get("tags")
        self.tags = [str(tag) for tag in tags] if isinstance(tags, list) else []
        self.patterns = patterns_of(document)
        self.edited = bool(self.builtin) and self.pristine != fingerprint(self.document)


class Run(models.Model):
    """A replication of a scenario: its document at the time, a seed and the journal of what people did to it."""

    key = models.CharField(primary_key=True, max_length=43, default=new_key, editable=False)
    scenario = models.ForeignKey(Scenario, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs")
    title = models.CharField(max_length=120)
    document = models.JSONField()
    seed = models.BigIntegerField(validators=[MinValueValidator(0), MaxValueValidator(2**53)])
    journal = models.JSONField(default=list, blank=True)
    reached = models.BigIntegerField(default=0, help_text="The latest virtual time computed so far, in microseconds.")
    version = models.CharField(
        max_length=16, blank=True, default="", editable=False, help_text="The version of the rules that played it last."
    )
    digest = models.JSONField(default=list, blank=True, editable=False)
    differs_from = models.BigIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="Virtual time from which it was once played differently, by another version.",
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="forks")
    forked_at = models.BigIntegerField(
        null=True, blank=True, help_text="Virtual time at which it parted from its parent."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    visitor = models.CharField(max_length=43, blank=True, default="", db_index=True)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["-changed"]

    def __str__(self) -> str:
        return f"{self.title} (seed {self.seed})"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.key])

    @classmethod
    def forget_untouched(cls, alive: Container[str] = ()) -> int:
        """Delete runs that nobody has played or done anything to: those older than a day, and the oldest of too many.

        Runs in `alive` are kept, because somebody has them open. Returns how many went.
        """
        untouched = cls.objects.filter(reached=0, parent=None, journal=[])
        newest = untouched.order_by("-created").values_list("pk", "created")
        limit = timezone.now() - UNTOUCHED_FOR
        old = [key for place, (key, made) in enumerate(newest) if place >= MOST_UNTOUCHED or made < limit]
        going = [key for key in old if key not in alive]
        for begin in range(0, len(going), AT_ONCE):
            untouched.filter(pk__in=going[begin : begin + AT_ONCE]).delete()
        return len(going)

    @property
    def untouched(self) -> bool:
        """Whether nobody has played it or done anything to it: such a run may be handed out again."""
        return not self.journal and self.reached == 0 and self.parent_id is None


class Limits(models.Model):
    """How much anybody may take of this server. The newest row holds; the older ones say who changed what, and when.

    Without a row the defaults hold. Each limit is declared here once: its form, its validation and its sentence follow.
    """

    longest_run = models.BigIntegerField(
        "longest run",
        default=LONGEST_RUN,
        validators=[MinValueValidator(SHORTEST_RUN), MaxValueValidator(LONGEST_RUN)],
        help_text="How much virtual time a scenario may say that its runs last, from 1m to 31d.",
    )
    messages_per_second = models.PositiveIntegerField(
        "messages per second",
        default=20_000,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text="What all producers of a scenario may send together at their fastest, per virtual second.",
    )
    viewers = models.PositiveIntegerField(
        "viewers of a run",
        default=500,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="How many pages may watch one run at once.",
    )
    runs_an_hour = models.PositiveIntegerField(
        "runs an hour",
        default=120,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text="How many runs one person may start within an hour; instructors and staff are not counted.",
    )
    live_runs = models.PositiveIntegerField(
        "live runs",
        default=200,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="How many runs this server holds in memory; beyond it, one that nobody watches is put away.",
    )
    live_megabytes = models.PositiveIntegerField(
        "memory of live runs",
        default=2_000,
        validators=[MinValueValidator(100), MaxValueValidator(1_000_000)],
        help_text="What the live runs may remember of their past together, in megabytes.",
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    changed = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "limits"

    def __str__(self) -> str:
        return "The limits"


def patterns_of(document: Any) -> list[str]:
    """The patterns a document uses, each once, in the order of its nodes; a broken one gives what can be read."""
    nodes = document.get("nodes") if isinstance(document, dict) else None
    names = [node.get("pattern") for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))
