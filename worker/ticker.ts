/**
 * What has to be looked at again and again: files that parties left for us, and wake-ups owed to runs.
 *
 * Both are plain functions. Live, a ticker calls them every few seconds; in a rehearsal the driver does, between two facts.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { faultPoint } from '../activities/fault-point.js'
import { type FileParty, HostKeyChanged } from '../activities/file-party.js'
import { importList } from '../client/facts.js'
import { startOwedCycles } from '../client/start-runs.js'
import type { Desk } from '../client/desk.js'
import { LIST_KINDS, type ListKind } from '../domain/account.js'
import { dateIn } from '../domain/instant.js'
import { inboxId } from '../domain/run-ids.js'
import { listKindOf } from '../persistence/list-files/list-source.js'
import { NO_MAPPING } from '../persistence/list-mapping.js'
import { sha256Of } from '../persistence/sha256-of.js'
import { stopForChangedKey } from '../persistence/ledger/changed-keys.js'
import { SYSTEM } from '../persistence/ledger/journal.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { reportLostRun } from '../persistence/ledger/restores.js'
import { markBusy } from '../persistence/ledger/runs.js'
import { markSignalled, owedWakeUps } from '../persistence/ledger/wake-ups.js'
import { TASK_QUEUES } from '../workflows/messages.js'
import { factsRecorded } from '../workflows/program-time.js'
import type { utilityInbox } from '../workflows/utility-inbox.js'

/** Folders of the utility's file server, relative to our root there. */
export const UTILITY_FOLDERS = { outbox: 'outbox', inbox: 'inbox', lists: 'lists' } as const

/** Stores what the utility left, then takes it away there, then has it applied. Killed in between, the next look goes on. */
export async function lookIntoInbox(
  desk: Desk,
  programId: string,
  utility: FileParty,
  folder: string,
): Promise<number> {
  try {
    const found = await storeFiles(desk, programId, utility, folder)
    await startInboxRuns(desk, programId)
    return found + (await lookForLists(desk, programId, utility))
  } catch (error) {
    if (!(error instanceof HostKeyChanged)) throw error
    await desk.database.tx((trx) => stopForChangedKey(trx, { programId, at: desk.now(), actor: SYSTEM }, 'utility'))
    return 0
  }
}

async function storeFiles(desk: Desk, programId: string, utility: FileParty, folder: string): Promise<number> {
  let found = 0
  for (const file of await utility.waiting(UTILITY_FOLDERS.inbox)) {
    found += 1
    const sha256 = sha256Of(file.content)
    await keepCopy(folder, file.name, file.content)
    await desk.database.tx((trx) =>
      trx
        .insertInto('inbound_file')
        .values({
          sha256,
          program_id: programId,
          party: 'utility',
          name: file.name,
          content: file.content,
          received_at: desk.now(),
          state: 'stored',
          why: null,
          next_transaction: 0,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    )
    faultPoint('inbox.stored')
    await utility.remove(UTILITY_FOLDERS.inbox, file.name)
    faultPoint('inbox.removed')
  }
  return found
}

/** Files stored and not yet started: also those of an earlier process that died in between. */
async function startInboxRuns(desk: Desk, programId: string): Promise<void> {
  const program = await readProgram(desk.database.kysely, desk.database, programId)
  const stored = await desk.database.kysely
    .selectFrom('inbound_file')
    .select('sha256')
    .where('program_id', '=', programId)
    .where('state', '=', 'stored')
    .orderBy('received_at')
    .orderBy('name')
    .execute()
  for (const { sha256 } of stored) {
    await desk.database.tx((trx) => markBusy(trx, { programId, workflowId: inboxId(sha256), kind: 'inbox' }))
    try {
      await desk.temporal.workflow.start<typeof utilityInbox>('utilityInbox', {
        workflowId: inboxId(sha256),
        taskQueue: TASK_QUEUES.main,
        args: [{ programId, sha256, time: { mode: program.clock, offsetMs: program.offsetMs, startsAt: desk.now() } }],
        // stored and not applied, though a run of it has ended: the ledger was restored, and applying is done once in any case
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
    faultPoint('inbox.started')
    await desk.database.kysely
      .updateTable('inbound_file')
      .set({ state: 'started' })
      .where('sha256', '=', sha256)
      .where('state', '=', 'stored')
      .execute()
  }
}

/** A list is complete when a file of every kind is there. */
async function lookForLists(desk: Desk, programId: string, utility: FileParty): Promise<number> {
  const waiting = await utility.waiting(UTILITY_FOLDERS.lists)
  const files = waiting.flatMap((file) => {
    const kind: ListKind | null = listKindOf(file.name, NO_MAPPING)
    return kind === null ? [] : [{ kind, name: file.name, content: file.content }]
  })
  if (new Set(files.map((file) => file.kind)).size < LIST_KINDS.length) return 0
  const program = await readProgram(desk.database.kysely, desk.database, programId)
  const stored = await importList(
    desk,
    {
      programId,
      actor: SYSTEM,
      verbId: `inbox-list/${programId}/${sha256Of(Buffer.from(files.map((file) => sha256Of(file.content)).join()))}`,
    },
    { files, asOf: dateIn(program.terms.zone, desk.now()), source: 'utility file server', mapping: null },
  )
  if (!stored.ok) return 0
  for (const file of files) await utility.remove(UTILITY_FOLDERS.lists, file.name)
  return files.length
}

async function keepCopy(folder: string, name: string, content: Uint8Array): Promise<void> {
  const target = join(folder, 'edi', 'in')
  await mkdir(target, { recursive: true })
  // the name is the other side's; only its plain characters become part of a path
  await writeFile(join(target, name.replace(/[^A-Za-z0-9._-]/g, '_')), content)
}

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
 * Calls them for every program, again and again; a failing look is told and tried again at the next tick.
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
  async function lookIntoInboxes(): Promise<void> {
    const programs = await desk.database.kysely.selectFrom('program').select('program_id').execute()
    for (const { program_id } of programs) await lookIntoInbox(desk, program_id, utility, folder)
  }
  const loop = (async () => {
    for (let tick = 0; !stopped; tick++) {
      if (tick % TICKS_BETWEEN_ROLL_CALLS === 0) await look('the roll call of runs', () => lookForLostRuns(desk))
      await look('the start of cycles', () => startOwedCycles(desk))
      await look('the work of the embedded parties', alsoDo)
      await look('the look into the inbox', lookIntoInboxes)
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
