"""Text recognisers behind the `Engine` port, one module a program."""
