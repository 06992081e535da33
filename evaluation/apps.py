from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = "Evaluering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Outbox and key file learn of forms and of answers that are locked, without knowing this app."""
        from courses.keys import IN_USE
        from courses.outbox.letter_words import COMPOSERS
        from courses.outbox.rows import LASTING
        from evaluation import asking_consent, guards, reminding
        from evaluation.answers import asked, keeping_names, keeping_no, signed, veils

        guards.connect()
        asked.connect()
        keeping_names.connect()
        keeping_no.connect()
        signed.connect()
        COMPOSERS["form"] = reminding.compose
        COMPOSERS["study"] = asking_consent.compose
        if asking_consent.lasting not in LASTING:
            LASTING.append(asking_consent.lasting)
        IN_USE[veils.KEY] = veils.is_used
