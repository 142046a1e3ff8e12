/**
 * `rehearse`: a whole cycle on the production workflows, with the outside parties simulated and time skipped.
 *
 * Everything is checked before anything is made; the folder appears under its name only when the rehearsal is over.
 */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { reviewList } from '../domain/list-review.js'
import { calendarOf } from '../persistence/calendar-file.js'
import { parseBoundary } from '../persistence/list-files/boundary-file.js'
import { listSourcesIn } from '../persistence/list-files/list-source.js'
import { readCustomerList } from '../persistence/list-files/read-customer-list.js'
import { conventionsOf, NO_MAPPING } from '../persistence/list-mapping.js'
import { readInputText } from '../persistence/input-file.js'
import { recallPlan } from '../persistence/plan-cache.js'
import type { RehearseOptions } from './command-options.js'
import { type Ink, inkOf, PLAIN, printProgress, printResult, UsageError } from './output.js'
import { createDriver, type Driver } from './rehearsal/driver.js'
import { writeReport } from './rehearsal/report.js'
import { conservationInWords, placesInWords, remarksInWords, timelineInWords } from './rehearsal/sentences.js'
import { checkAgainstList, readScript, startOf } from './rehearsal/script.js'
import { setStage } from './rehearsal/stage.js'
import { createStandIns } from './rehearsal/stand-ins.js'

/** A folder made by an earlier rehearsal bears this file and may be replaced. */
const MARK = '.meterhall-rehearsal'

export async function rehearse(options: RehearseOptions): Promise<void> {
  const began = Date.now()
  const plan = await recallPlan(options.plan)
  const script = readScript(options.script, options.plan)
  const terms =
    script.calendar === undefined ? plan : { ...plan, calendar: calendarOf(options.script, script.calendar) }
  const boundary = readInputText(options.boundary, 'boundary file')
  const streets = parseBoundary(boundary, options.boundary)
  const sources = await listSourcesIn(options.list, NO_MAPPING)
  const conventions = conventionsOf(NO_MAPPING)
  const review = await reviewList(readCustomerList(sources, NO_MAPPING), {
    terms,
    boundary: streets,
    asOf: script.start,
    conventions,
  })
  const listed = new Set(review.accounts.map((account) => account.accountNumber))
  checkAgainstList(script, options.script, listed, terms)
  const target = resolve(options.out)
  refuseForeignFolder(target)

  const folder = `${target}.${process.pid}`
  await mkdir(folder, { recursive: true })
  try {
    await writeFile(join(folder, MARK), '')
    const lists = await Promise.all(
      sources.map(async (source) => ({
        name: source.name,
        content: await readFile((source.content as { readonly path: string }).path),
      })),
    )
    const startsAt = startOf(script, terms)
    printProgress('Starting the workflow server, the ledger and the simulated parties …')
    const stage = await setStage({ terms, script, lists, startsAt, folder })
    const programId = `${terms.id}-${script.start}`
    try {
      let driver: Driver | undefined
      const standIns = createStandIns(stage, () => driver as Driver, programId, script, terms)
      driver = createDriver(stage, programId, startsAt, folder, (_party, name, content) =>
        standIns.readMailHouse(name, content),
      )
      printProgress('Data request, list review, award, proof and print batches …')
      const stopped = await Promise.race([standIns.openCycle(boundary, lists), failed(stage.workers.done)])
      if (stopped === null) {
        printProgress('Mailing, replies, roster, enrollment, rescission, service start …')
        await standIns.queueFacts()
        await Promise.race([driver.run(), failed(stage.workers.done)])
      }
      printProgress('Writing the tables, the journal and the histories …')
      const { report, digest } = await writeReport(
        stage,
        programId,
        terms,
        folder,
        listed,
        review.problems,
        standIns.notes,
        stopped?.message ?? null,
      )
      const sentences = (ink: Ink): string[] => [
        ...timelineInWords(digest, [script.start, report.timeline.at(-1)?.date ?? script.start], terms, ink),
        '',
        ...remarksInWords(report.stopped, report.notes, ink),
        ...placesInWords(options.out, ink),
        '',
        ...conservationInWords(report.conservation, review.problems.length, ink),
      ]
      await writeFile(join(folder, 'timeline.txt'), `${sentences(PLAIN).join('\n')}\n`)
      await putInPlace(folder, target)
      printResult(options, report, [
        ...sentences(inkOf(process.stdout, process.env)),
        '',
        ...nextSteps(options, Date.now() - began),
      ])
      if (!report.conservation.balances) process.exitCode = 1
    } finally {
      await stage.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function nextSteps(options: RehearseOptions, tookMs: number): string[] {
  return [
    `Rehearsed in ${Math.round(tookMs / 1000)} s. Next:`,
    `  read a letter as a household would, in ${join(options.out, 'letters')}`,
    `  change a fact in ${options.script} and rehearse again`,
    '  ask a clock by itself: npm run -s meterhall -- calc --help',
  ]
}

/** A worker that fails ends the rehearsal; workers that merely stop do not. */
async function failed(done: Promise<void>): Promise<never> {
  await done
  return new Promise<never>(() => {})
}

function refuseForeignFolder(target: string): void {
  if (!existsSync(target)) return
  let names: string[]
  try {
    names = readdirSync(target)
  } catch {
    throw new UsageError(`The output folder ${target} is not a folder; name another with --out.`)
  }
  if (names.length > 0 && !names.includes(MARK)) {
    throw new UsageError(
      `The output folder ${target} holds something that no rehearsal made; name an empty or a new folder with --out.`,
    )
  }
}

async function putInPlace(folder: string, target: string): Promise<void> {
  await mkdir(join(target, '..'), { recursive: true })
  await rm(target, { recursive: true, force: true })
  await rename(folder, target)
}
