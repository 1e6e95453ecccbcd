"""Use cases: what a clerk does, step by step, over store, devices and gateway. Knows no screens."""
