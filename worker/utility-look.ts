/**
 * One look at the utility's file server, for all programs together: answers are stored and shared out, lists go to the program that
 * waits for one.
 *
 * A plain function. Live, the ticker calls it every few seconds; in a rehearsal the driver does, between two facts.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { faultPoint } from '../activities/fault-point.js'
import { type FileParty, HostKeyChanged } from '../activities/file-party.js'
import { takeIn } from '../activities/share-inbound.js'
import type { Desk } from '../client/desk.js'
import { inboxId } from '../domain/run-ids.js'
import { stopForChangedKey } from '../persistence/ledger/changed-keys.js'
import { sha256Of } from '../persistence/sha256-of.js'
import { filesToStart, markStarted } from '../persistence/ledger/inbound-files.js'
import { SYSTEM } from '../persistence/ledger/journal.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { markBusy } from '../persistence/ledger/runs.js'
import { programsBySeniority } from '../persistence/ledger/transaction-owners.js'
import { TASK_QUEUES } from '../workflows/messages.js'
import type { utilityInbox } from '../workflows/utility-inbox.js'
import { lookForLists } from './dropped-lists.js'

/** Folders of the utility's file server, relative to our root there. */
export const UTILITY_FOLDERS = { outbox: 'outbox', inbox: 'inbox', lists: 'lists' } as const

/**
 * Stores what the utility left, then takes it away there, then has it applied. Killed in between, the next look goes on.
 * @param folder where a copy of each file is kept
 * @returns files that were taken
 */
export async function lookAtUtility(desk: Desk, utility: FileParty, folder: string): Promise<number> {
  const programs = (await programsBySeniority(desk.database.kysely)).map((program) => program.programId)
  // what comes before the first program waits where it is
  if (programs.length === 0) return 0
  try {
    const found = await storeFiles(desk, utility, folder)
    await startInboxRuns(desk)
    return found + (await lookForLists(desk, utility, UTILITY_FOLDERS.lists))
  } catch (error) {
    if (!(error instanceof HostKeyChanged)) throw error
    for (const programId of programs)
      await desk.database.tx((trx) => stopForChangedKey(trx, { programId, at: desk.now(), actor: SYSTEM }, 'utility'))
    return 0
  }
}

async function storeFiles(desk: Desk, utility: FileParty, folder: string): Promise<number> {
  let found = 0
  for (const file of await utility.waiting(UTILITY_FOLDERS.inbox)) {
    found += 1
    const { name, content } = file
    await keepCopy(folder, name, content)
    await desk.database.tx((trx) => takeIn(trx, { sha256: sha256Of(content), name, content, receivedAt: desk.now() }))
    faultPoint('inbox.stored')
    await utility.remove(UTILITY_FOLDERS.inbox, file)
    faultPoint('inbox.removed')
  }
  return found
}

/** @unit characters */
const LONGEST_NAME = 100

/** Files stored and not yet started: also those of an earlier process that died in between. */
async function startInboxRuns(desk: Desk): Promise<void> {
  for (const { programId, sha256 } of await filesToStart(desk.database.kysely)) {
    const program = await readProgram(desk.database.kysely, desk.database, programId)
    const workflowId = inboxId(programId, sha256)
    await desk.database.tx((trx) => markBusy(trx, { programId, workflowId, kind: 'inbox' }))
    try {
      await desk.temporal.workflow.start<typeof utilityInbox>('utilityInbox', {
        workflowId,
        taskQueue: TASK_QUEUES.main,
        args: [{ programId, sha256, time: { mode: program.clock, offsetMs: program.offsetMs, startsAt: desk.now() } }],
        // stored and not applied, though a run of it has ended: the ledger was restored, and applying is done once in any case
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
    faultPoint('inbox.started')
    await markStarted(desk.database.kysely, programId, sha256)
  }
}

/**
 * For people who look into the folder; the ledger has every file. Another file of a name that is taken gets its hash before its own.
 * The name is the other side's: only its plain characters become part of a path, and no more of them than any disk takes.
 */
async function keepCopy(folder: string, name: string, content: Uint8Array): Promise<void> {
  const target = join(folder, 'edi', 'in')
  await mkdir(target, { recursive: true })
  const plain =
    name
      .replace(/[^A-Za-z0-9._-]/g, '_')
      .replace(/^\.+/, '')
      .slice(-LONGEST_NAME) || 'file'
  const path = join(target, plain)
  const before = await readFile(path).catch(() => null)
  const isAnother = before !== null && !before.equals(content)
  await writeFile(isAnother ? join(target, `${sha256Of(content).slice(0, 12)}-${plain}`) : path, content)
}
