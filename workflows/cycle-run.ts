/** What an `aggregationCycle` run is given, and what its phases share. */
import type { ProgramCall } from './ports.js'
import type { Clock, ProgramTime } from './program-time.js'
import type { MarkKeeper } from './restore-mark.js'

export interface CycleInput {
  readonly programId: string
  readonly time: ProgramTime
}

export interface CycleRun {
  readonly input: CycleInput
  readonly clock: Clock
  call(): ProgramCall
  readonly marks: MarkKeeper
  /** Carries out a decision and has the run look again at what is due. */
  decide<T>(carryOut: () => Promise<T>): Promise<T>
}
