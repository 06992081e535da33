"""The group «Redaktører»: content and nothing else. Who is in it follows from roles (courses/inviting.py)."""

from django.db import migrations

PAGE_RIGHTS = ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"]
COLLECTION_RIGHTS = {
    ("wagtailimages", "image"): ["add", "change", "choose"],  # Wagtail asks for these, whatever our model is
    ("wagtailmedia", "media"): ["add", "change"],
    ("wagtaildocs", "document"): ["add", "change", "choose"],
}
SNIPPETS = {("courses", "helpnumber"), ("courses", "fact"), ("courses", "word")}


def make_group(apps, schema_editor):
    """Rights are made here when they are not there yet: Django makes them only after all migrations."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")

    def right(app, model, verb):
        kind, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        codename = verb if "_" in verb else f"{verb}_{model}"
        return Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": codename.replace("_", " ")}
        )[0]

    editors, _ = Group.objects.get_or_create(name="Redaktører")
    editors.permissions.add(right("wagtailadmin", "admin", "access_admin"))
    for app, model in SNIPPETS:
        editors.permissions.add(*(right(app, model, verb) for verb in ("add", "change", "delete", "view")))
    Page = apps.get_model("wagtailcore", "Page")
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    Page.objects.filter(depth=1).update(title="Alle sider", draft_title="Alle sider")  # Wagtail's is «Root»
    root = Page.objects.get(depth=1)
    for codename in PAGE_RIGHTS:
        GroupPagePermission.objects.get_or_create(
            group=editors, page=root, permission=right("wagtailcore", "page", codename)
        )
    Collection = apps.get_model("wagtailcore", "Collection")
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    top = Collection.objects.get(depth=1)
    for (app, model), verbs in COLLECTION_RIGHTS.items():
        for verb in verbs:
            GroupCollectionPermission.objects.get_or_create(
                group=editors, collection=top, permission=right(app, model, verb)
            )
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()


def remove_group(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name="Redaktører").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0002_initial"),
        ("courses", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailcore", "0094_alter_page_locale"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtaildocs", "0012_uploadeddocument"),
        ("wagtailimages", "0023_add_choose_permissions"),
        ("wagtailmedia", "0003_copy_media_permissions_to_collections"),
    ]

    operations = [migrations.RunPython(make_group, remove_group)]
