"""Settings, from the file that `ORDERS_SETTINGS` names."""

import os
from pathlib import Path

import yaml


def load():
    """Return the settings as a dictionary."""
    path = os.environ.get("ORDERS_SETTINGS", Path(__file__).parent.parent / "config" / "settings.yaml")
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.FullLoader)
