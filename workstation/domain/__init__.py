"""Values and rules of a case: pure, without input or output."""
