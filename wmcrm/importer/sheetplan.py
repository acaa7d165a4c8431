"""Imports of sign-up sheets: planned without writing, or planned and written in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.consent import find_channel, find_purpose
from wmcrm.db import Actor, actor_of
from wmcrm.errors import BadInputError, NotAllowedError
from wmcrm.importer.earlier import rows_seen, was_imported
from wmcrm.importer.lookup import LookupScope, OwnRows
from wmcrm.importer.mapping import find_layout
from wmcrm.importer.newevent import check_new_event
from wmcrm.importer.options import SignupOptions
from wmcrm.importer.questions import check_questions
from wmcrm.importer.remembered import remembered_mapping
from wmcrm.importer.report import ImportReport, Tally
from wmcrm.importer.sheetrows import MappedSheet, Reading, map_sheet, read_rows, rows_mean
from wmcrm.importer.signups import SheetContext
from wmcrm.importer.stages import SheetAction, SheetPlanner
from wmcrm.importer.tables import SheetFile
from wmcrm.models import Affiliate, Event, EventHost, HostRole, may_hold, now_utc
from wmcrm.normalize import DateOrder
from wmcrm.references import find_affiliate, find_event


@dataclass(frozen=True, slots=True)
class Setting:
    """A sheet, its options resolved against the database: what preview and import both start from."""

    file: SheetFile
    sheet: MappedSheet
    options: SignupOptions
    actor: Actor
    today: date
    event: Event | None
    holder: Affiliate | None
    reading: Reading
    already_imported: bool = False

    @property
    def event_id(self) -> int | None:
        """The event's key; None while the event is only described."""
        return self.event.id if self.event else None

    @property
    def holder_id(self) -> int | None:
        """The key of who holds what is recorded."""
        return self.holder.id if self.holder else None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. ``report.fingerprint`` is asked for when it is confirmed."""

    report: ImportReport
    actions: tuple[SheetAction, ...] = field(default=(), repr=False)


def plan_signups(session: Session, file: SheetFile, options: SignupOptions, *, keep_rows: int = 0) -> ImportPlan:
    """What importing the sheet would do; nothing is written.

    The first ``keep_rows`` rows are kept with their actions, for showing. Raises BadInputError,
    NotFoundError and NoIdentifyingColumnError where the sheet or the options cannot be used.
    """
    setting = settle(session, file, options)
    planner = planner_of(session, setting, OwnRows())
    tally = Tally()
    tally.note(*file.notes, *setting.sheet.questions())
    kept: list[SheetAction] = []
    for chunk in planner.chunks(read_rows(setting.sheet, setting.reading)):
        for action in chunk:
            action.count_in(tally)
        kept.extend(chunk[: max(0, keep_rows - len(kept))])
    return ImportPlan(report_of(setting, tally, "planned", planner.fingerprint), tuple(kept))


def settle(session: Session, file: SheetFile, options: SignupOptions) -> Setting:
    """Resolve the options: event, holder, mapping, what rows mean; nothing is written."""
    if (options.event is None) == (options.new_event is None):
        raise BadInputError("Name the event with --event, or describe a new one with --new-event and --starts.")
    if options.new_event is not None:
        options = replace(options, new_event=check_new_event(options.new_event))
    event = find_event(session, options.event) if options.event else None
    holder = _holder(session, options, event)
    layout = find_layout(file.table)
    remembered = remembered_mapping(session, layout.headers, holder.id if holder else None)
    sheet = map_sheet(file.table, layout, options.maps, remembered)
    check_questions(session, sheet.mapping, event.id if event else None, holder.id if holder else None)
    today = now_utc().date()
    return Setting(
        file=file,
        sheet=sheet,
        options=options,
        actor=actor_of(session),
        today=today,
        event=event,
        holder=holder,
        reading=_reading(session, sheet, options, event, today),
        already_imported=was_imported(session, file.file_hash, event.id if event else None),
    )


def planner_of(session: Session, setting: Setting, own: OwnRows) -> SheetPlanner:
    """A planner for the sheet, at its first row."""
    actor = setting.actor
    scope = LookupScope(
        event_id=setting.event_id,
        holder_id=setting.holder_id,
        affiliate_ids=None if actor.sees_all else actor.affiliate_ids,
        own=own,
    )
    seen = rows_seen(session, setting.event_id)
    return SheetPlanner(session, scope, seen, setting.holder is not None, setting.options.decisions)


def report_of(setting: Setting, tally: Tally, state: str, fingerprint: str, run: str | None = None) -> ImportReport:
    """The report of a plan or a run."""
    return ImportReport(
        state=state,
        counts=dict(tally.counts),
        rows=tally.rows,
        issues=tuple(tally.issues),
        mapping=setting.sheet.columns,
        already_imported=setting.already_imported,
        run=run,
        fingerprint=fingerprint,
        issue_count=tally.issue_count,
        event=setting.event.public_id if setting.event else None,
        has_problems=tally.has_problems,
    )


def _holder(session: Session, options: SignupOptions, event: Event | None) -> Affiliate | None:
    """Who holds what is recorded: the affiliate that was named, else the event's organizing host."""
    if options.affiliate:
        named = find_affiliate(session, options.affiliate)
        if not may_hold(session, named.id):
            raise NotAllowedError("You may record facts for your own affiliate only.")
        return named
    actor = actor_of(session)
    if event is not None:
        host = (
            sa.select(EventHost.affiliate_id)  # type: ignore[call-overload]
            .where(EventHost.event_id == event.id, EventHost.host_role == HostRole.ORGANIZER)
            .where(EventHost.removed_at.is_(None), EventHost.superseded_by_id.is_(None))  # type: ignore[union-attr]
            .order_by(EventHost.id)
        )
        hosts = list(session.scalars(host))
        own = [affiliate_id for affiliate_id in hosts if actor.sees_all or affiliate_id in actor.affiliate_ids]
        if own:
            return session.get(Affiliate, own[0])
    if not actor.sees_all and len(actor.affiliate_ids) == 1:
        return session.get(Affiliate, next(iter(actor.affiliate_ids)))
    if not actor.sees_all:
        raise BadInputError("Name the affiliate that will hold these records with --affiliate.")
    return None


def _reading(session: Session, sheet: MappedSheet, options: SignupOptions, event: Event | None, today: date) -> Reading:
    starts_on = event.starts_on if event else options.new_event.starts_on if options.new_event else None
    country = event.country if event else options.new_event.country if options.new_event else None
    context = SheetContext(
        event_country=country,
        event_starts_on=starts_on,
        event_ends_on=event.ends_on if event else None,
        date_order=DateOrder(options.date_order) if options.date_order else None,
        rows_mean=rows_mean(options.rows_mean, sheet.has_status, starts_on, today),
        source=sheet.layout.source,
    )
    return Reading(context, _purposes(session, sheet, options), options.consent_purpose, options.consent_channel)


def _purposes(session: Session, sheet: MappedSheet, options: SignupOptions) -> frozenset[str]:
    """The purposes for which somebody said that the sheet claims consent; without them it is attendance only."""
    told = {guess.purpose for guess in sheet.mapping if guess.purpose}
    if options.consent_purpose:
        told |= {options.consent_purpose, "photo_recording"}
    for purpose in sorted(told):
        find_purpose(session, purpose)
    for channel in sorted({guess.channel for guess in sheet.mapping if guess.channel} | {options.consent_channel}):
        find_channel(channel)
    return frozenset(told)
