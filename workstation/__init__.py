"""The clerk's workstation of a comprehensive service window (综合窗口)."""

__version__ = "0.1.0"
