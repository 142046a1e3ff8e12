/**
 * Workers of one release follow those of another while a response window is open, and go back again (docs/adr/0011-releases.md).
 *
 * The next release is made here: the workflows of today with one more command behind `patched`.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AccountLine, accountTable } from '../../client/account-table.js'
import type { Fact } from '../../cli/rehearsal/driver.js'
import { type Instant, instant } from '../../domain/instant.js'
import { cohortId, INITIAL_COHORT } from '../../domain/run-ids.js'
import { cacheFolder, projectRoot } from '../../persistence/project-root.js'
import { failureConverterPath } from '../../worker/payload-codec.js'
import { releaseOf } from '../../worker/releases.js'
import { type RunningWorkers, startWorkers, type WorkerOptions } from '../../worker/run-workers.js'
import { workflowBundle } from '../../worker/workflow-bundle.js'
import { largeVillage } from '../support/large-village.js'
import { activitiesIn, historiesOf, type RunHistory } from '../support/run-histories.js'
import { runSteppedCycle, startSteppedServer } from '../support/stepped-cycle.js'
import { temporalForTests } from '../support/temporal.js'

const executable = await temporalForTests('cli')
const ACCOUNTS = 40
const CHANGE = 'planted-change'
/** @unit ms */
const LIMIT = 300_000

interface Release {
  readonly bundle: { readonly code: string }
  readonly takenPatches: ReadonlySet<string>
}

/** A cohort that raises alarms before it looks at its agenda: harmless, and another command in another place. */
async function bundleWithChange(copy: string): Promise<{ readonly code: string }> {
  for (const folder of ['workflows', 'domain'])
    cpSync(join(projectRoot, folder), join(copy, folder), { recursive: true })
  const path = join(copy, 'workflows', 'cohort.ts')
  const source = readFileSync(path, 'utf8')
  const changed = source
    .replace('  for (;;) {\n', `  for (;;) {\n    if (patched('${CHANGE}')) await ledger.raiseAlarms(run.call())\n`)
    .replace('import { allHandlersFinished,', 'import { allHandlersFinished, patched,')
  expect(changed.match(/patched/g), 'the change is planted').toHaveLength(2)
  writeFileSync(path, changed)
  return bundleWorkflowCode({
    workflowsPath: join(copy, 'workflows', 'index.ts'),
    failureConverterPath,
    logger: new DefaultLogger('ERROR'),
  })
}

const buildOf = ({ bundle, takenPatches }: Release): string => releaseOf(bundle, takenPatches).buildId

/** The workers of a stage, of which the next release takes over before the last one stops. */
function rollingWorkers(first: Release) {
  let options: WorkerOptions
  let running: RunningWorkers
  return {
    async start(given: WorkerOptions): Promise<RunningWorkers> {
      options = given
      running = await startWorkers({ ...options, ...first })
      return { done: new Promise(() => {}), stop: () => running.stop() }
    },
    async roll(release: Release): Promise<void> {
      const next = await startWorkers({ ...options, ...release })
      await running.stop()
      running = next
    },
  }
}

/** Failed workflow tasks: what a release that does not know a command ends in. */
function failuresIn(histories: readonly RunHistory[]): readonly string[] {
  return histories
    .flatMap((history) => history.events)
    .flatMap((event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? [])
}

function releasesIn(histories: readonly RunHistory[]): ReadonlySet<string> {
  const steps = histories
    .flatMap((history) => history.events)
    .flatMap((event) => event.workflowTaskCompletedEventAttributes ?? [])
  return new Set(steps.map((step) => step.workerVersion?.buildId ?? 'unknown'))
}

describe.skipIf(executable === undefined)('releases that follow one another in the middle of a window', () => {
  const copy = join(cacheFolder(), `rolling-${process.pid}`)
  let before: Release
  let known: Release
  let taken: Release

  async function wholeCycle(rolls: readonly (readonly [Instant, Release])[]) {
    const server = await startSteppedServer(executable ?? '')
    const workers = rollingWorkers(before)
    const facts = rolls.map(([at, release]): Fact => ({ at, apply: () => workers.roll(release) }))
    const cycle = await runSteppedCycle(server, largeVillage(ACCOUNTS), {
      workers: workers.start,
      facts,
    })
    try {
      const { database, client } = cycle.stage
      const table: AccountLine[] = []
      for await (const line of accountTable(database.kysely, cycle.programId)) table.push(line)
      const journal = await database.kysely.selectFrom('event').select(['recorded_at', 'kind']).execute()
      // letters are rendered side by side: what happens at one moment has no order
      const events = journal.map((event) => `${event.recorded_at} ${event.kind}`).sort()
      const histories = await historiesOf(client, database, cycle.programId)
      const cohort = cohortId(cycle.programId, INITIAL_COHORT)
      return { table, events, histories, cohort: histories.filter((history) => history.workflowId === cohort) }
    } finally {
      await cycle.close()
      await server.close()
    }
  }
  type Ended = Awaited<ReturnType<typeof wholeCycle>>
  let undisturbed: Ended
  let rolled: Ended

  beforeAll(async () => {
    mkdirSync(copy, { recursive: true })
    const [present, next] = await Promise.all([workflowBundle(), bundleWithChange(copy)])
    before = { bundle: present, takenPatches: new Set() }
    known = { bundle: next, takenPatches: new Set() }
    taken = { bundle: next, takenPatches: new Set([CHANGE]) }
    undisturbed = await wholeCycle([])
    // the window is open from 22 January to 10 February
    rolled = await wholeCycle([
      [instant('2027-01-26T12:00:00Z'), known],
      [instant('2027-01-29T12:00:00Z'), before],
      [instant('2027-02-01T12:00:00Z'), known],
      [instant('2027-02-04T12:00:00Z'), taken],
      [instant('2027-02-18T12:00:00Z'), known],
      [instant('2027-02-24T12:00:00Z'), taken],
    ])
  }, LIMIT)
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  test('no step of any run fails', () => {
    expect(failuresIn(rolled.histories)).toEqual([])
  })

  test('every account ends where it would have, told by the same events at the same times', () => {
    expect(rolled.table).toEqual(undisturbed.table)
    expect(rolled.events).toEqual(undisturbed.events)
  })

  test('the change was taken on the way, and each step says which release took it', () => {
    expect(activitiesIn(undisturbed.cohort).get('raiseAlarms') ?? 0).toBeLessThan(
      activitiesIn(rolled.cohort).get('raiseAlarms') ?? 0,
    )
    expect(releasesIn(rolled.cohort)).toEqual(new Set([before, known, taken].map(buildOf)))
    expect(releasesIn(undisturbed.cohort)).toEqual(new Set([buildOf(before)]))
  })

  const replay = (release: Release, [run]: readonly RunHistory[]) =>
    Worker.runReplayHistory(
      { workflowBundle: release.bundle },
      { events: [...(run?.events ?? [])] } as History,
      'cohort',
    )

  test('the release that only knows the change replays what the next one wrote', async () => {
    await expect(replay(known, rolled.cohort)).resolves.toBeUndefined()
  })

  test('a release that does not know it is stopped: going back by two is refused, not guessed', async () => {
    await expect(replay(before, rolled.cohort)).rejects.toMatchObject({ name: 'DeterminismViolationError' })
  })
})
