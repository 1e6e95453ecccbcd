"""The wire contract, version 1: models, canonical bytes and signatures."""
