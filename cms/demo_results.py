"""The demo's results: a study that is over, of invented people, worked out and let out the real way.

Its answers come from ``evaluation/synthetic.py`` and are put straight into the answers database: nobody was
asked, so there is no participation. The pages say that it is a rehearsal.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cms.demo import persona_user, read_demo
from courses.models import Group
from evaluation import setting_up
from evaluation.instruments.freezing import freeze
from evaluation.models import Occasion, Study
from evaluation.releases import releasing
from evaluation.synthetic import fill

PHASE = "pilot"


def make_results() -> None:
    """A study beside the running one, with the same waves, a year earlier. Nothing without that one, or
    when it is there already.
    """
    demo = read_demo()
    row, today = demo["results"], timezone.localdate()
    over = Study.objects.filter(key=demo["study"]["key"]).first()
    if over is None or Study.objects.filter(key=row["key"]).exists():
        return
    over.pk, over.key = None, row["key"]
    over.name_nb, over.name_nn = row["name_nb"], row["name_nn"]
    over.starts_on, over.ends_on = today - timedelta(days=500), today - timedelta(days=200)
    over.sunset_on = over.sunset_done_on = today - timedelta(days=170)
    over.criteria_locked_on, over.criteria_locked_by = None, ""
    over.save(force_insert=True)
    waves = {wave.code: wave for wave in setting_up.standard_set_up(over)}
    for wave in (waves["T0"], waves["T1"]):
        for each in wave.instruments.select_related("version"):
            freeze(each.version)
    fill(waves["T0"], waves["T1"], PHASE, row["families"], row["seed"])
    group = Group.objects.filter(phase=PHASE).order_by("pk").first()
    now = timezone.now()
    Occasion.objects.create(
        wave=waves["T1"],
        group=group,
        identity=waves["T1"].identity,
        opens_at=now - timedelta(days=320),
        closes_at=now - timedelta(days=300),
        state=Occasion.State.COUNTED,
        public_key=bytes(32),  # nothing is sealed to it any more
    )
    releasing.release(
        waves["T1"],
        PHASE,
        releasing.content_of(waves["T1"], PHASE, slow=False),
        persona_user("prosjektleder"),
    )
