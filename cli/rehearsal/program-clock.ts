/** Program time in a rehearsal: skipped on the test server, or stepped on any server by a signal to every open run. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { addMillis, type Instant, millisOf } from '../../domain/instant.js'
import type { Database } from '../../persistence/database.js'
import { unsettledRuns } from '../../persistence/ledger/runs.js'
import type { TimeSkippingServer } from '../../worker/time-skipping.js'
import { programTimeIs } from '../../workflows/program-time.js'

export interface ProgramClock {
  readonly mode: 'timer' | 'stepped'
  /** Program time minus the server's time. */
  readonly offsetMs: number
  /** Everything due up to and at the moment has been done. */
  advanceTo(at: Instant): Promise<void>
  /** No run has anything to do. */
  settle(): Promise<void>
}

export async function skippedClock(server: TimeSkippingServer, startsAt: Instant): Promise<ProgramClock> {
  const offsetMs = millisOf(startsAt) - millisOf(await server.now())
  return { mode: 'timer', offsetMs, advanceTo: (at) => server.advanceTo(addMillis(at, -offsetMs)), settle: () => server.settle() }
}

/** How long a run may stay busy without reporting before the drill is given up. */
const PATIENCE_MS = 120_000
const POLL_MS = 20

export function steppedClock(database: Database, client: Client, startsAt: Instant): ProgramClock {
  let now = startsAt
  async function settle(): Promise<void> {
    const until = Date.now() + PATIENCE_MS
    while ((await unsettledRuns(database.kysely, now)) > 0) {
      if (Date.now() > until) throw new Error(`a run stays busy at ${now}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
  return {
    mode: 'stepped',
    offsetMs: 0,
    settle,
    async advanceTo(at) {
      now = at
      const runs = await database.kysely.selectFrom('run').select('workflow_id').where('ended', '=', false).execute()
      for (const { workflow_id } of runs) {
        try {
          await client.workflow.getHandle(workflow_id).signal(programTimeIs, at)
        } catch (error) {
          // a follow-up that is announced and not started yet gets the time with its start
          if (!(error instanceof WorkflowNotFoundError)) throw error
        }
      }
      await settle()
    },
  }
}
