"""The register: floors from `factory` down to `clock`, imports go down only (see docs and import-linter)."""
