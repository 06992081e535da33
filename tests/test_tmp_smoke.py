import pytest
from django.conf import settings
from django.db import connections

@pytest.mark.django_db(databases=["default", "answers"])
def test_health(client):
    from django.core.cache import cache
    cache.set("a", 1); assert cache.get("a") == 1
    page = client.get("/helse/")
    print(settings.DATABASES, page.content)
    assert page.status_code == 200, page.content

@pytest.mark.django_db(transaction=True, databases=["default", "answers"])
def test_live(live_server):
    import urllib.request
    print(urllib.request.urlopen(live_server.url + "/").status)

@pytest.mark.django_db(databases=["default", "answers"])
def test_tables():
    for c in connections.all():
        print(c.alias, c.settings_dict["NAME"], len(c.introspection.table_names()), c.introspection.table_names()[:3])
    import os
    os.system(f"ls -la {settings.DATA_DIR}")
    assert 0
