"""Rules of the values of a registered code list."""

from collections import Counter
from collections.abc import Iterator

from app.workflow.checks.candidate import Candidate, CheckResult, label_of
from app.workflow.proposals.models import Severity


def codes_of_a_list(candidate: Candidate) -> Iterator[CheckResult]:
    """The codes of a list differ, and what one names as broader or as its successor is
    another of the same list.
    """
    for group in candidate.kind.fields:
        naming = [field for field in group.fields if field.also_as_sibling]
        if not naming:
            continue
        items = candidate.content.get(group.name, [])
        own = group.fields[0].name
        codes = Counter(item.get(own) for item in items)
        for place, item in enumerate(items):
            if codes[item.get(own)] > 1:
                message = f"Mã {item.get(own)} có ở nhiều dòng; mỗi mã chỉ ghi một dòng"
                yield CheckResult(
                    "codes-of-a-list",
                    f"{group.name}.{place}.{own}",
                    Severity.ERROR,
                    message,
                )
            for field in naming:
                named = item.get(field.name)
                if named is not None and (named not in codes or named == item.get(own)):
                    message = (
                        f"“{label_of(field)}” phải là một mã khác trong chính bảng "
                        f"này; không có mã {named}"
                    )
                    yield CheckResult(
                        "codes-of-a-list",
                        f"{group.name}.{place}.{field.name}",
                        Severity.ERROR,
                        message,
                    )
