/** A whole rehearsal of an invented village by the real command, and all that it leaves behind, for stories to look at. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import type { RehearsalReport } from '../../cli/rehearsal/report.js'
import { type AccountRow, accountsIn, argumentsFor, type JournalEntry, journalIn, meterhall } from './rehearsal-run.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import { workflowBundle } from '../../worker/workflow-bundle.js'
import { type Home, type Script, writeVillage } from './rehearsal-village.js'
import { temporalForTests } from './temporal.js'

/** False, with the reason printed, where the time-skipping server cannot be had. */
export const canRehearse = (await temporalForTests('test-server')) !== undefined

export interface Rehearsed {
  readonly out: string
  readonly exitCode: number | null
  readonly stderr: string
  readonly accounts: ReadonlyMap<string, AccountRow>
  readonly journal: readonly JournalEntry[]
  readonly summary: RehearsalReport
  /** Kinds of the journal entries of one account, in order. */
  storyOf(account: string): string[]
  discard(): void
}

export async function rehearsed(homes: readonly Home[], script: Script): Promise<Rehearsed> {
  const files = writeVillage(homes, script)
  const { exitCode, stderr } = await meterhall(argumentsFor(files, '--json'))
  const discard = (): void => rmSync(files.folder, { recursive: true, force: true })
  try {
    const journal = journalIn(files.out)
    return {
      out: files.out,
      exitCode,
      stderr,
      accounts: accountsIn(files.out),
      journal,
      summary: JSON.parse(readFileSync(join(files.out, 'summary.json'), 'utf8')) as RehearsalReport,
      storyOf: (account) => journal.filter((entry) => entry.account_number === account).map((entry) => entry.kind),
      discard,
    }
  } catch (error) {
    discard()
    throw new Error(`the rehearsal ended with ${exitCode}: ${stderr}`, { cause: error })
  }
}

/** Every history that the rehearsal left behind, by the present workflows; throws at the first that does not replay. */
export async function replayAll({ out }: Rehearsed): Promise<void> {
  const folder = join(out, 'histories')
  installRuntime({ level: 'silent' })
  const bundle = await workflowBundle()
  for (const name of readdirSync(folder)) {
    const history = historyFromJSON(JSON.parse(readFileSync(join(folder, name), 'utf8')))
    await Worker.runReplayHistory({ workflowBundle: bundle }, history, name)
  }
}

/** A script that mails everybody on Thursday, 2027-02-25: the window spans the change to daylight time and ends on 2027-03-16. */
export const PLAIN: Script = {
  start: '2027-02-16',
  calendar: { billing: [], edi: [] },
  readDates: { plain: ['2027-04-05', '2027-05-05', '2027-06-04'] },
  defaultRates: { on: '2027-01-01', 'DS-1': 8.613, 'DS-2': 8.402, 'DS-3': 7.9 },
  bids: [{ supplier: 'Prairie Wind', centsPerKwh: { 'DS-1': 7.29, 'DS-2': 7.1, 'DS-3': 7 }, termMonths: 24 }],
  award: 'Prairie Wind',
  drops: [{ evidenceDate: '2027-02-25', accounts: 'all' }],
}
