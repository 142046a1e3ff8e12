/**
 * `rehearse`: a whole cycle on the production workflows, with the outside parties simulated and time skipped.
 *
 * Everything is checked before anything is made; the folder appears under its name only when the rehearsal is over.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListProblem } from '../domain/list-row.js'
import { reviewList } from '../domain/list-review.js'
import type { PlanTerms } from '../domain/plan.js'
import { calendarOf } from '../persistence/calendar-file.js'
import { parseBoundary } from '../persistence/list-files/boundary-file.js'
import { listSourcesIn } from '../persistence/list-files/list-source.js'
import { readCustomerList } from '../persistence/list-files/read-customer-list.js'
import { conventionsOf, NO_MAPPING } from '../persistence/list-mapping.js'
import { readInputText } from '../persistence/input-file.js'
import { recallPlan } from '../persistence/plan-cache.js'
import type { RehearseOptions } from './command-options.js'
import { type Ink, inkOf, PLAIN, printProgress, printResult } from './output.js'
import { createDriver, type Driver } from './rehearsal/driver.js'
import { checkOutput, openOutput } from './rehearsal/output-folder.js'
import { writeReport } from './rehearsal/report.js'
import { conservationInWords, placesInWords, remarksInWords, timelineInWords } from './rehearsal/sentences.js'
import { checkAgainstList, type RehearsalScript, readScript, startOf } from './rehearsal/script.js'
import { type StageOptions, setStage } from './rehearsal/stage.js'
import { createStandIns } from './rehearsal/stand-ins.js'

/** Written last, since it names everything else. */
const TIMELINE = 'timeline.txt'

/** What can be done to a rehearsal from outside, beyond its script: for tests of what goes wrong. */
export type Disturbances = Pick<StageOptions, 'answersOfUtility' | 'filesToMailHouse'>

export async function rehearse(options: RehearseOptions, disturbances: Disturbances = {}): Promise<void> {
  const began = Date.now()
  const prepared = await prepare(options)
  const output = await openOutput(options.out)
  try {
    const { report, sentences } = await perform(prepared, options, output.folder, disturbances)
    await writeFile(join(output.folder, TIMELINE), `${sentences(PLAIN).join('\n')}\n`)
    await output.putInPlace()
    const words = sentences(inkOf(process.stdout, process.env))
    printResult(options, report, [...words, '', ...nextSteps(options, Date.now() - began)])
    if (!report.conservation.balances) process.exitCode = 1
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    await output.discard()
    printProgress('Interrupted; nothing was kept.')
    // what was under way would go on against servers that are closed
    process.exit(INTERRUPTED)
  } finally {
    await output.discard()
  }
}

interface Prepared {
  readonly terms: PlanTerms
  readonly script: RehearsalScript
  readonly boundary: string
  readonly lists: readonly { readonly name: string; readonly content: Buffer }[]
  /** As the files name them, for the conservation table. */
  readonly listed: ReadonlySet<string>
  readonly problems: readonly ListProblem[]
}

/** Reads and checks everything; makes nothing. */
async function prepare(options: RehearseOptions): Promise<Prepared> {
  const plan = await recallPlan(options.plan)
  const script = readScript(options.script, options.plan)
  const terms =
    script.calendar === undefined ? plan : { ...plan, calendar: calendarOf(options.script, script.calendar) }
  const boundary = readInputText(options.boundary, 'boundary file')
  const streets = parseBoundary(boundary, options.boundary)
  const sources = await listSourcesIn(options.list, NO_MAPPING)
  const conventions = conventionsOf(NO_MAPPING)
  const { accounts, problems } = await reviewList(readCustomerList(sources, NO_MAPPING), {
    terms,
    boundary: streets,
    asOf: script.start,
    conventions,
  })
  const listed = new Set(accounts.map((account) => account.accountNumber))
  checkAgainstList(script, options.script, listed, terms)
  checkOutput(options.out, [options.list, options.boundary, options.script])
  const lists = await Promise.all(
    sources.map(async (source) => ({
      name: source.name,
      content: await readFile((source.content as { readonly path: string }).path),
    })),
  )
  return { terms, script, boundary, lists, listed, problems }
}

async function perform(prepared: Prepared, options: RehearseOptions, folder: string, disturbances: Disturbances) {
  const { terms, script, boundary, lists, listed, problems } = prepared
  const startsAt = startOf(script, terms)
  const programId = `${terms.id}-${script.start}`
  printProgress('Starting the workflow server, the ledger and the simulated parties …')
  const stage = await setStage({ terms, script, lists, startsAt, folder, ...disturbances })
  try {
    let driver: Driver | undefined
    const standIns = createStandIns(stage, () => driver as Driver, programId, script, terms)
    driver = createDriver(stage, startsAt, folder, (_party, name, content) => standIns.readMailHouse(name, content))
    printProgress('Data request, list review, award, proof and print batches …')
    const stopped = await Promise.race([standIns.openCycle(boundary, lists), ended(stage.workers.done)])
    if (stopped === null) {
      printProgress('Mailing, replies, roster, enrollment, rescission, service start …')
      await standIns.queueFacts()
      await Promise.race([driver.run(), ended(stage.workers.done)])
    }
    printProgress('Writing the tables, the journal and the histories …')
    const notes = standIns.notes
    const why = stopped?.message ?? null
    const { report, digest } = await writeReport(stage, programId, terms, folder, listed, problems, notes, why)
    // now: the folder gets its own name later
    const made = new Set([...(await readdir(folder)), TIMELINE])
    const sentences = (ink: Ink): string[] => [
      ...timelineInWords(digest, [script.start, report.timeline.at(-1)?.date ?? script.start], terms, ink),
      '',
      ...remarksInWords(report.stopped, report.notes, ink),
      ...placesInWords(options.out, made, ink),
      '',
      ...conservationInWords(report.conservation, problems.length, ink),
    ]
    return { report, sentences }
  } finally {
    await stage.close()
  }
}

function nextSteps(options: RehearseOptions, tookMs: number): string[] {
  return [
    `Rehearsed in ${Math.round(tookMs / 1000)} s. Next:`,
    ...(existsSync(join(options.out, 'letters'))
      ? [`  read a letter as a household would, in ${join(options.out, 'letters')}`]
      : []),
    `  change a fact in ${options.script} and rehearse again`,
    '  ask a clock by itself: npm run -s meterhall -- calc --help',
  ]
}

/** Somebody pressed Ctrl-C, or told the process to end. */
class Interrupted extends Error {}
/** As shells report an interrupted command. */
const INTERRUPTED = 130

/** Workers that fail end the rehearsal; workers that stop by themselves were told to by a signal to this process. */
async function ended(done: Promise<void>): Promise<never> {
  await done
  throw new Interrupted()
}
