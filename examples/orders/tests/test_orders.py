import io

import pytest
from jose import jwt
from PIL import Image

from orders import settings
from orders.app import create_app


@pytest.fixture
def client():
    return create_app().test_client()


def test_an_order_is_taken_and_listed(client):
    token = jwt.encode({"sub": "ada"}, settings.load()["database"]["password"])
    taken = client.post("/orders", json={"product": "kettle", "pieces": 2}, headers={"Authorization": f"Bearer {token}"})
    assert taken.status_code == 201
    assert client.get("/orders?customer=ada").get_json()[0]["product"] == "kettle"


def test_an_order_without_a_token_is_refused(client):
    assert client.post("/orders", json={"product": "kettle", "pieces": 2}).status_code == 401


def test_a_label_is_printed(client):
    assert client.post("/labels", data={"text": "kettle"}).data == b"KETTLE"


def test_a_picture_is_made_small(client):
    large = io.BytesIO()
    Image.new("RGB", (800, 400)).save(large, "PNG")
    small = client.post("/pictures", data=large.getvalue())
    assert Image.open(io.BytesIO(small.data)).size == (200, 100)


def test_the_page_is_served(client):
    assert b"Your orders" in client.get("/").data
