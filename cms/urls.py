"""Every address of the site."""

from django.urls import include, path
from wagtail.admin import urls as wagtail_admin_urls
from wagtail.admin.auth import require_admin_access

from cms.views import (
    demo,
    errors,
    files,
    front,
    health,
    min_side,
    own_account,
    own_data,
    privacy,
    project_people,
)

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

site = (
    [
        path("", front.front, name="front"),
        path("hjelp/", front.help_now, name="help"),
        path("uten-nett/", front.offline, name="offline"),
        path("uten-nett/kveld/", front.evening_offline, name="evening_offline"),
        path("personvern/", front.info, {"slug": "personvern"}, name="privacy"),
        path("personvern/avvik/", privacy.report, name="report_breach"),
        path("tilgjengelighet/", front.info, {"slug": "tilgjengelighet"}, name="accessibility"),
        path("praktisk/", front.info, {"slug": "praktisk"}, name="practical"),
        path("ord/", front.words, name="words"),
        path("innstillinger/", front.preferences, name="preferences"),
        path("helse/", health.health, name="health"),
        path("sw.js", front.service_worker, name="service_worker"),
        path("favicon.ico", front.favicon, name="favicon"),
        path("min/", min_side.min_side, name="min_side"),
        path("min/opplysninger/", own_data.own_data, name="own_data"),
        path("min/opplysninger/last-ned/", own_data.download, name="own_data_download"),
        path("min/opplysninger/forskning/<int:study_id>/", own_data.leave_research, name="leave_research"),
        path("min/opplysninger/slett/", own_data.ask_for_erasure, name="ask_for_erasure"),
        path("min/passnokkel/nei/", min_side.decline_passkey, name="decline_passkey"),
        path("prosjekt/", include("cms.urls_project")),
        path("invitasjon/<str:token>/", project_people.invitation, name="invitation"),
        path("filer/bilde/<path:name>", files.picture, name="picture"),
        path("filer/opptak/<int:recording_id>/", files.recording, name="recording"),
        path(
            "filer/opptak/<int:recording_id>/teksting.vtt",
            files.recording_captions,
            name="recording_captions",
        ),
        path("filer/opptak/<int:recording_id>/stillbilde/", files.recording_still, name="recording_still"),
        path("demo/", demo.demo, name="demo"),
        path("demo/postkasse/", demo.mailbox, name="mailbox"),
        path("demo/<slug:persona>/", demo.demo_login, name="demo_login"),
    ],
    "cms",
)

urlpatterns = [
    path("", include(site)),
    path("", include("cms.urls_login")),
    path("kurs/", include("courses.urls")),
    path("", include("courses.urls_evenings")),
    path("", include("evaluation.urls")),
    # the name Wagtail's documents ask for when they tell their address
    path("filer/dokument/<int:document_id>/<str:filename>", files.document, name="wagtaildocs_serve"),
    path("cms/account/", require_admin_access(own_account.OwnAccountView.as_view()), name="own_account"),
    path("cms/", include(wagtail_admin_urls)),
]
