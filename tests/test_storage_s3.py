"""With S3_BUCKET set, files lie in a bucket; a browser still asks nobody but us."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.httpsession import URLLib3Session
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import override_settings
from moto.server import ThreadedMotoServer
from PIL import Image

from cms.models import Picture, Recording
from tests.cms.pages import make_recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from courses.models import User
    from tests.people import LogIn

BUCKET = "en-god-start-test"
pytestmark = [
    pytest.mark.django_db(databases=["default", "answers"]),
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile:ResourceWarning"),  # Wagtail's, of a rendition
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),  # moto's
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(address: str) -> Iterator[Any]:
    made = boto3.resource(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    ).Bucket(BUCKET)
    made.create()
    yield made
    made.objects.delete()
    made.delete()


@pytest.fixture
def in_a_bucket(address: str, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The storages as settings.py makes them when the environment names a bucket."""
    from cms import settings as written

    for name, value in (("S3_ENDPOINT_URL", address), ("S3_ACCESS_KEY", "test"), ("S3_SECRET_KEY", "test")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(written, "S3_BUCKET", BUCKET)
    rebuilt = {"default": written.storage("original"), "public": written.storage("public")}
    with override_settings(STORAGES=settings.STORAGES | rebuilt):
        fields = [Picture._meta.get_field("file"), Picture.get_rendition_model()._meta.get_field("file")]
        before = [field.storage for field in fields]
        for field, alias in zip(fields, ("default", "public"), strict=True):
            field.storage = storages[alias]
        yield bucket
        for field, storage in zip(fields, before, strict=True):
            field.storage = storage


@pytest.fixture
def picture(in_a_bucket: Any) -> Picture:
    target = io.BytesIO()
    Image.new("RGB", (64, 32), "#246").save(target, "JPEG")
    made: Picture = Picture.objects.create(
        title="Hytte", file=ContentFile(target.getvalue(), name="hytte.jpg")
    )
    return made


def test_picture_lies_in_the_bucket_and_not_on_the_disk(picture: Picture, in_a_bucket: Any) -> None:
    def on_the_disk() -> set[Path]:
        return set(settings.MEDIA_ROOT.rglob("*"))

    before = on_the_disk()  # other tests leave their own pictures there
    rendition = picture.get_rendition("width-16")
    keys = {item.key for item in in_a_bucket.objects.all()}
    assert keys == {f"original/{picture.file.name}", f"public/{rendition.file.name}"}
    assert on_the_disk() == before


def test_nothing_in_the_bucket_is_open_to_the_world(picture: Picture, in_a_bucket: Any) -> None:
    picture.get_rendition("width-16")
    for item in in_a_bucket.objects.all():
        assert [grant for grant in item.Object().Acl().grants if "URI" in grant["Grantee"]] == []


def test_picture_is_served_by_us(client: Client, picture: Picture, in_a_bucket: Any) -> None:
    rendition = picture.get_rendition("width-16")
    assert rendition.url == f"/filer/bilde/{rendition.file.name}"
    page = client.get(rendition.url)
    content = page.getvalue()
    page.close()
    assert (page.status_code, page["Content-Type"]) == (200, "image/jpeg")
    assert content == in_a_bucket.Object(f"public/{rendition.file.name}").get()["Body"].read()
    assert "Location" not in page


@pytest.mark.parametrize(
    "name", ["finnes-ikke.jpg", "../original/hytte.jpg", "..%2foriginal%2fhytte.jpg", "%00"]
)
def test_what_is_no_public_picture_is_a_404(client: Client, picture: Picture, name: str) -> None:
    client.raise_request_exception = False
    assert client.get(f"/filer/bilde/{name}").status_code == 404
    assert client.get(f"/filer/bilde/{picture.file.name}").status_code == 404


def test_piece_of_a_film_is_all_that_the_bucket_is_asked_for(
    in_a_bucket: Any, editor: User, logged_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(range(256)) * 1000
    monkeypatch.setattr(Recording._meta.get_field("file"), "storage", storages["default"])
    film = make_recording(file=ContentFile(content, "film.mp4"))
    sent, send = [], URLLib3Session.send

    def noted(session: Any, request: Any) -> Any:
        sent.append((request.method, request.headers.get("Range")))
        return send(session, request)

    monkeypatch.setattr(URLLib3Session, "send", noted)
    client = logged_in(editor)
    for asked, piece in (("bytes=5-9", content[5:10]), ("bytes=-100000", content[-100_000:])):
        page = client.get(f"/filer/opptak/{film.pk}/", headers={"range": asked})
        assert (page.status_code, page.getvalue()) == (206, piece)
    fetched = [piece for method, piece in sent if method == "GET"]
    assert fetched == [b"bytes=5-9", b"bytes=156000-255999"]


@pytest.mark.usefixtures("in_a_bucket")
def test_health_asks_the_bucket(client: Client, bucket: Any) -> None:
    assert json.loads(client.get("/helse/").content)["storage"] == "ok"
    assert list(bucket.objects.all()) == []  # it leaves nothing behind


@pytest.mark.usefixtures("in_a_bucket")
def test_bucket_that_is_gone_is_down(client: Client, bucket: Any) -> None:
    bucket.delete()
    page = client.get("/helse/")
    bucket.create()
    assert page.status_code == 503
    assert json.loads(page.content)["storage"] == "down"
    assert BUCKET not in page.content.decode()
