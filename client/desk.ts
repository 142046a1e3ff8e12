/** The desk: what every verb needs. One per process that speaks to a program. */
import type { Client } from '@temporalio/client'
import type { Instant } from '../domain/instant.js'
import type { Outcome } from '../domain/refusal.js'
import type { Database } from '../persistence/database.js'
import { readProgram } from '../persistence/ledger/programs.js'
import type { Verb } from '../persistence/ledger/verbs.js'
import type { PlanTerms } from '../domain/plan.js'

export interface Desk {
  readonly database: Database
  readonly temporal: Client
  /** Program time: the machine's clock plus the program's offset, or what the driver of a rehearsal says. */
  now(): Instant
  /** How programs started here keep time: `stepped` in a rehearsal, where one driver moves all runs. */
  readonly clock: 'timer' | 'stepped'
  /** How long a decision may wait for its run to take it; 12 seconds when left out. @unit ms */
  readonly heardWithinMs?: number
}

/** Who asks, for which program, under which id of their own making. */
export interface Asking {
  readonly programId: string
  readonly actor: string
  /** Unique for ever; the same id is carried out once. */
  readonly verbId: string
}

export function verbOf(desk: Desk, asking: Asking): Verb {
  return { ...asking, at: desk.now() }
}

export async function termsOf(desk: Desk, programId: string): Promise<PlanTerms> {
  return (await readProgram(desk.database.kysely, desk.database, programId)).terms
}

export type Answer<T> = Promise<Outcome<T>>
