"""Exactly-once delivery of sealed bundles: contract, outbox, sender, feed, gateway. A leaf: knows nobody."""
