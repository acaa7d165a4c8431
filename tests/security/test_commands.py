"""Every command x account x whose record: refused in one line, or done, as the tables say.

The matrix is made from the tree of commands; what a command needs stands in wmcrm/cli/policies.py.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from pathlib import Path

import click
import pytest

from tests.admin.conftest import SECRET
from tests.cli.runner import Ran, refused, run
from tests.security.commands import OPTIONS, arguments, is_personal, line_of, takes_as, tree, write_files
from tests.security.conftest import Hall
from tests.security.planted import HIDDEN_FROM_BAOBAB, TWO_ROLES, Side, account_of, leaks
from wmcrm.cli import wmcrm
from wmcrm.cli.policies import POLICIES
from wmcrm.models import PermissionRole
from wmcrm.permissions import Permission, permissions_of

DONE, NO = frozenset({0, 1}), frozenset({2})
EITHER = DONE | NO
STEWARDS_OF_ALL = ("answer-hit", "hand-over", "hits", "rotate", "seal", "steward", "stewards", "unseal")
# Where the library asks for more than the permission: (command, side or "any") -> what comes of it at an affiliate.
BY_ROW: dict[tuple[str, str], frozenset[int]] = {
    **{
        (f"import {kind}", "any"): NO  # files of records go past the scope of one affiliate
        for kind in ("affiliates", "consents", "events", "participations", "people", "roles")
    },
    **{(path, "any"): NO for path in POLICIES if path.startswith("account ")},  # for administrators of everything
    ("consent invite", "any"): NO,  # no notice has a wording
    ("dedupe link-affiliates", "any"): NO,  # a steward of both is needed
    ("dedupe tell-affiliates-apart", "any"): NO,
    ("dedupe unlink-affiliates", "any"): NO,  # there is no such link
    ("import answers", "own"): EITHER,  # the sheet has no question
    # The rows of a sheet are for who imported it.
    **{(f"import {word}", f"{role} own"): NO for word in ("failed", "rows") for role in ("administrator", "steward")},
    ("breach", "any"): NO,  # for stewards of the whole movement
    **{(f"sharing {word}", "any"): EITHER for word in ("end", "grant")},
    ("dedupe merge", "editor own"): NO,
    ("dedupe strict", "editor own"): NO,
    ("dedupe unmerge", "editor own"): NO,
    ("dedupe unmerge-batch", "any"): NO,  # there is no such batch
    ("history --revert", "own"): NO,  # the newest change is one of a merge
    ("lists open", "editor own"): DONE,
    **{("lists open", f"editor {side}"): DONE for side in ("sealed", "erased")},  # they stand on the own list
    ("lists open", "any"): NO,  # lists belong to who prepared them
    ("lists prepare", "any"): NO,  # nobody may be written to
    # Nothing was asked; and Baobab's people are asked by Baobab itself.
    **{(f"requests {word}", "any"): NO for word in ("answer", "ask", "cancel")},
    ("subject answer", "any"): NO,  # there is no request
    # Sealed records are held by no affiliate: for stewards of the whole movement.
    **{(f"subject {word}", "any"): NO for word in STEWARDS_OF_ALL},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path)
    return tmp_path


def test_every_command_says_what_an_account_needs(small_hall: Hall) -> None:
    silent = sorted(set(tree()) - set(POLICIES))
    assert silent == [], "say in wmcrm/cli/policies.py what an account needs to run these with --as"
    assert sorted(set(POLICIES) - set(tree())) == [], "these commands are gone"
    for path in tree():
        line_of(path)


def test_commands_without_as_are_the_operators(small_hall: Hall) -> None:
    root = click.Context(wmcrm)
    free = {name for name in wmcrm.list_commands(root) if not _takes_as(wmcrm.get_command(root, name))}
    assert free == {"demo", "serve"}


def _takes_as(command: click.Command | None) -> bool:
    assert command is not None
    return isinstance(command, click.Group) or takes_as(command)


def cells(asking: Collection[PermissionRole], sides: Collection[Side]) -> Iterator[tuple[str, PermissionRole, Side]]:
    """A command for an account of Baobab with a record of a side; who may not run it at all asks once."""
    for path in (*tree(), *OPTIONS):
        for role in asking:
            yield path, role, Side.OWN
            if is_personal(path) and _allowed(path, role):
                yield from ((path, role, side) for side in sides)


def _allowed(path: str, role: PermissionRole) -> bool:
    needed = Permission.HISTORY_REVERT if path in OPTIONS else POLICIES[path]
    return needed is not None and needed in permissions_of({role}, everywhere=False)


def expected(path: str, role: PermissionRole, side: Side) -> frozenset[int]:
    """The exit statuses that the rule allows for one cell."""
    if not _allowed(path, role):
        return NO
    for key in (f"{role} {side}", "any") if side is not Side.OWN else (f"{role} {side}", str(side), "any"):
        if (path, key) in BY_ROW:
            return BY_ROW[(path, key)]
    return DONE if side is Side.OWN or not is_personal(path) else NO


SIDES = (Side.FOREIGN, Side.SEALED, Side.ERASED)
SOME_ROLES = (PermissionRole.VIEWER, PermissionRole.STEWARD)


@pytest.mark.parametrize(
    ("hall_of", "asking", "sides"),
    [
        ("sqlite", SOME_ROLES, SIDES[:2]),
        pytest.param("sqlite", tuple(PermissionRole), SIDES, marks=pytest.mark.long),
        pytest.param("postgres", tuple(PermissionRole), SIDES, marks=[pytest.mark.long, pytest.mark.postgres]),
    ],
    indirect=["hall_of"],
)
def test_every_cell_of_commands_and_accounts_is_as_the_tables_say(
    hall_of: Hall,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    asking: tuple[PermissionRole, ...],
    sides: tuple[Side, ...],
) -> None:
    monkeypatch.setenv("WMCRM_SECRET_KEY", SECRET)
    monkeypatch.setenv("WMCRM_DATABASE_URL", hall_of.url)
    began, worked, counted, wrong = time.perf_counter(), time.process_time(), 0, []
    for path, role, side in cells(asking, sides):
        words = arguments(path, hall_of.world, side, folder)
        if words is None:
            continue
        ran = run(*words, "--as", account_of(role))
        counted += 1
        if ran.status not in expected(path, role, side) or (ran.status == 2 and not refused(ran)):
            wrong.append(f"{role} {side}: wmcrm {' '.join(words)}: {ran.status} {ran.err.strip()[-200:]}")
        told = f"{ran.out} {ran.err}".encode() + b"".join(path.read_bytes() for path in made_in(folder))
        wrong += [f"{role} {side}: wmcrm {' '.join(words)} tells: {leak}" for leak in leaks(told, HIDDEN_FROM_BAOBAB)]
        if ran.status != 2:
            hall_of.put_back()
            _clear(folder)
    spent = f"{time.perf_counter() - began:.1f} s, {time.process_time() - worked:.1f} s of the processor"
    print(f"{counted} cells of commands in {spent}, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("hall_of", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_who_reads_here_and_edits_there_runs_nothing_here_that_edits(
    hall_of: Hall, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WMCRM_SECRET_KEY", SECRET)
    monkeypatch.setenv("WMCRM_DATABASE_URL", hall_of.url)
    reads, edits = permissions_of({PermissionRole.VIEWER}), permissions_of({PermissionRole.EDITOR})
    wrong, counted = [], 0
    for path in (one for one in tree() if is_personal(one) and POLICIES[one] in edits):
        words = arguments(path, hall_of.world, Side.OWN, folder)
        if words is None:
            continue
        ran, counted = run(*words, "--as", TWO_ROLES), counted + 1
        if POLICIES[path] in reads:
            wrong += [] if ran.status in DONE else [f"wmcrm {path}: {ran.status} {ran.err}"]
        elif not refused(ran) or leaks(f"{ran.out} {ran.err}".encode(), [Side.OWN]):
            wrong.append(f"wmcrm {path}: {ran.status} {ran.out} {ran.err}")
    print(f"{counted} commands for two roles, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def made_in(folder: Path) -> list[Path]:
    """The files that a command made."""
    return [path for path in (folder / "out.csv", *(folder / "out").glob("*")) if path.is_file()]


def _clear(folder: Path) -> None:
    for path in made_in(folder):
        path.unlink()


def test_the_operator_may_run_what_accounts_may_not(small_hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", small_hall.url)
    assert run("db", "check").status == 0
    ran: Ran = run("db", "check", "--as", account_of(PermissionRole.ADMINISTRATOR, "everywhere"))
    assert refused(ran)
    assert "leave --as out" in ran.err
