/**
 * The journal: append-only, written in the transaction that moves the state it tells of.
 */
import type { Kysely, Transaction } from 'kysely'
import { EVENT_CATALOGUE, type EventKind } from '../../domain/events.js'
import type { Instant } from '../../domain/instant.js'
import type { Tables } from '../tables.js'
import { insertRows } from './bulk-rows.js'

export type Trx = Transaction<Tables>

export interface NewEvent {
  readonly kind: EventKind
  readonly cohort?: string | null
  readonly accountId?: number | null
  /** Civil date or instant at which it took effect; the recording instant when left out. */
  readonly effective?: string
  readonly clause?: string | null
  readonly data?: Readonly<Record<string, unknown>>
}

export interface Occasion {
  readonly programId: string
  /** Program time. */
  readonly at: Instant
  /** Who did it: a person's user name, or `meterhall` for what the system does by itself. */
  readonly actor: string
}

export const SYSTEM = 'meterhall'

/** Appends entries in the order given, in one statement. */
export async function appendEvents(trx: Trx, occasion: Occasion, events: readonly NewEvent[]): Promise<void> {
  await appendEntries(
    trx,
    events.map((event) => ({ occasion, event })),
  )
}

export interface NewEntry {
  readonly occasion: Occasion
  readonly event: NewEvent
}

/** The same, for entries of several occasions. */
export async function appendEntries(trx: Trx, entries: readonly NewEntry[]): Promise<void> {
  await insertRows(
    trx,
    'event',
    entries.map(({ occasion, event }) => ({
      program_id: occasion.programId,
      cohort: event.cohort ?? null,
      account_id: event.accountId ?? null,
      kind: event.kind,
      effective: event.effective ?? occasion.at,
      recorded_at: occasion.at,
      actor: occasion.actor,
      clause: event.clause ?? null,
      data: event.data ?? {},
    })),
  )
}

export async function appendEvent(trx: Trx, occasion: Occasion, event: NewEvent): Promise<void> {
  await appendEvents(trx, occasion, [event])
}

/** Entries of one kind about the program itself, in order. */
export async function programEvents(db: Kysely<Tables>, programId: string, kind: EventKind) {
  return db
    .selectFrom('event')
    .select(['recorded_at', 'data'])
    .where('program_id', '=', programId)
    .where('kind', '=', kind)
    .where('account_id', 'is', null)
    .orderBy('seq')
    .execute()
}

/** True for a kind of the catalogue; a journal of a later version may hold others. */
export function isEventKind(kind: string): kind is EventKind {
  return kind in EVENT_CATALOGUE
}
