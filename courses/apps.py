from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = "Kurs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The key file learns whether somebody is erased by a mark of its key; a short name's fault is said
        without the library's word for it.
        """
        from django.core.validators import validate_slug
        from django.utils.translation import gettext_lazy as _

        from courses.keys import IN_USE
        from courses.ledger import has_marks

        IN_USE["ledger"] = has_marks
        validate_slug.message = _("Bruk bare bokstavene a–z, tall, bindestrek og understrek.")
