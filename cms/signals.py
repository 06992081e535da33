"""What follows when a page is published."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published

from cms.models import InfoPage
from cms.rendering import segments_of


@receiver(page_published, sender=InfoPage)
def render_info_page(sender: type[InfoPage], instance: InfoPage, **kwargs: Any) -> None:
    """An information page is rendered once, here; the view only fetches it."""
    segments = segments_of(instance.body, instance.locale.language_code)
    html = "".join(segment["html"] for segment in segments)
    InfoPage.objects.filter(pk=instance.pk).update(html=html)
