"""Specimen people and their papers: for practice, demonstration and tests, never mistakable for real ones.

Numbers carry the serials 996 to 999, every picture says 样本. The cast of practice: `people`, `cards`
(identity card), `papers` (household page, photo receipt, marriage certificate, lease), `folder` (all
documents of one person as files). Any number of papers from a seed: `every` (one call for all kinds),
`crowd` (people), a module for each kind of paper with `invent`, `draw` and `truth`, `look` (how copies
differ). How papers come off a counter: `counter` (ways), `glass` (scanner), `desk` (camera). Pages that are
not to be read, or not wholly: `odd`.
"""
