"""Groups, their dates, the families invited to them, and the meetings beside them."""

from django.urls import path

from courses.views import family_invitations, gatherings, groups, school_holidays, second_adult, welcome

urlpatterns = [
    path("gruppe/", groups.groups, name="groups"),
    path("gruppe/ny/", groups.new_group, name="new_group"),
    path("gruppe/ferier/", school_holidays.school_holidays, name="school_holidays"),
    path(
        "gruppe/ferier/<int:holiday_id>/fjern/",
        school_holidays.remove_school_holiday,
        name="remove_school_holiday",
    ),
    path("gruppe/<int:group_id>/endre/", groups.edit_group, name="edit_group"),
    path("gruppe/<int:group_id>/datoer/", groups.dates, name="dates"),
    path("gruppe/<int:group_id>/datoer/<int:evening_id>/", groups.change_evening, name="change_evening"),
    path(
        "gruppe/<int:group_id>/datoer/<int:evening_id>/avlys/", groups.cancel_evening, name="cancel_evening"
    ),
    path("gruppe/<int:group_id>/inviter/", family_invitations.invite, name="invite"),
    path("gruppe/<int:group_id>/inviter/ark/", family_invitations.import_families, name="import_families"),
    path(
        "gruppe/<int:group_id>/inviter/ark/mal.csv",
        family_invitations.import_template,
        name="import_template",
    ),
    path(
        "gruppe/<int:group_id>/inviter/<int:invitation_id>/den-andre/",
        second_adult.beside,
        name="invite_beside",
    ),
    path(
        "gruppe/<int:group_id>/deltaker/<int:adult_id>/den-andre/",
        second_adult.partner,
        name="invite_partner",
    ),
    path(
        "gruppe/<int:group_id>/inviter/<int:invitation_id>/trekk/",
        family_invitations.withdraw,
        name="withdraw_family",
    ),
    path(
        "gruppe/<int:group_id>/inviter/voksen/<int:invited_id>/send/",
        family_invitations.resend,
        name="resend_invitation",
    ),
    path(
        "gruppe/<int:group_id>/inviter/voksen/<int:invited_id>/kode/",
        family_invitations.show_code,
        name="show_code",
    ),
    path("velkommen/<str:token>/", welcome.welcome, name="welcome"),
    path("samlinger/", gatherings.gatherings, name="gatherings"),
    path("samlinger/ny/", gatherings.new_gathering, name="new_gathering"),
    path("samlinger/<int:gathering_id>/", gatherings.gathering, name="gathering"),
    path("samlinger/<int:gathering_id>/meld-pa/", gatherings.sign_up, name="sign_up"),
    path("samlinger/<int:gathering_id>/meld-av/", gatherings.sign_off, name="sign_off"),
    path("samlinger/<int:gathering_id>/endre/", gatherings.change_gathering, name="change_gathering"),
    path("samlinger/<int:gathering_id>/avlys/", gatherings.cancel_gathering, name="cancel_gathering"),
    path("samlinger/<int:gathering_id>/oppmote/", gatherings.mark_gathering, name="mark_gathering"),
]
