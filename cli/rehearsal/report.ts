/** What a rehearsal leaves behind: tables, journal, histories and the summary. */
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { ACCOUNT_COLUMNS, accountCells, accountTable } from '../../client/account-table.js'
import { type Conservation, conservationOf } from '../../client/conservation.js'
import { journalPage } from '../../client/journal-page.js'
import { timelineOf } from '../../client/timeline.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { ListProblem } from '../../domain/list-row.js'
import type { TimelineLine } from '../../domain/timeline.js'
import { csvLine } from '../csv.js'
import { PEOPLE } from './stand-ins.js'
import type { Stage } from './stage.js'

export interface RehearsalReport {
  readonly dispositions: Conservation['dispositions']
  readonly conservation: Conservation
  readonly timeline: readonly TimelineLine[]
  /** Facts of the script that could not happen, and what the parties refused. */
  readonly notes: readonly string[]
  readonly stopped: string | null
}

export async function writeReport(
  stage: Stage,
  programId: string,
  terms: PlanTerms,
  folder: string,
  listed: ReadonlySet<string>,
  problems: readonly ListProblem[],
  notes: readonly string[],
  stopped: string | null,
): Promise<{ readonly report: RehearsalReport; readonly digest: readonly TimelineLine[] }> {
  const db = stage.database.kysely
  const { lines: timeline, digest } = await timelineOf(db, programId, terms.zone, PEOPLE)
  const conservation = await conservationOf(db, programId, listed)
  const refusals = [...stage.utility.refusals(), ...stage.mailHouse.refusals()].map(
    (refusal) => `refused by a party: ${refusal.what}: ${refusal.why}`,
  )
  const report: RehearsalReport = {
    dispositions: conservation.dispositions,
    conservation,
    timeline,
    notes: [...new Set([...notes, ...refusals])],
    stopped,
  }
  await writeAccounts(stage, programId, folder)
  await writeFile(
    join(folder, 'problems.csv'),
    `${[
      'file,line,code,message',
      ...problems.map((problem) => csvLine([problem.file, problem.line, problem.code, problem.message])),
    ].join('\n')}\n`,
  )
  await writeJournal(stage, programId, folder)
  await writeHistories(stage, programId, folder)
  await writeFile(join(folder, 'summary.json'), `${JSON.stringify(report, null, 2)}\n`)
  return { report, digest }
}

async function writeAccounts(stage: Stage, programId: string, folder: string): Promise<void> {
  const file = createWriteStream(join(folder, 'accounts.csv'))
  file.write(`${csvLine(ACCOUNT_COLUMNS)}\n`)
  for await (const line of accountTable(stage.database.kysely, programId)) {
    file.write(`${csvLine(accountCells(line))}\n`)
  }
  file.end()
  await finished(file)
}

/** One entry a line, in order; the accounts by their numbers, since this is the program's own record. */
async function writeJournal(stage: Stage, programId: string, folder: string): Promise<void> {
  const file = createWriteStream(join(folder, 'journal.jsonl'))
  for (let after = 0; ; ) {
    const events = await journalPage(stage.database.kysely, programId, after)
    const last = events.at(-1)
    if (last === undefined) break
    after = last.seq
    for (const event of events) file.write(`${JSON.stringify(event)}\n`)
  }
  file.end()
  await finished(file)
}

async function writeHistories(stage: Stage, programId: string, folder: string): Promise<void> {
  const target = join(folder, 'histories')
  await mkdir(target, { recursive: true })
  const runs = await stage.database.kysely
    .selectFrom('run')
    .select('workflow_id')
    .where('program_id', '=', programId)
    .orderBy('workflow_id')
    .execute()
  for (const { workflow_id } of runs) {
    const history = await stage.client.workflow.getHandle(workflow_id).fetchHistory()
    await writeFile(join(target, `${workflow_id.replaceAll('/', '.')}.json`), historyToJSON(history))
  }
}
