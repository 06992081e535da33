from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "Evaluering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The outbox learns to write about forms, without knowing this app."""
        from courses.outbox.letter_words import COMPOSERS
        from evaluation import asking_consent, guards, reminding
        from evaluation.answers import keeping_names, keeping_no

        guards.connect()
        keeping_names.connect()
        keeping_no.connect()
        COMPOSERS["form"] = reminding.compose
        COMPOSERS["study"] = asking_consent.compose
