/**
 * Kept histories replay with the present workflows: a run that began under an older release goes on under this one.
 *
 * Histories are never deleted while runs of their release may live; a new release adds a folder of its own.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import { createComputeActivities } from '../../activities/compute.js'
import { createLedgerActivities } from '../../activities/ledger.js'
import { createSendActivities } from '../../activities/send.js'
import { cacheFolder, projectRoot } from '../../persistence/project-root.js'
import { failureConverterPath } from '../../worker/payload-codec.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import { workflowBundle } from '../../worker/workflow-bundle.js'
import * as messages from '../../workflows/messages.js'
import { factsRecorded, programTimeIs } from '../../workflows/program-time.js'

const HISTORIES = join(import.meta.dirname, 'histories')

const kept = readdirSync(HISTORIES).flatMap((release) =>
  readdirSync(join(HISTORIES, release)).map((file) => ({ release, file, path: join(HISTORIES, release, file) })),
)

function historyOf(path: string) {
  return historyFromJSON(JSON.parse(readFileSync(path, 'utf8')))
}

beforeAll(() => {
  installRuntime({ level: 'silent' })
})

describe('Runs that wait for months replay under the present code', () => {
  test.each(kept)('$release/$file', async ({ path, file }) => {
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, historyOf(path), file)
  })

  test('every activity, message and kind of end that a run knows is in a kept history', () => {
    const events = kept.flatMap(({ path }) => historyOf(path).events ?? [])
    const of = (pick: (event: (typeof events)[number]) => string | null | undefined) =>
      new Set(events.flatMap((event) => pick(event) ?? []))
    const activities = of((event) => event.activityTaskScheduledEventAttributes?.activityType?.name)
    const offered = [createLedgerActivities, createComputeActivities, createSendActivities].flatMap((create) =>
      Object.keys(create({} as ActivityContext)),
    )
    expect(offered.filter((name) => !activities.has(name))).toEqual([])
    const updates = of((event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name)
    const known = Object.values(messages).flatMap((message) => ('type' in message ? message.name : []))
    expect(known.length).toBeGreaterThan(0)
    expect(known.filter((name) => !updates.has(name))).toEqual([])
    const signals = of((event) => event.workflowExecutionSignaledEventAttributes?.signalName)
    expect(signals).toEqual(new Set([factsRecorded.name, programTimeIs.name]))
    expect(events.some((event) => event.timerFiredEventAttributes != null)).toBe(true)
    expect(events.some((event) => event.workflowExecutionContinuedAsNewEventAttributes != null)).toBe(true)
  })

  test('every workflow has a kept history', () => {
    const names = kept.map(
      ({ path }) => historyOf(path).events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
    )
    expect(new Set(names)).toEqual(new Set(['aggregationCycle', 'cohort', 'utilityInbox']))
  })
})

describe('A change that reorders commands is stopped here', () => {
  const copy = join(cacheFolder(), `planted-${process.pid}`)
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  test('a cohort started before it is made is refused by the kept history of the cycle', async () => {
    mkdirSync(copy, { recursive: true })
    for (const folder of ['workflows', 'domain'])
      cpSync(join(projectRoot, folder), join(copy, folder), { recursive: true })
    const path = join(copy, 'workflows', 'initial-cohort.ts')
    const source = readFileSync(path, 'utf8')
    const made = /^ {2}await bulk\.createCohort\(.*\)\n/m.exec(source)?.[0]
    expect(made, 'the line that is moved').toBeDefined()
    const moved = source.replace(made ?? '', '').replace(/\n\}\n*$/, `\n${made}}\n`)
    writeFileSync(path, moved)
    const bundle = await bundleWorkflowCode({
      workflowsPath: join(copy, 'workflows', 'index.ts'),
      failureConverterPath,
      logger: new DefaultLogger('ERROR'),
    })
    const cycle = kept.find(({ file }) => file === 'aggregation-cycle.json')
    const replayed = Worker.runReplayHistory({ workflowBundle: bundle }, historyOf(cycle?.path ?? ''), 'planted')
    await expect(replayed).rejects.toMatchObject({ name: 'DeterminismViolationError' })
  })
})
