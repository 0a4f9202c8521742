"""The register: floors from `factory` down to `clock`, imports go down only (`[tool.importlinter]` in pyproject.toml).

Each package says in its docstring which questions are answered in it, and by which module.
"""
