"""The reading pages: /kurs/<programme>/<module>/<part>/."""

from django.urls import path

from courses.views import notes, offline, programmes, reading

app_name = "courses"
urlpatterns = [
    path("las-opp/", notes.unlock_notes, name="unlock_notes"),
    path("hendelser/", offline.events, name="events"),
    path("<slug:programme>/", programmes.programme, name="programme"),
    path("<slug:programme>/<slug:module>/", reading.module, name="module"),
    path("<slug:programme>/<slug:module>/apne/", reading.open_early, name="open_early"),
    path("<slug:programme>/<slug:module>/lese/", offline.kept_module, name="kept_module"),
    path("<slug:programme>/<slug:module>/<slug:part>/", reading.part, name="part"),
    path("<slug:programme>/<slug:module>/<slug:part>/lest/", reading.mark_read, name="mark_read"),
    path("<slug:programme>/<slug:module>/<slug:part>/ulest/", reading.mark_unread, name="mark_unread"),
    path(
        "<slug:programme>/<slug:module>/<slug:part>/<slug:block>/provd/",
        reading.mark_tried,
        name="mark_tried",
    ),
    path(
        "<slug:programme>/<slug:module>/<slug:part>/<slug:block>/ikke-provd/",
        reading.mark_untried,
        name="mark_untried",
    ),
    path("<slug:programme>/<slug:module>/<slug:part>/<slug:block>/notat/", notes.save_note, name="save_note"),
]
