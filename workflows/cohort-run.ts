/** What a `cohort` run is given, and what its phases share. */
import type { CohortCall } from './ports.js'
import type { Clock, ProgramTime } from './program-time.js'
import type { RestoreMark } from '../domain/restore-mark.js'
import type { MarkKeeper } from './restore-mark.js'

export interface CohortInput {
  readonly programId: string
  readonly cohort: string
  readonly time: ProgramTime
  /** Carried over from the run before. */
  readonly mark?: RestoreMark
}

export interface CohortRun {
  readonly input: CohortInput
  readonly clock: Clock
  readonly marks: MarkKeeper
  call(): CohortCall
  /** Carries out a decision and has the run look again at what is due. */
  decide<T>(carryOut: () => Promise<T>): Promise<T>
}

/** The workflow as others start it; by its name, so that the phases need not know the run that calls them. */
export type Cohort = (input: CohortInput) => Promise<void>
export const COHORT = 'cohort'
