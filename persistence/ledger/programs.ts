/** Programs: the plan version they run under, their calendar, reads and default rates, all as recorded at the start. */
import type { Kysely } from 'kysely'
import { RATE_CLASSES } from '../../domain/account.js'
import type { CivilDate } from '../../domain/civil-date.js'
import type { Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Rates } from '../../domain/price-guard.js'
import { accepted, type Outcome, refused } from '../../domain/refusal.js'
import type { Tables } from '../tables.js'
import { appendEvent, type Trx } from './journal.js'
import { once, type Verb } from './verbs.js'

export interface NewProgram {
  readonly terms: PlanTerms
  readonly boundary: string
  readonly rehearsal: boolean
  readonly clock: 'timer' | 'stepped'
  readonly offsetMs: number
  readonly readDates: Readonly<Record<string, readonly CivilDate[]>>
  readonly defaultRates: { readonly on: CivilDate; readonly rates: Rates; readonly source: string }
}

export async function createProgram(
  trx: Trx,
  verb: Verb,
  program: NewProgram,
): Promise<Outcome<{ readonly programId: string }>> {
  return once(trx, verb, 'start-program', async () => {
    const existing = await trx
      .selectFrom('program')
      .select('program_id')
      .where('program_id', '=', verb.programId)
      .executeTakeFirst()
    if (existing !== undefined) {
      return refused(
        'PROGRAM_EXISTS',
        `A program named ${verb.programId} runs already; choose another name or look at it with: meterhall status`,
      )
    }
    const { terms } = program
    await trx
      .insertInto('program')
      .values({
        program_id: verb.programId,
        plan_id: terms.id,
        plan_version: terms.version,
        terms: JSON.stringify(terms),
        boundary: program.boundary,
        rehearsal: program.rehearsal,
        clock: program.clock,
        offset_ms: program.offsetMs,
        started_at: verb.at,
      })
      .execute()
    const reads = Object.entries(program.readDates).flatMap(([billGroup, dates]) =>
      [...new Set(dates)].map((on) => ({ program_id: verb.programId, bill_group: billGroup, read_on: on })),
    )
    if (reads.length > 0) await trx.insertInto('read_date').values(reads).execute()
    const rates = RATE_CLASSES.flatMap((rateClass) => {
      const rate = program.defaultRates.rates[rateClass]
      return rate === undefined ? [] : [{ rateClass, rate }]
    })
    if (rates.length > 0) {
      await trx
        .insertInto('default_rate')
        .values(
          rates.map(({ rateClass, rate }) => ({
            program_id: verb.programId,
            since: program.defaultRates.on,
            rate_class: rateClass,
            milli_cents: rate,
            source: program.defaultRates.source,
          })),
        )
        .execute()
    }
    await appendEvent(trx, verb, { kind: 'program-started', clause: terms.title, data: { planVersion: terms.version } })
    return accepted({ programId: verb.programId })
  })
}

/** Nobody else decides about the program's bids until the transaction ends. */
export async function lockProgram(trx: Trx, programId: string): Promise<void> {
  await trx.selectFrom('program').select('program_id').where('program_id', '=', programId).forUpdate().execute()
}

export interface Program {
  readonly programId: string
  readonly terms: PlanTerms
  readonly boundary: string
  readonly rehearsal: boolean
  readonly clock: 'timer' | 'stepped'
  readonly offsetMs: number
  readonly startedAt: Instant
}

const read = new WeakMap<object, Map<string, Program>>()

/** A program's terms never change while it runs, so that one reading serves every later call on the same database. */
export async function readProgram(db: Kysely<Tables>, key: object, programId: string): Promise<Program> {
  const known = read.get(key) ?? new Map<string, Program>()
  read.set(key, known)
  const before = known.get(programId)
  if (before !== undefined) return before
  const row = await db.selectFrom('program').selectAll().where('program_id', '=', programId).executeTakeFirst()
  if (row === undefined)
    throw new Error(`there is no program ${programId} in the ledger; start it with: meterhall program start`)
  const program: Program = {
    programId,
    terms: row.terms,
    boundary: row.boundary,
    rehearsal: row.rehearsal,
    clock: row.clock,
    offsetMs: Number(row.offset_ms),
    startedAt: row.started_at,
  }
  known.set(programId, program)
  return program
}

/** Scheduled reads per bill group, ascending. */
export async function readReadDates(
  db: Kysely<Tables>,
  programId: string,
): Promise<ReadonlyMap<string, readonly CivilDate[]>> {
  const rows = await db
    .selectFrom('read_date')
    .select(['bill_group', 'read_on'])
    .where('program_id', '=', programId)
    .orderBy('read_on')
    .execute()
  const dates = new Map<string, CivilDate[]>()
  for (const row of rows) {
    const group = dates.get(row.bill_group) ?? []
    group.push(row.read_on)
    dates.set(row.bill_group, group)
  }
  return dates
}

export interface DefaultRates {
  /** The latest day from which any of them holds; null when none does. */
  readonly on: CivilDate | null
  readonly rates: Rates
}

/** The default rates in force on a day: per class the latest that began on or before it. */
export async function defaultRatesOn(db: Kysely<Tables>, programId: string, day: CivilDate): Promise<DefaultRates> {
  const rows = await db
    .selectFrom('default_rate')
    .select(['rate_class', 'milli_cents', 'since'])
    .where('program_id', '=', programId)
    .where('since', '<=', day)
    .orderBy('since')
    .execute()
  const rates: Record<string, number> = {}
  for (const row of rows) rates[row.rate_class] = row.milli_cents
  return { on: rows.at(-1)?.since ?? null, rates }
}
