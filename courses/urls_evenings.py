"""Groups, evenings and what hangs on them: everything under /gruppe/, /kveld/ and the like."""

from django.urls import path  # noqa: F401

app_name = "evenings"
urlpatterns: list = [
    # groups and invitations
    # messages and calendar
    # the evening
    # without network
    # catch-up, guidance, one's own course
    # documents and certificates
]
