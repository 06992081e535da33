"""The addresses of results: what has been let out, and the way there."""

from django.urls import path

from evaluation.views import release_drafts, release_files, releases

DRAFT = "resultater/utkast/<int:wave_id>/<slug:phase>/"
RELEASE = "resultater/<int:release_id>/"

urlpatterns = [
    path("resultater/", release_drafts.releases, name="releases"),
    path(RELEASE, releases.release, name="release"),
    path(f"{RELEASE}rapport.docx", release_files.word_report, name="report"),
    path(f"{RELEASE}teknisk-vedlegg.docx", release_files.technical_report, name="technical_report"),
    path(f"{RELEASE}bilde/<slug:name>.svg", release_files.picture, name="picture"),
    path(f"{RELEASE}skalaer/<slug:scale>/", releases.scale, name="release_scale"),
    path(f"{RELEASE}kommune/<int:place_id>/", releases.place, name="release_place"),
    path(f"{RELEASE}kommune/<int:place_id>/rapport.docx", release_files.place_report, name="place_report"),
    path(f"{RELEASE}<slug:page>/", releases.release, name="release_page"),
    path(DRAFT, release_drafts.draft, name="release_draft"),
    path(f"{DRAFT}be/", release_drafts.ask_draft, name="ask_draft"),
    path(f"{DRAFT}bilde/<slug:name>.svg", release_drafts.draft_picture, name="draft_picture"),
    path(f"{DRAFT}ut/", release_drafts.let_out, name="let_out"),
]
