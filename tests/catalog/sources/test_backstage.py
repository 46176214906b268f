import pytest

from wardline.catalog.sources.backstage import Component, Reference, parse, reference
from wardline.kernel.errors import AskedWronglyError

FILE = b"""\
apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: shop
spec:
  owner: group:default/platform
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  title: Orders
  description: Takes orders.
  annotations:
    github.com/project-slug: shop/orders
    anything.else/there: is
  tags: [python]
  links: [{url: https://example.com, title: x}]
spec:
  type: service
  lifecycle: Production
  owner: payments
  system: shop
  dependsOn: [component:ledger, resource:default/orders-db]
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: mailer}
spec: {type: service, lifecycle: experimental, system: shop}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders-api}
spec: {type: openapi, definition: "openapi: 3"}
"""


def test_components_come_with_their_owner_or_that_of_their_system() -> None:
    orders, mailer = parse(FILE)
    assert orders == Component(
        name="orders",
        title="Orders",
        description="Takes orders.",
        owner=Reference("group", "default", "payments"),
        lifecycle="production",
        system="shop",
        depends_on=(Reference("component", "default", "ledger"), Reference("resource", "default", "orders-db")),
        repository="https://github.com/shop/orders",
        tags=("python",),
    )
    assert mailer.owner == Reference("group", "default", "platform")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("payments", Reference("group", "default", "payments")),
        ("user:Ada", Reference("user", "default", "ada")),
        ("group:shop/payments", Reference("group", "shop", "payments")),
        ("shop/payments", Reference("group", "shop", "payments")),
    ],
)
def test_an_entity_is_named_in_four_ways(text: str, found: Reference) -> None:
    assert reference(text, "group") == found


@pytest.mark.parametrize("text", ["", ":", "group:", "a/b/c", "/a", "a/", "group:a:b"])
def test_what_names_no_entity_is_refused(text: str) -> None:
    with pytest.raises(AskedWronglyError):
        reference(text, "group")


@pytest.mark.parametrize(
    "content",
    [
        b"kind: Component\n",
        b"kind: [x]\n",
        b"- a\n",
        b"kind: Component\nmetadata: x\n",
        b"kind: Component\nmetadata: {name: a}\nspec: {dependsOn: {a: b}}",
    ],
    ids=str,
)  # fmt: skip
def test_what_is_none_is_refused_with_its_line(content: bytes) -> None:
    with pytest.raises(AskedWronglyError, match=r"catalog-info\.yaml:\d"):
        parse(content)


def test_other_kinds_are_passed_over() -> None:
    assert parse(b"kind: Location\nspec: {targets: [./a.yaml]}\n") == ()
