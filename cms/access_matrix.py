"""The declared access matrix: every route, who may ask for it, and how. What is not here is a 404.

``roles`` None: everyone. An empty set: everyone who is logged in (the view then starts from
``visible_to`` or the reader's own rows). Otherwise: staff with one of the roles and two factors.
"""

from __future__ import annotations

from dataclasses import dataclass

GET, FORM, POST = frozenset({"GET"}), frozenset({"GET", "POST"}), frozenset({"POST"})
EVERYONE = None
LOGGED_IN: frozenset[str] = frozenset()
PROJECT_LEADER = frozenset({"project-leader"})
CONTACT = frozenset({"contact-person", "project-leader"})  # visible_to narrows to one's own groups
WATCHES = frozenset({"project-leader", "leader"})  # the state of the project
RESULTS = frozenset({"project-leader", "leader", "researcher"})  # figures of the region
RESEARCHER = frozenset({"researcher"})
BODIES = frozenset({"project-leader", "leader", "contact-person", "user-group"})
CMS_STAFF = frozenset({"project-leader", "editor"})
NOBODY = frozenset({"nobody"})
CONTENT = frozenset({"wagtailcore.page", "cms.picture", "cms.recording", "wagtaildocs.document"})


@dataclass(frozen=True)
class Rule:
    roles: frozenset[str] | None
    methods: frozenset[str] = GET
    demo: bool = False  # exists in demo mode only
    host_of_cms: bool = False  # answers on CMS_HOST alone, when there is one
    models: frozenset[str] | None = None  # «app.model» that the address may name; None: any


ROUTES: dict[str, Rule] = {
    # public
    "cms:front": Rule(EVERYONE),
    "cms:help": Rule(EVERYONE),
    "cms:offline": Rule(EVERYONE),
    "cms:evening_offline": Rule(EVERYONE),  # a shell without a person; the list is locked on the phone
    "cms:privacy": Rule(EVERYONE),
    "cms:report_breach": Rule(EVERYONE, FORM),
    "cms:accessibility": Rule(EVERYONE),
    "cms:practical": Rule(EVERYONE),
    "cms:words": Rule(EVERYONE),
    "cms:preferences": Rule(EVERYONE, FORM),
    "cms:health": Rule(EVERYONE),
    "cms:service_worker": Rule(EVERYONE),
    "cms:favicon": Rule(EVERYONE),
    "cms:picture": Rule(EVERYONE),
    "wagtaildocs_serve": Rule(EVERYONE),  # the view decides: documents of public pages, or of one's edition
    "cms:invitation": Rule(EVERYONE, FORM),
    # login
    "account_request_login_code": Rule(EVERYONE, FORM),
    "account_confirm_login_code": Rule(EVERYONE, FORM),
    "account_login": Rule(EVERYONE, FORM),
    "account_logout": Rule(EVERYONE, FORM),
    "account_reauthenticate": Rule(LOGGED_IN, FORM),
    "account_set_password": Rule(LOGGED_IN, FORM),
    "account_change_password": Rule(LOGGED_IN, FORM),
    "account_two_factors": Rule(LOGGED_IN),
    "account_inactive": Rule(EVERYONE),
    "mfa_login_webauthn": Rule(EVERYONE, FORM),
    "mfa_authenticate": Rule(EVERYONE, FORM),
    "mfa_reauthenticate": Rule(LOGGED_IN, FORM),
    "mfa_reauthenticate_webauthn": Rule(LOGGED_IN, FORM),
    "mfa_index": Rule(LOGGED_IN),
    "mfa_add_webauthn": Rule(LOGGED_IN, FORM),
    "mfa_list_webauthn": Rule(LOGGED_IN),
    "mfa_remove_webauthn": Rule(LOGGED_IN, FORM),
    "mfa_edit_webauthn": Rule(LOGGED_IN, FORM),
    "mfa_activate_totp": Rule(LOGGED_IN, FORM),
    "mfa_deactivate_totp": Rule(LOGGED_IN, FORM),
    "mfa_generate_recovery_codes": Rule(LOGGED_IN, FORM),
    "mfa_view_recovery_codes": Rule(LOGGED_IN),
    "mfa_download_recovery_codes": Rule(LOGGED_IN),
    # families, and whoever else reads the running edition
    "cms:min_side": Rule(LOGGED_IN),
    "cms:own_data": Rule(LOGGED_IN),
    "cms:own_data_download": Rule(LOGGED_IN),
    "cms:leave_research": Rule(LOGGED_IN, POST),
    "cms:ask_for_erasure": Rule(LOGGED_IN, FORM),
    "cms:decline_passkey": Rule(LOGGED_IN, POST),
    "courses:programme": Rule(LOGGED_IN),
    "courses:module": Rule(LOGGED_IN),
    "courses:part": Rule(LOGGED_IN),
    "courses:kept_module": Rule(LOGGED_IN),
    "courses:events": Rule(LOGGED_IN, POST),
    "courses:open_early": Rule(LOGGED_IN, POST),
    "courses:mark_read": Rule(LOGGED_IN, POST),
    "courses:mark_unread": Rule(LOGGED_IN, POST),
    "courses:mark_tried": Rule(LOGGED_IN, POST),
    "courses:mark_untried": Rule(LOGGED_IN, POST),
    "courses:save_note": Rule(LOGGED_IN, FORM),
    "courses:unlock_notes": Rule(LOGGED_IN, POST),
    "cms:recording": Rule(LOGGED_IN),
    "cms:recording_captions": Rule(LOGGED_IN),
    "cms:recording_still": Rule(LOGGED_IN),
    # groups and invitations
    "evenings:groups": Rule(CONTACT),
    "evenings:new_group": Rule(CONTACT, FORM),
    "evenings:school_holidays": Rule(CONTACT, FORM),
    "evenings:remove_school_holiday": Rule(CONTACT, POST),
    "evenings:edit_group": Rule(CONTACT, FORM),
    "evenings:dates": Rule(CONTACT),
    "evenings:change_evening": Rule(CONTACT, FORM),
    "evenings:cancel_evening": Rule(CONTACT, POST),
    "evenings:invite": Rule(CONTACT, FORM),
    "evenings:import_families": Rule(CONTACT, FORM),
    "evenings:import_template": Rule(CONTACT),
    "evenings:invite_beside": Rule(CONTACT, FORM),
    "evenings:invite_partner": Rule(CONTACT, FORM),
    "evenings:withdraw_family": Rule(CONTACT, POST),
    "evenings:resend_invitation": Rule(CONTACT, POST),
    "evenings:show_code": Rule(CONTACT),
    "evenings:welcome": Rule(EVERYONE, FORM),  # the link is half of it, the code the other half
    "evenings:gatherings": Rule(LOGGED_IN),
    "evenings:new_gathering": Rule(CONTACT, FORM),
    "evenings:gathering": Rule(LOGGED_IN),
    "evenings:sign_up": Rule(LOGGED_IN, POST),
    "evenings:sign_off": Rule(LOGGED_IN, POST),
    "evenings:change_gathering": Rule(CONTACT, FORM),
    "evenings:cancel_gathering": Rule(CONTACT, POST),
    "evenings:mark_gathering": Rule(CONTACT, POST),
    # the evening
    "evenings:messages": Rule(CONTACT),
    "evenings:message": Rule(CONTACT),
    "evenings:stop_message": Rule(CONTACT, POST),
    "evenings:send_again": Rule(CONTACT, POST),
    "evenings:my_messages": Rule(LOGGED_IN, FORM),
    "evenings:my_calendar": Rule(LOGGED_IN, FORM),
    "evenings:feed": Rule(EVERYONE),  # the address is the secret; a calendar program cannot log in
    "evenings:evening": Rule(CONTACT),
    "evenings:projector": Rule(CONTACT),
    "evenings:mark": Rule(CONTACT, POST),
    "evenings:marks": Rule(CONTACT, POST),
    "evenings:add_walk_in": Rule(CONTACT, POST),
    "evenings:settle_walk_in": Rule(CONTACT, POST),
    "evenings:heads": Rule(CONTACT, POST),
    "evenings:pack": Rule(CONTACT),
    "evenings:log": Rule(CONTACT, FORM),
    # catch-up, guidance, one's own course
    "evenings:group": Rule(CONTACT),
    "evenings:called": Rule(CONTACT, POST),
    "evenings:group_catch_up": Rule(CONTACT, FORM),
    "evenings:cancel_guidance": Rule(CONTACT, POST),
    "evenings:participant": Rule(CONTACT),
    "evenings:agree_guidance": Rule(CONTACT, POST),
    "evenings:change": Rule(CONTACT, FORM),
    "evenings:catch_up": Rule(LOGGED_IN),
    "evenings:catch_up_read": Rule(LOGGED_IN, POST),
    "evenings:catch_up_talk": Rule(LOGGED_IN, POST),
    "evenings:catch_up_seat": Rule(LOGGED_IN, POST),
    "evenings:catch_up_leave_seat": Rule(LOGGED_IN, POST),
    "evenings:my_course": Rule(LOGGED_IN),
    "evenings:propose_guidance": Rule(LOGGED_IN, POST),
    "evenings:cancel_own_guidance": Rule(LOGGED_IN, POST),
    "evenings:ask_for_call": Rule(LOGGED_IN, POST),
    "evenings:take_back_call": Rule(LOGGED_IN, POST),
    "evenings:pause_own": Rule(LOGGED_IN, POST),
    "evenings:resume_own": Rule(LOGGED_IN, POST),
    "evenings:leave_own": Rule(LOGGED_IN, POST),
    "evenings:undo_leave": Rule(LOGGED_IN, POST),
    "evenings:switch_adult": Rule(LOGGED_IN, POST),
    # documents, certificates, before the first evening
    "evenings:document_run_sheet": Rule(CONTACT),
    "evenings:document_attendance": Rule(CONTACT),
    "evenings:document_handouts": Rule(CONTACT),
    "evenings:document_booklet": Rule(CONTACT),
    "evenings:document_letter": Rule(CONTACT),
    "evenings:group_certificates": Rule(CONTACT),
    "evenings:certificate": Rule(LOGGED_IN),
    "evenings:check_certificate": Rule(EVERYONE),
    "evenings:check_certificate_code": Rule(EVERYONE),
    "evenings:before_first": Rule(CONTACT),
    "evenings:tick_before_first": Rule(CONTACT, POST),
    # questionnaires: one's own participation or a 404, decided by the view
    "answers:form": Rule(LOGGED_IN, FORM),
    "answers:draft_key": Rule(LOGGED_IN, POST),
    "answers:receipt": Rule(LOGGED_IN),
    "answers:decline": Rule(LOGGED_IN, POST),
    "answers:undo_decline": Rule(LOGGED_IN, POST),
    "answers:information": Rule(LOGGED_IN, FORM),  # of a study that asks her something, else a 404
    "answers:withdraw_consent": Rule(LOGGED_IN, POST),
    "answers:evening_form": Rule(EVERYONE, FORM),  # anonymous; whoever has the code of the evening
    "answers:evening_received": Rule(EVERYONE),
    "answers:wall": Rule(EVERYONE),
    "answers:wall_code": Rule(EVERYONE),  # typed off the wall; leads to the form of the evening
    "answers:evening_code": Rule(CONTACT),
    "answers:group_papers": Rule(CONTACT),
    "answers:paper": Rule(CONTACT),
    "answers:paper_sheet": Rule(CONTACT, POST),
    "answers:keying": Rule(CONTACT, FORM),  # the view: nobody from the group's own municipalities
    # studies
    "answers:studies": Rule(PROJECT_LEADER),
    "answers:new_study": Rule(PROJECT_LEADER, FORM),
    "answers:study": Rule(PROJECT_LEADER),
    "answers:edit_study": Rule(PROJECT_LEADER, FORM),
    "answers:standard_set_up": Rule(PROJECT_LEADER, POST),
    "answers:letter": Rule(PROJECT_LEADER),
    "answers:new_wave": Rule(PROJECT_LEADER, FORM),
    "answers:edit_wave": Rule(PROJECT_LEADER, FORM),
    "answers:remove_wave": Rule(PROJECT_LEADER, POST),
    "answers:criteria": Rule(PROJECT_LEADER, FORM),
    "answers:lock_criteria": Rule(PROJECT_LEADER, POST),
    "answers:boards": Rule(WATCHES),
    # what has been let out
    "answers:releases": Rule(RESULTS),
    "answers:release": Rule(RESULTS),
    "answers:release_page": Rule(RESULTS),
    "answers:picture": Rule(RESULTS),
    "answers:release_scale": Rule(RESULTS),
    "answers:release_place": Rule(RESULTS),
    "answers:report": Rule(RESULTS),
    "answers:place_report": Rule(RESULTS),
    "answers:technical_report": Rule(RESEARCHER),  # exact numbers
    "answers:ask_draft": Rule(PROJECT_LEADER, POST),
    "answers:release_draft": Rule(PROJECT_LEADER),
    "answers:draft_picture": Rule(PROJECT_LEADER),
    "answers:let_out": Rule(PROJECT_LEADER, POST),
    "answers:board": Rule(WATCHES),
    # the project leader
    "cms:people": Rule(PROJECT_LEADER),
    "cms:invite": Rule(PROJECT_LEADER, POST),
    "cms:lost_messages": Rule(PROJECT_LEADER),
    "cms:send_lost_again": Rule(PROJECT_LEADER, POST),
    "cms:withdraw_invitation": Rule(PROJECT_LEADER, POST),
    "cms:end_role": Rule(PROJECT_LEADER, FORM),
    "cms:all_groups": Rule(WATCHES),
    "cms:changes": Rule(PROJECT_LEADER),
    "cms:guidance_given": Rule(PROJECT_LEADER, POST),
    "cms:new_place": Rule(PROJECT_LEADER, FORM),
    "cms:phases": Rule(PROJECT_LEADER, FORM),
    "cms:privacy_officer": Rule(PROJECT_LEADER, FORM),
    "cms:erasures": Rule(PROJECT_LEADER),
    "cms:erase_person": Rule(PROJECT_LEADER, FORM),
    "cms:new_meeting": Rule(PROJECT_LEADER, FORM),
    "cms:remove_meeting": Rule(PROJECT_LEADER, POST),
    "cms:add_paper": Rule(PROJECT_LEADER, FORM),
    "cms:remove_paper": Rule(PROJECT_LEADER, POST),
    # the municipality's leader too, in her own
    "cms:project": Rule(WATCHES),
    "cms:place": Rule(WATCHES),
    "cms:counts": Rule(WATCHES),
    "cms:place_counts": Rule(WATCHES, FORM),
    # whoever sits in one of the project's bodies: its meetings and their papers
    "cms:meetings": Rule(BODIES),
    "cms:meeting": Rule(BODIES),
    "cms:paper": Rule(BODIES),
    # demo
    "cms:demo": Rule(EVERYONE, demo=True),
    "cms:demo_login": Rule(EVERYONE, POST, demo=True),
    "cms:mailbox": Rule(EVERYONE, demo=True),
    # the editor's own pages in the Wagtail admin
    "egs_editions": Rule(CMS_STAFF, host_of_cms=True),
    "own_account": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "egs_publish_edition": Rule(PROJECT_LEADER, FORM, host_of_cms=True),
    "egs_carry_correction": Rule(CMS_STAFF, POST, host_of_cms=True),
    "egs_instrument_file": Rule(CMS_STAFF, host_of_cms=True),
    "egs_instrument_phone": Rule(CMS_STAFF, host_of_cms=True),
    "egs_new_instrument_version": Rule(PROJECT_LEADER, POST, host_of_cms=True),
    "egs_import_instrument": Rule(PROJECT_LEADER, FORM, host_of_cms=True),
    "wagtailadmin_sprite": Rule(EVERYONE, host_of_cms=True),
    # Wagtail's routes without a name go by their view: its own 404, and whatever it does not know
    "django.views.generic.base.TemplateView": Rule(CMS_STAFF, host_of_cms=True),
    "wagtail.admin.views.home.default": Rule(CMS_STAFF, host_of_cms=True),
    # many at once: for content only, never for users
    "wagtail_bulk_action": Rule(CMS_STAFF, FORM, host_of_cms=True, models=CONTENT),
}

# Wagtail's own routes by the beginning of their names; the longest that fits decides.
PREFIXES: dict[str, Rule] = {
    "wagtailadmin_": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "wagtailadmin_api": Rule(CMS_STAFF, host_of_cms=True),
    "wagtailadmin_login": Rule(NOBODY),
    "wagtailadmin_password": Rule(NOBODY),
    "wagtailadmin_error_test": Rule(NOBODY),
    "wagtailadmin_reports": Rule(NOBODY),
    "wagtailadmin_reports:locked_pages": Rule(CMS_STAFF, host_of_cms=True),
    "wagtailadmin_workflows": Rule(NOBODY),
    "wagtailadmin_explore": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "wagtailimages": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "wagtaildocs": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "wagtailmedia": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "wagtailsnippets": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "wagtailsnippetchoosers": Rule(CMS_STAFF, FORM, host_of_cms=True),
    "wagtailusers": Rule(NOBODY),
}


def rule_for(name: str) -> Rule | None:
    """The rule of a route by its full name (``namespace:name``); None when nobody declared it."""
    if name in ROUTES:
        return ROUTES[name]
    fitting = [prefix for prefix in PREFIXES if name.startswith(prefix)]
    return PREFIXES[max(fitting, key=len)] if fitting else None
