"""The addresses of results: what has been let out, and the way there."""

from django.urls import path

from evaluation.views import releases

urlpatterns = [
    path("resultater/", releases.releases, name="releases"),
    path("resultater/<int:release_id>/", releases.release, name="release"),
    path("resultater/<int:release_id>/rapport.docx", releases.word_report, name="report"),
    path("resultater/<int:release_id>/bilde/<slug:name>.svg", releases.picture, name="picture"),
    path("resultater/<int:release_id>/<slug:page>/", releases.release, name="release_page"),
    path("resultater/utkast/<int:wave_id>/<slug:phase>/", releases.draft, name="release_draft"),
    path("resultater/utkast/<int:wave_id>/<slug:phase>/be/", releases.ask_draft, name="ask_draft"),
    path("resultater/utkast/<int:wave_id>/<slug:phase>/ut/", releases.let_out, name="let_out"),
]
