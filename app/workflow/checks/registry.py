"""Which rules run, in which order."""

from app.workflow.checks.candidate import Candidate, Check, CheckResult
from app.workflow.checks.code_lists import codes_of_a_list
from app.workflow.checks.codes import (
    code_kept,
    code_life,
    code_parent,
    code_parent_in_use,
    code_syntax,
    code_unique,
    one_code_per_agency,
    unit_once,
)
from app.workflow.checks.connections import (
    objects_of_their_end,
    other_channel_told,
    parties_of_the_agreement,
)
from app.workflow.checks.content import (
    date_order,
    open_without_people,
    owner_is_proposer,
    unknown_unsettled,
)
from app.workflow.checks.duplicates import near_duplicate
from app.workflow.checks.references import (
    below_itself,
    references_exist,
    repealed_law,
    still_named,
)
from app.workflow.proposals.models import Severity


def run(candidate: Candidate, own: Check | None = None) -> list[CheckResult]:
    """Run every check, and the kind's `own`, which comes from a floor above; return
    what they found, errors first.
    """
    findings = [
        finding
        for check in (*CHECKS, *([own] if own else []))
        for finding in check(candidate)
    ]
    return sorted(
        findings, key=lambda f: (f.severity is not Severity.ERROR, f.field, f.message)
    )


CHECKS: tuple[Check, ...] = (
    code_syntax,
    code_unique,
    code_kept,
    code_parent,
    code_parent_in_use,
    code_life,
    unit_once,
    below_itself,
    still_named,
    one_code_per_agency,
    references_exist,
    repealed_law,
    date_order,
    owner_is_proposer,
    codes_of_a_list,
    open_without_people,
    unknown_unsettled,
    objects_of_their_end,
    parties_of_the_agreement,
    other_channel_told,
    near_duplicate,
)
