from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Innhold"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Receivers are connected, and reports learn where their template is, without knowing this app."""
        from cms import signals  # noqa: F401
        from cms.report_template import report_template
        from evaluation.releases.report_templates import SOURCES

        SOURCES.append(report_template)
