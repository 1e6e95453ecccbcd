"""Scanners behind one port: real SANE devices, watched folders, specimen pages. A leaf: knows nobody."""
