from itertools import combinations, product
from uuid import UUID

import pytest

from app.errors import TransitionError
from app.notify import notices
from app.permissions import EITHER, RIGHTS, SCOPES, Action, Actor, Reach, Role, may
from app.workflow.life import Place
from app.workflow.proposals.actions import ACTIONS, BY_INPUT, Told, offered, path
from app.workflow.proposals.lifecycle import OPEN, Status, Step

OWN, OTHER = UUID(int=1), UUID(int=2)

AGENCY = {
    *(
        Action.PROPOSE,
        Action.EDIT,
        Action.REBASE,
        Action.SUBMIT,
        Action.RECALL,
        Action.WITHDRAW,
    ),
    *(
        Action.CONFIRM,
        Action.REPLY,
        Action.READ,
        Action.WORK,
        Action.OPINE,
        Action.READ_CONSULTATIONS,
    ),
    *(Action.ANSWER, Action.READ_CAMPAIGNS, Action.STATE, Action.COUNT),
}
HEADS = {
    *(Action.ENDORSE, Action.DECLINE, Action.READ, Action.WORK, Action.OPINE),
    *(Action.READ_CONSULTATIONS, Action.READ_CAMPAIGNS, Action.STATE),
}
EXAMINING = {Action.REPLY, Action.FIND, Action.RESOLVE, Action.RETURN, Action.READ}
WORK = {(Action.WORK, "own")}
TAKING_IN = (Action.READ_INTAKES, Action.TAKE_IN)
DECIDING = (Action.ENTER, Action.REOPEN, Action.PREPARE_DECISION)


# of cases: what either side does, and what somebody of the department does to any
SIDES = (
    Action.OPEN_CASE,
    Action.EDIT_CASE,
    Action.SEND_CASE,
    Action.WITHDRAW_CASE,
    Action.EXTEND_CASE,
    Action.ASK_BACK,
    Action.PREPARE_GRANT,
    Action.PREPARE_REFUSAL,
    Action.ANSWER_CASE,
    Action.REPORT_PROGRESS,
    Action.REPORT_DONE,
    Action.ESCALATE,
    Action.FINISH_CASE,
)
VERIFYING = (Action.NOTE_CASE, Action.SEND_ANSWER_BACK, Action.CONFIRM_ANSWER)
LETTERS = (Action.ANSWER_ON_PAPER, Action.REFUSE_ON_PAPER)


def anywhere(*actions):
    return {(action, reach) for action in actions for reach in ("own", "other")}


EXPECTED_RIGHTS = {
    Role.REGISTRAR: {(a, "own") for a in AGENCY},
    Role.HEAD: {(a, "own") for a in HEADS},
    Role.REVIEWER: anywhere(
        *EXAMINING,
        Action.TAKE,
        Action.MEND,
        Action.LINK,
        Action.RECOMMEND,
        Action.READ_DECISIONS,
        *TAKING_IN,
    )
    | anywhere(
        Action.ASSIGN,
        Action.CLEAR,
        Action.CONSULT,
        Action.KEEP_REASONS,
        Action.KEEP_SYNONYMS,
        Action.READ_CONSULTATIONS,
    )
    | anywhere(Action.CAMPAIGN, Action.READ_CAMPAIGNS, Action.COUNT)
    | WORK,
    Role.APPROVER: anywhere(
        *EXAMINING,
        Action.APPROVE,
        Action.REJECT,
        Action.READ_INTAKES,
        Action.CONFIRM_INTAKE,
    )
    | anywhere(
        Action.READ_DECISIONS,
        Action.ASSIGN,
        Action.KEEP_REASONS,
        Action.KEEP_SYNONYMS,
        Action.READ_CONSULTATIONS,
    )
    | anywhere(Action.READ_CAMPAIGNS)
    | WORK,
    Role.DRAFTER: anywhere(
        Action.PREPARE_DECISION,
        Action.READ_DECISIONS,
        Action.READ,
        Action.READ_CONSULTATIONS,
        Action.READ_CAMPAIGNS,
    )
    | WORK,
    Role.CLERK: anywhere(*DECIDING, Action.READ_DECISIONS, Action.READ, *TAKING_IN)
    | anywhere(Action.READ_CONSULTATIONS, Action.CAMPAIGN, Action.READ_CAMPAIGNS)
    | anywhere(Action.COUNT)
    | WORK,
    Role.AUDITOR: anywhere(
        Action.VERIFY,
        Action.OPERATE,
        Action.READ,
        Action.READ_INTAKES,
        Action.READ_DECISIONS,
    )
    | anywhere(Action.READ_CONSULTATIONS, Action.READ_CAMPAIGNS)
    | WORK,
    Role.ADMINISTRATOR: anywhere(Action.MANAGE_ACCOUNTS, Action.OPERATE) | WORK,
}

for _role in (Role.REGISTRAR, Role.HEAD):
    every = (*SIDES, *VERIFYING, Action.READ_CASES)
    EXPECTED_RIGHTS[_role] |= {(action, "own") for action in every}
for _action in (*LETTERS, Action.FOLLOW_UP):
    EXPECTED_RIGHTS[Role.REGISTRAR].add((_action, "own"))
EXPECTED_RIGHTS[Role.REVIEWER] |= {(action, "own") for action in SIDES}
EXPECTED_RIGHTS[Role.REVIEWER] |= anywhere(*VERIFYING, *LETTERS, Action.GATHER)
EXPECTED_RIGHTS[Role.APPROVER] |= anywhere(*VERIFYING)
EXPECTED_RIGHTS[Role.CLERK] |= anywhere(*LETTERS)
for _role in (
    Role.REVIEWER,
    Role.APPROVER,
    Role.DRAFTER,
    Role.CLERK,
    Role.AUDITOR,
):
    EXPECTED_RIGHTS[_role] |= anywhere(Action.READ_CASES)

NEXT = {
    Status.DRAFT: {
        Action.LINK: "draft",
        Action.EDIT: "draft",
        Action.REBASE: "draft",
        Action.SUBMIT: "submitted",
        Action.CONFIRM: "approved",
        Action.WITHDRAW: "withdrawn",
    },
    Status.ENDORSING: {
        Action.LINK: "endorsing",
        Action.ENDORSE: "submitted",
        Action.DECLINE: "draft",
        Action.RECALL: "draft",
        Action.WITHDRAW: "withdrawn",
    },
    Status.SUBMITTED: {
        Action.LINK: "submitted",
        Action.RECALL: "draft",
        Action.TAKE: "in-review",
        Action.ASSIGN: "submitted",
        Action.CLEAR: "approved",
        Action.WITHDRAW: "withdrawn",
    },
    Status.IN_REVIEW: {
        Action.LINK: "in-review",
        Action.ASSIGN: "in-review",
        Action.CLEAR: "approved",
        Action.CONSULT: "in-review",
        Action.MEND: "in-review",
        Action.FIND: "in-review",
        Action.REPLY: "in-review",
        Action.RESOLVE: "in-review",
        Action.RETURN: "returned",
        Action.RECOMMEND: "recommended",
        Action.WITHDRAW: "withdrawn",
    },
    Status.RETURNED: {
        Action.LINK: "returned",
        Action.EDIT: "returned",
        Action.REBASE: "returned",
        Action.REPLY: "returned",
        Action.SUBMIT: "submitted",
        Action.WITHDRAW: "withdrawn",
    },
    Status.RECOMMENDED: {
        Action.FIND: "recommended",
        Action.REPLY: "recommended",
        Action.RETURN: "returned",
        Action.APPROVE: "approved",
        Action.REJECT: "rejected",
        Action.WITHDRAW: "withdrawn",
    },
    Status.APPROVED: {Action.ENTER: "entered", Action.REOPEN: "in-review"},
    Status.ENTERED: {},
    Status.REJECTED: {},
    Status.WITHDRAWN: {},
}


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_action_in_every_status_leads_where_the_table_says_or_is_refused(
    status, action
):
    expected = NEXT[status].get(action)

    if expected is None:
        with pytest.raises(TransitionError):
            path().after(status, action)
    else:
        assert path().after(status, action) == expected


@pytest.mark.parametrize(
    ("action", "role", "whose"), list(product(Action, Role, ("own", "other")))
)
def test_every_right_is_as_agreed(action, role, whose):
    actor = Actor(UUID(int=3), UUID(int=4), role, OWN, signs=True)

    allowed = may(actor, action, OWN if whose == "own" else OTHER)

    assert allowed == ((action, whose) in EXPECTED_RIGHTS[role])


def test_every_action_has_somebody_who_may_do_it():
    assert set(RIGHTS) == set(Action)
    assert all(RIGHTS[action] for action in Action)
    assert all(set(reaches.values()) <= set(Reach) for reaches in RIGHTS.values())


APART = {  # rights that are no action on a proposal
    Action.READ,
    Action.WORK,
    Action.OPINE,
    Action.READ_CONSULTATIONS,
    Action.CAMPAIGN,
    Action.ANSWER,
    Action.STATE,
    Action.COUNT,
    Action.READ_CAMPAIGNS,
    Action.KEEP_REASONS,
    Action.KEEP_SYNONYMS,
    Action.READ_DECISIONS,
    Action.PREPARE_DECISION,
    Action.READ_INTAKES,
    Action.TAKE_IN,
    Action.CONFIRM_INTAKE,
    Action.VERIFY,
    Action.OPERATE,
    Action.MANAGE_ACCOUNTS,
    Action.READ_CASES,
    Action.GATHER,
    Action.FOLLOW_UP,
    *SIDES,
    *VERIFYING,
    *LETTERS,
}


def test_the_tables_of_rights_and_of_actions_cover_each_other():
    assert set(ACTIONS) == set(RIGHTS) - APART
    for action in (*offered(Place.API), *offered(Place.PAGE)):
        assert action in EITHER or any(action in known for known in SCOPES.values())


def test_every_action_takes_a_class_of_its_own_and_has_a_word():
    assert len(BY_INPUT) == len(ACTIONS)
    assert all(rule.word for rule in ACTIONS.values())
    assert len({rule.word for rule in ACTIONS.values()}) == len(ACTIONS)


def test_whatever_is_told_has_words_for_it():
    told = {rule.tells for rule in ACTIONS.values() if rule.tells}

    assert told == set(Told) == set(notices.TOLD)


def test_an_administrator_decides_nothing():
    assert not any(
        Role.ADMINISTRATOR in RIGHTS[action]
        for action, rule in ACTIONS.items()
        if rule.barred
    )


def test_what_is_closed_stays_closed():
    assert {status for status, _ in path(frozenset(Step)).table} <= OPEN


WAYS = [
    frozenset(chosen)
    for size in range(len(Step) + 1)
    for chosen in combinations(Step, size)
]


@pytest.mark.parametrize(
    "steps", WAYS, ids=lambda steps: "+".join(sorted(steps)) or "none"
)
def test_whatever_steps_an_office_takes_every_status_leads_on_and_an_approver_decides(
    steps,
):
    table = path(steps).table

    for status in OPEN:
        assert {after for (before, _), after in table.items() if before is status} - {
            status
        }, status
    reached, seen = {Status.DRAFT}, set()
    while reached - seen:
        seen |= reached
        reached |= {after for (before, _), after in table.items() if before in seen}
    ways_in = {
        action for (_, action), after in table.items() if after is Status.APPROVED
    }
    assert Status.ENTERED in reached
    assert ways_in == {Action.APPROVE, Action.CONFIRM, Action.CLEAR}
    assert (Status.ENDORSING in reached) == (Step.ENDORSEMENT in steps)
    assert (Status.RECOMMENDED in reached) == (Step.RECOMMENDATION in steps)
    assert ((Status.IN_REVIEW, Action.CONSULT) in table) == (Step.CONSULTATION in steps)
