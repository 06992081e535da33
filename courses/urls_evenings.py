"""Groups, evenings and what hangs on them: everything under /gruppe/, /kveld/ and the like."""

from django.urls import URLPattern, URLResolver, include, path

from courses.views import (
    attendance,
    calendars,
    catch_up,
    certificates,
    coach,
    documents,
    evening_logs,
    evenings,
    first_evening,
    messages,
    my_course,
    offline,
    participants,
)

app_name = "evenings"
urlpatterns: list[URLPattern | URLResolver] = [
    # groups and invitations
    path("", include("courses.urls_groups")),
    # messages and calendar
    path("gruppe/<int:group_id>/meldinger/", messages.group_messages, name="messages"),
    path("gruppe/<int:group_id>/meldinger/<int:message_id>/", messages.group_message, name="message"),
    path("gruppe/<int:group_id>/meldinger/<int:message_id>/stopp/", messages.stop, name="stop_message"),
    path("gruppe/<int:group_id>/meldinger/<int:message_id>/igjen/", messages.again, name="send_again"),
    path("min/beskjeder/", messages.my_messages, name="my_messages"),
    path("min/kalender/", calendars.my_calendar, name="my_calendar"),
    path("kalender/<str:token>.ics", calendars.feed, name="feed"),
    # the evening
    path("kveld/<int:evening_id>/", evenings.evening, name="evening"),
    path("kveld/<int:evening_id>/vis/", evenings.projector, name="projector"),
    path("kveld/<int:evening_id>/merk/", attendance.mark, name="mark"),
    path("kveld/<int:evening_id>/merker/", attendance.marks, name="marks"),
    path("kveld/<int:evening_id>/ekstra/", attendance.add_walk_in, name="add_walk_in"),
    path(
        "kveld/<int:evening_id>/ekstra/<int:walk_in_id>/",
        attendance.settle_walk_in,
        name="settle_walk_in",
    ),
    path("kveld/<int:evening_id>/talt/", attendance.heads, name="heads"),
    path("kveld/<int:evening_id>/logg/", evening_logs.log, name="log"),
    # without network
    path("kveld/<int:evening_id>/ta-med/", offline.pack, name="pack"),
    # catch-up, guidance, one's own course
    path("gruppe/<int:group_id>/", coach.group, name="group"),
    path("gruppe/<int:group_id>/ringt/<int:call_id>/", coach.called, name="called"),
    path("gruppe/<int:group_id>/ta-igjen/<int:catch_up_id>/", coach.catch_up, name="group_catch_up"),
    path(
        "gruppe/<int:group_id>/veiledning/<int:meeting_id>/avlys/",
        coach.cancel_guidance,
        name="cancel_guidance",
    ),
    path("gruppe/<int:group_id>/deltaker/<int:adult_id>/", participants.participant, name="participant"),
    path(
        "gruppe/<int:group_id>/deltaker/<int:adult_id>/veiledning/",
        participants.agree_guidance,
        name="agree_guidance",
    ),
    path(
        "gruppe/<int:group_id>/deltaker/<int:adult_id>/<slug:what>/",
        participants.change,
        name="change",
    ),
    path("min/ta-igjen/<int:catch_up_id>/", catch_up.catch_up, name="catch_up"),
    path("min/ta-igjen/<int:catch_up_id>/lest/", catch_up.catch_up_read, name="catch_up_read"),
    path("min/ta-igjen/<int:catch_up_id>/prat/", catch_up.catch_up_talk, name="catch_up_talk"),
    path("min/ta-igjen/<int:catch_up_id>/plass/", catch_up.catch_up_seat, name="catch_up_seat"),
    path(
        "min/ta-igjen/<int:catch_up_id>/plass/gi-tilbake/",
        catch_up.catch_up_leave_seat,
        name="catch_up_leave_seat",
    ),
    path("min/kurset/", my_course.my_course, name="my_course"),
    path("min/kurset/veiledning/", my_course.propose_guidance, name="propose_guidance"),
    path(
        "min/kurset/veiledning/<int:meeting_id>/avlys/",
        my_course.cancel_own_guidance,
        name="cancel_own_guidance",
    ),
    path("min/kurset/ring-meg/", my_course.ask_for_call, name="ask_for_call"),
    path("min/kurset/ring-meg/angre/", my_course.take_back_call, name="take_back_call"),
    path("min/kurset/pause/", my_course.pause_own, name="pause_own"),
    path("min/kurset/fortsett/", my_course.resume_own, name="resume_own"),
    path("min/kurset/slutt/", my_course.leave_own, name="leave_own"),
    path("min/kurset/slutt/angre/", my_course.undo_leave, name="undo_leave"),
    path("min/kurset/bytt-voksen/", my_course.switch_adult, name="switch_adult"),
    # documents and certificates
    path("kveld/<int:evening_id>/kveldsplan.docx", documents.document_run_sheet, name="document_run_sheet"),
    path("kveld/<int:evening_id>/oppmote.docx", documents.document_attendance, name="document_attendance"),
    path("kveld/<int:evening_id>/ark.docx", documents.document_handouts, name="document_handouts"),
    path("gruppe/<int:group_id>/hefte.docx", documents.document_booklet, name="document_booklet"),
    path("gruppe/<int:group_id>/brev.docx", documents.document_letter, name="document_letter"),
    path("gruppe/<int:group_id>/kursbevis.docx", certificates.group_certificates, name="group_certificates"),
    path("min/kursbevis/<int:group_id>.docx", certificates.certificate, name="certificate"),
    path("kursbevis/", certificates.check_certificate, name="check_certificate"),
    path("kursbevis/<str:code>/", certificates.check_certificate, name="check_certificate_code"),
    path("for-forste-kveld/", first_evening.before_first, name="before_first"),
    path("for-forste-kveld/<slug:step>/", first_evening.tick_before_first, name="tick_before_first"),
]
