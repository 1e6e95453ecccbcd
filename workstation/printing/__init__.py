"""Paper with legal weight: receipts, notices and handover lists as A4 PDF files."""
