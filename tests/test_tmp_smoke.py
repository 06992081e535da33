import pytest
from django.conf import settings


@pytest.mark.parametrize("i", range(6))
@pytest.mark.django_db
def test_a(i, worker_id, client):
    from tests.conftest import DATA_DIR

    assert settings.DATA_DIR == DATA_DIR, (settings.DATA_DIR, DATA_DIR)
    print(worker_id, settings.DATA_DIR, settings.REDIS_URL, settings.DATABASES["default"]["NAME"])
