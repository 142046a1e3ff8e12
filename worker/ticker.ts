/**
 * What has to be looked at again and again: files that parties left for us, and wake-ups owed to runs.
 *
 * Wake-ups are carried by a plain function. Live, a ticker calls it every few seconds; in a rehearsal the driver does, between two facts.
 */
import { WorkflowNotFoundError } from '@temporalio/client'
import type { FileParty } from '../activities/file-party.js'
import { startOwedCycles } from '../client/start-runs.js'
import type { Desk } from '../client/desk.js'
import { reportLostRun } from '../persistence/ledger/restores.js'
import { markSignalled, owedWakeUps } from '../persistence/ledger/wake-ups.js'
import { factsRecorded } from '../workflows/program-time.js'
import { lookAtUtility } from './utility-look.js'

/** Signals every run that is owed a wake-up; a run that has ended has nothing left to read. */
export async function deliverWakeUps(desk: Desk): Promise<number> {
  const owed = await owedWakeUps(desk.database.kysely)
  let delivered = 0
  for (const wake of owed) {
    try {
      await desk.temporal.workflow.getHandle(wake.workflowId).signal(factsRecorded, wake.seq)
    } catch (error) {
      // not started yet (a follow-up cohort), or ended: the start reads everything
      if (error instanceof WorkflowNotFoundError) continue
      throw error
    }
    await markSignalled(desk.database.kysely, wake)
    delivered += 1
  }
  return delivered
}

/** Runs that the ledger knows and the workflow server does not: its store was restored, or lost. Told once, sending blocked. */
async function lookForLostRuns(desk: Desk): Promise<number> {
  const runs = await desk.database.kysely
    .selectFrom('run')
    .select(['program_id', 'workflow_id'])
    .where('ended', '=', false)
    .where('turn', '>', 0)
    .execute()
  let lost = 0
  for (const run of runs) {
    try {
      await desk.temporal.workflow.getHandle(run.workflow_id).describe()
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      await desk.database.tx((trx) => reportLostRun(trx, run.program_id, desk.now()))
      lost += 1
    }
  }
  return lost
}

/** Seconds between two looks: a minute's worth of delay costs nobody anything, and a poll costs little. */
const TICK_MS = 2_000
/** Runs do not get lost by themselves: at the start, and then every few minutes. */
const TICKS_BETWEEN_ROLL_CALLS = 150

export interface Ticker {
  stop(): Promise<void>
}

/**
 * Calls them for all programs, again and again; a failing look is told and tried again at the next tick.
 * @param everyMs between two looks
 */
export function startTicker(
  desk: Desk,
  utility: FileParty,
  folder: string,
  tell: (what: string) => void,
  alsoDo: () => Promise<void> = async () => {},
  everyMs = TICK_MS,
): Ticker {
  let stopped = false
  let wake = (): void => {}
  /** A party that is down holds up nothing else. */
  async function look(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      tell(`${what} failed and is repeated: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  const loop = (async () => {
    for (let tick = 0; !stopped; tick++) {
      if (tick % TICKS_BETWEEN_ROLL_CALLS === 0) await look('the roll call of runs', () => lookForLostRuns(desk))
      await look('the start of cycles', () => startOwedCycles(desk))
      await look('the work of the embedded parties', alsoDo)
      await look('the look into the inbox', () => lookAtUtility(desk, utility, folder))
      await look('the delivery of wake-ups', () => deliverWakeUps(desk))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  return {
    async stop() {
      stopped = true
      wake()
      await loop
    },
  }
}
