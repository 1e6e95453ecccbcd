"""Reading documents: engines behind one port, one module a document kind. A leaf: knows nobody."""
