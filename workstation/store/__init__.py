"""What the workstation keeps: one encrypted data folder with cases, pages, queue and archive."""
