"""Practice: specimen people and papers, and the lessons told over them."""
