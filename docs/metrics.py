"""Prints what the code, or one package that is named, reads like in figures (`make
metrics`); it enforces nothing.
"""

import ast
import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ("app", "catalog_schema", "fixtures", "benchmarks")
PLACEHOLDERS = frozenset(
    [
        "found",
        "one",
        "said",
        "told",
        "given",
        "asked",
        "sent",
        "each",
        "thing",
        "wanted",
        "what",
        "done",
        "made",
        "kept",
    ]
)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SIMPLE = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
    ast.Return,
    ast.Raise,
    ast.Assert,
    ast.Delete,
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def sources(only: str | None) -> list[Path]:
    """Return the Python files that are measured, migrations left out."""
    roots = [ROOT / only] if only else [ROOT / name for name in SOURCES]
    files = (path for root in roots for path in sorted(root.rglob("*.py")))
    return [path for path in files if "versions" not in path.parts]


def percentile(values: list[int], share: float) -> int:
    """Return the value below which this share of the values lies, 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0


def pair(values: list[int]) -> str:
    """Return the median and the value below which nine of ten lie."""
    return f"{statistics.median(values)} / {percentile(values, 0.9)}"


def is_docstring(node: ast.AST) -> bool:
    """Tell whether a statement is a text alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def nested(tree: ast.AST, kinds: tuple[type[ast.AST], ...]) -> int:
    """Return how many nodes of these kinds stand inside another of them."""
    inside = 0
    for outer in ast.walk(tree):
        if isinstance(outer, kinds):
            inside += sum(isinstance(node, kinds) for node in ast.walk(outer)) - 1
    return inside


class Figures:
    """What was counted over all files."""

    def __init__(self) -> None:
        self.lines = 0
        self.widths: list[int] = []
        self.statements: list[int] = []
        self.lengths: list[int] = []
        self.counts: dict[str, int] = defaultdict(int)
        self.classes: dict[str, set[Path]] = defaultdict(set)

    def read(self, path: Path) -> None:
        """Count one file."""
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.strip()]
        self.lines += len(lines)
        self.widths += [len(line) for line in lines]
        tree = ast.parse(text)
        self.counts["nested comprehensions"] += nested(tree, COMPREHENSIONS)
        self.counts["nested ternaries"] += nested(tree, (ast.IfExp,))
        for node in ast.walk(tree):
            self._count(node, path)

    def _count(self, node: ast.AST, path: Path) -> None:
        self.counts["comprehensions"] += isinstance(node, COMPREHENSIONS)
        self.counts["ternaries"] += isinstance(node, ast.IfExp)
        if isinstance(node, SIMPLE) and not is_docstring(node):
            self.statements.append(sum(1 for _ in ast.walk(node)))
        if isinstance(node, ast.Name):
            self.counts["names"] += 1
            self.counts["placeholders"] += node.id in PLACEHOLDERS
        if isinstance(node, ast.ClassDef):
            self.classes[node.name].add(path)
        if isinstance(node, FUNCTIONS):
            self.lengths.append((node.end_lineno or node.lineno) - node.lineno + 1)
            inner = (
                part
                for part in ast.walk(node)
                if isinstance(part, ast.Import | ast.ImportFrom)
            )
            self.counts["imports inside functions"] += sum(1 for _ in inner)

    def per_thousand(self, name: str) -> str:
        """Return a count for each thousand lines."""
        return f"{1000 * self.counts[name] / max(1, self.lines):.2f}"


def largest_package() -> str:
    """Return how many modules, `__init__` left out, the largest folder of the
    application holds, and which it is.
    """
    held: dict[Path, int] = defaultdict(int)
    for path in (ROOT / "app").rglob("*.py"):
        if path.name != "__init__.py" and "versions" not in path.parts:
            held[path.parent.relative_to(ROOT)] += 1
    name = max(held, key=lambda folder: held[folder])
    return f"{held[name]} ({name})"


def template_widths() -> list[int]:
    """Return the widths of all lines of templates that are not blank."""
    widths = []
    for path in (ROOT / "app" / "web" / "templates").rglob("*.html"):
        widths += [
            len(line)
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.strip()
        ]
    return widths


def main() -> None:
    """Print a row for each figure."""
    figures = Figures()
    for path in sources(sys.argv[1] if len(sys.argv) > 1 else None):
        figures.read(path)
    templates = template_widths()
    several = sorted(name for name, paths in figures.classes.items() if len(paths) > 1)
    share = 100 * figures.counts["placeholders"] / max(1, figures.counts["names"])
    statements, lengths = figures.statements, figures.lengths
    rows = {
        "lines that are not blank": figures.lines,
        "nodes of a simple statement, median / p90": pair(statements),
        **{
            f"{name} per 1,000 lines": figures.per_thousand(name)
            for name in (
                "nested comprehensions",
                "nested ternaries",
                "comprehensions",
                "ternaries",
            )
        },
        "width of a line, p90": percentile(figures.widths, 0.9),
        "placeholder names, share of names": f"{share:.1f} %",
        "class names in several files": f"{len(several)} ({', '.join(several)})",
        "largest flat package": largest_package(),
        "width of a template's line, median / p90": pair(templates),
        "imports inside functions": figures.counts["imports inside functions"],
        "length of a function, median / p90 / longest": (
            f"{statistics.median(lengths)} / {percentile(lengths, 0.9)} / "
            f"{max(lengths)}"
        ),
    }
    for name, value in rows.items():
        print(f"{re.sub(' +', ' ', name):<50} {value}")


if __name__ == "__main__":
    main()
