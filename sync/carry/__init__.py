"""Bundles carried by hand: an encrypted BagIt bag for the back office, its receipts on the way back."""
