/** Program time in a rehearsal: skipped on the test server, or stepped on any server by a signal to every open run. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { addMillis, type Instant, millisOf } from '../../domain/instant.js'
import type { Database } from '../../persistence/database.js'
import { restlessRuns, workingRuns } from '../../persistence/ledger/runs.js'
import type { TimeSkippingServer } from '../../worker/time-skipping.js'
import { programTimeIs } from '../../workflows/program-time.js'

export interface ProgramClock {
  readonly mode: 'timer' | 'stepped'
  /** Program time minus the server's time. */
  readonly offsetMs: number
  /** Everything due up to and at the moment has been done. */
  advanceTo(at: Instant): Promise<void>
  /** No run has anything to do; wake-ups that nobody delivered yet may be owed. */
  settle(): Promise<void>
}

export async function skippedClock(server: TimeSkippingServer, startsAt: Instant): Promise<ProgramClock> {
  const offsetMs = millisOf(startsAt) - millisOf(await server.now())
  return {
    mode: 'timer',
    offsetMs,
    advanceTo: (at) => server.advanceTo(addMillis(at, -offsetMs)),
    settle: () => server.settle(),
  }
}

/** How long a run may stay busy without reporting before the drill is given up. */
const PATIENCE_MS = 120_000
const POLL_MS = 20

/** @param patienceMs how long a run may take to come to rest */
export function steppedClock(
  database: Database,
  client: Client,
  startsAt: Instant,
  patienceMs = PATIENCE_MS,
): ProgramClock {
  let now = startsAt
  const openRuns = () => database.kysely.selectFrom('run').select('workflow_id').where('ended', '=', false).execute()
  /** The ledger says what a run has read; the server, whether it is on its way to read again, as after a decision. */
  async function isAtRest(): Promise<boolean> {
    return (await workingRuns(database.kysely, now)) === 0 && (await pendingWork()).length === 0
  }
  async function pendingWork(): Promise<string[]> {
    const pending: string[] = []
    for (const { workflow_id } of await openRuns()) pending.push(...(await pendingOf(client, workflow_id)))
    return pending
  }
  async function settle(): Promise<void> {
    const until = Date.now() + patienceMs
    while (!(await isAtRest())) {
      if (Date.now() > until) {
        const why = [...(await restlessRuns(database.kysely, now)), ...(await pendingWork())]
        throw new Error(`a run stays busy at ${now}: ${why.join('; ')}`)
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
  return {
    mode: 'stepped',
    offsetMs: 0,
    settle,
    async advanceTo(at) {
      now = at
      for (const { workflow_id } of await openRuns()) {
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

/** What the server waits for in a run, in words for the person who has to find out why it does not come. */
async function pendingOf(client: Client, workflowId: string): Promise<string[]> {
  try {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    const activities = (raw.pendingActivities ?? []).map(
      ({ activityType, attempt, lastFailure }) =>
        `${workflowId}: ${activityType?.name}, attempt ${attempt}: ${lastFailure?.message ?? 'running'}`,
    )
    return raw.pendingWorkflowTask == null ? activities : [...activities, `${workflowId}: its own next step`]
  } catch (error) {
    // announced and not started yet
    if (error instanceof WorkflowNotFoundError) return []
    throw error
  }
}
