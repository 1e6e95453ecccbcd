"""Item packs: signed folders of YAML that say what each item asks for."""
