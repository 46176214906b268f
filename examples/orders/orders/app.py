"""The service: take an order, list a customer's orders, print a label, keep a picture."""

import io
import subprocess

import requests
import yaml
from flask import Flask, abort, jsonify, render_template, request
from jose import JWTError, jwt
from PIL import Image

from orders import settings
from orders.store import Store


def create_app(store=None):
    """Return the service as a WSGI application."""
    app = Flask(__name__)
    known = settings.load()
    kept = store or Store()

    def customer():
        """Return who asks, from the bearer token."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, known["database"]["password"])
        except JWTError:
            abort(401)
        return claims["sub"]

    @app.get("/")
    def page():
        return render_template("orders.html", greeting=request.args.get("greeting", "Your orders"))

    @app.get("/orders")
    def listed():
        return jsonify(kept.of_customer(request.args["customer"], request.args.get("sort", "id")))

    @app.post("/orders")
    def taken():
        order = request.get_json()
        number = kept.add(customer(), order["product"], int(order["pieces"]))
        return jsonify(id=number), 201

    @app.post("/orders/import")
    def imported():
        rows = yaml.load(request.data, Loader=yaml.FullLoader)
        return jsonify(ids=[kept.add(row["customer"], row["product"], row["pieces"]) for row in rows]), 201

    @app.post("/labels")
    def label():
        text = request.form["text"]
        printed = subprocess.run(f"printf '%s' {text} | tr a-z A-Z", shell=True, capture_output=True, check=True)
        return printed.stdout, {"Content-Type": "text/plain"}

    @app.post("/pictures")
    def picture():
        image = Image.open(io.BytesIO(request.data)).convert("RGB")
        image.thumbnail((200, 200))
        small = io.BytesIO()
        image.save(small, "PNG")
        return small.getvalue(), {"Content-Type": "image/png"}

    @app.get("/availability")
    def availability():
        answer = requests.get(request.args["supplier"], verify=False, timeout=5)
        return jsonify(answer.json())

    return app
