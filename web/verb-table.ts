/** What the server can be asked to do: one entry per verb. The table itself is web/verbs.ts. */
import type { z } from 'zod'
import type { Asking, Desk } from '../client/desk.js'
import type { Outcome } from '../domain/refusal.js'
import type { OperatorRole } from '../persistence/tables.js'

export interface WebVerb<Input = unknown> {
  /** Any of these may ask for it. */
  readonly roles: readonly OperatorRole[]
  /** What `programId` names: a program that runs, one that begins with this verb, or nothing. */
  readonly scope: 'program' | 'new-program' | 'installation'
  /** A strict object: a field it does not name is refused. */
  readonly input: z.ZodType<Input>
  /** Longest request taken; a megabyte when left out. */
  readonly maxBytes?: number
  /** Carried out once per `asking.verbId`; asked again it gives the first answer. */
  run(desk: Desk, asking: Asking, input: Input): Promise<Outcome<unknown>>
}

/** By name as in the path, for example `receipt-add`. */
export type VerbTable = Readonly<Record<string, WebVerb>>

/** Ties the type of the input to its schema. */
export function webVerb<Input>(verb: WebVerb<Input>): WebVerb<Input> {
  return verb
}
