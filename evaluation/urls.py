"""Everything about questionnaires: forms that are answered, studies, paper and evening forms."""

from django.urls import URLPattern, URLResolver, include, path

from evaluation.views import evening_codes, evening_forms, forms, keying, paper, wall_codes

app_name = "answers"
urlpatterns: list[URLPattern | URLResolver] = [
    # the form a person answers
    path("skjema/<int:occasion_id>/", forms.form, name="form"),
    path("skjema/<int:occasion_id>/nokkel/", forms.draft_key, name="draft_key"),
    path("skjema/<int:occasion_id>/takk/", forms.receipt, name="receipt"),
    path("skjema/<int:occasion_id>/nei/", forms.decline, name="decline"),
    path("skjema/<int:occasion_id>/likevel/", forms.undo_decline, name="undo_decline"),
    # an evening's anonymous form, and its code on the wall
    path("kveldssvar/<str:nonce>/", evening_forms.evening_form, name="evening_form"),
    path("kveldssvar/<str:nonce>/takk/", evening_forms.evening_received, name="evening_received"),
    path("k/", wall_codes.wall_code, name="wall"),
    path("k/<str:code>/", wall_codes.wall_code, name="wall_code"),
    path("kveld/<int:evening_id>/skjema/", evening_codes.evening_code, name="evening_code"),
    # forms on paper: handed out, and put in
    path("skjema/<int:occasion_id>/papir/", paper.paper, name="paper"),
    path("skjema/<int:occasion_id>/papir.docx", paper.paper_sheet, name="paper_sheet"),
    path("gruppe/<int:group_id>/papir/", paper.group_papers, name="group_papers"),
    path("prosjekt/papir/", keying.keying, name="keying"),
    path("", include("evaluation.urls_studies")),
    path("", include("evaluation.urls_releases")),
]
