"""The register: floors from `cli` and `factory` down to `clock`, imports go down only
(`[tool.importlinter]`).

Each package says in its docstring what is decided in it, and by which module.
"""
