"""Orders in a SQLite database."""

import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
  id INTEGER PRIMARY KEY, customer TEXT NOT NULL, product TEXT NOT NULL, pieces INTEGER NOT NULL
);
"""


class Store:
    """All orders."""

    def __init__(self, path=":memory:"):
        self.database = sqlite3.connect(path, check_same_thread=False)
        self.database.row_factory = sqlite3.Row
        self.database.executescript(SCHEMA)

    def add(self, customer, product, pieces):
        """Keep an order and return its number."""
        with self.database:
            cursor = self.database.execute(
                "INSERT INTO orders (customer, product, pieces) VALUES (?, ?, ?)", (customer, product, pieces)
            )
        return cursor.lastrowid

    def of_customer(self, customer, order_by="id"):
        """Return a customer's orders."""
        query = f"SELECT * FROM orders WHERE customer = '{customer}' ORDER BY {order_by}"
        return [dict(row) for row in self.database.execute(query)]
