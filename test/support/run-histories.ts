/** What the workflow server remembers of a program's runs, every continued one counted: events, activity starts, sizes. */
import type { Client, WorkflowHandle } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import type { Database } from '../../persistence/database.js'

type Event = temporal.api.history.v1.IHistoryEvent

export interface RunHistory {
  readonly workflowId: string
  readonly runId: string
  readonly events: readonly Event[]
}

/** Of every workflow that the ledger knows, from its first run to its last. */
export async function historiesOf(
  client: Client,
  database: Database,
  programId: string,
): Promise<readonly RunHistory[]> {
  const runs = await database.kysely
    .selectFrom('run')
    .select('workflow_id')
    .where('program_id', '=', programId)
    .orderBy('workflow_id')
    .execute()
  const histories: RunHistory[] = []
  for (const { workflow_id: workflowId } of runs) {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    let runId: string | undefined = raw.workflowExecutionInfo?.firstRunId ?? undefined
    while (runId !== undefined) {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
      histories.push({ workflowId, runId, events: events ?? [] })
      runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined
    }
  }
  return histories
}

export interface HistoryCost {
  readonly runs: number
  readonly events: number
  /** As the workflow server would bill them: every start, a repeated one too. */
  readonly activityStarts: number
  readonly largestRun: number
  /** Of all inputs, results and signals. @unit bytes */
  readonly largestPayload: number
}

export function costOf(histories: readonly RunHistory[]): HistoryCost {
  const events = histories.flatMap((history) => history.events)
  return {
    runs: histories.length,
    events: events.length,
    activityStarts: events.reduce((sum, event) => sum + (event.activityTaskStartedEventAttributes?.attempt ?? 0), 0),
    largestRun: Math.max(...histories.map((history) => history.events.length)),
    largestPayload: Math.max(...events.flatMap(payloadBytes)),
  }
}

/** Names of the activities that were scheduled, as often as they were. */
export function activitiesIn(histories: readonly RunHistory[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const event of histories.flatMap((history) => history.events)) {
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name
    if (name != null) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** Every payload of an event, however deep it lies. @unit bytes */
function payloadBytes(event: Event): number[] {
  const sizes: number[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
    const { data, metadata } = value as { data?: unknown; metadata?: unknown }
    if (data instanceof Uint8Array && metadata != null) sizes.push(data.byteLength)
    else for (const inner of Object.values(value)) visit(inner)
  }
  visit(event)
  return sizes
}

/** Ends what would go on for years, so that the next program on the same server does not share it with them. */
export async function terminateRuns(client: Client, histories: readonly RunHistory[]): Promise<void> {
  for (const workflowId of new Set(histories.map((history) => history.workflowId))) {
    const handle: WorkflowHandle = client.workflow.getHandle(workflowId)
    if ((await handle.describe()).status.name === 'RUNNING') await handle.terminate('the count is taken')
  }
}
