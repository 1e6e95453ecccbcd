"""Specimen people and their papers: for practice, demonstration and tests, never mistakable for real ones.

Numbers carry the serials 996 to 999, every picture says 样本. Modules: `people` (the cast), `cards`
(identity card), `papers` (household page, photo receipt, marriage certificate, lease), `glass` (as a scanner
sees them), `folder` (all documents of one person as files).
"""
