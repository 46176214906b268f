"""Tables and queries of this room: the only SQL about it."""
