"""The screens: one app, one workspace for one case, keyboard only."""
