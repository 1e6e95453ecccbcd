"""The embedded back office: takes bundles, gives receipts, tells decisions (extra `gateway`)."""
