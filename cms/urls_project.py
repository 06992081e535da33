"""The addresses under /prosjekt/."""

from django.urls import path

from cms.views import (
    erasures,
    privacy,
    project,
    project_counts,
    project_meetings,
    project_messages,
    project_people,
    project_places,
)

urlpatterns = [
    path("", project.project, name="project"),
    path("grupper/", project.all_groups, name="all_groups"),
    path("endringer/", project.changes, name="changes"),
    path("onske/<int:log_id>/gitt/", project.guidance_given, name="guidance_given"),
    path("beskjeder/", project_messages.lost_messages, name="lost_messages"),
    path("beskjeder/<int:message_id>/igjen/", project_messages.send_lost_again, name="send_lost_again"),
    path("folk/", project_people.people, name="people"),
    path("inviter/", project_people.invite, name="invite"),
    path(
        "inviter/<int:invitation_id>/trekk/", project_people.withdraw_invitation, name="withdraw_invitation"
    ),
    path("rolle/<int:role_id>/avslutt/", project_people.end_role, name="end_role"),
    path("ny-kommune/", project_places.new_place, name="new_place"),
    path("kommune/<slug:slug>/", project_places.place, name="place"),
    path("kommune/<slug:slug>/faser/", project_places.phases, name="phases"),
    path("kommune/<slug:slug>/personvern/", privacy.privacy_officer, name="privacy_officer"),
    path("sletting/", erasures.erasures, name="erasures"),
    path("sletting/<int:adult_id>/", erasures.erase_person, name="erase_person"),
    path("tall/", project_counts.counts, name="counts"),
    path("tall/<slug:slug>/", project_counts.place_counts, name="place_counts"),
    path("moter/", project_meetings.meetings, name="meetings"),
    path("moter/nytt/", project_meetings.new_meeting, name="new_meeting"),
    path("moter/<int:meeting_id>/", project_meetings.meeting, name="meeting"),
    path("moter/<int:meeting_id>/bort/", project_meetings.remove_meeting, name="remove_meeting"),
    path("moter/<int:meeting_id>/papir/", project_meetings.add_paper, name="add_paper"),
    path("papir/<int:paper_id>/", project_meetings.paper, name="paper"),
    path("papir/<int:paper_id>/bort/", project_meetings.remove_paper, name="remove_paper"),
]
