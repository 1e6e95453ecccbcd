"""Items written in an Excel workbook: the template, safe reading, and the YAML that comes of it."""
