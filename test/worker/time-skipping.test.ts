import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMillis, type Instant, millisOf } from '../../domain/instant.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import { startTimeSkippingServer, type TimeSkippingServer } from '../../worker/time-skipping.js'
import { temporalForTests } from '../support/temporal.js'
import type { wakeAt } from '../support/clock-workflow.js'

const executable = await temporalForTests('test-server')
const DAY_MS = 86_400_000
const QUEUE = 'clock'

describe.skipIf(executable === undefined)('the clock of a rehearsal', () => {
  let server: TimeSkippingServer
  let worker: Worker
  let running: Promise<void>
  let done = 0

  beforeAll(async () => {
    installRuntime({ level: 'silent' })
    server = await startTimeSkippingServer(executable ?? '')
    worker = await Worker.create({
      connection: server.nativeConnection,
      taskQueue: QUEUE,
      workflowsPath: fileURLToPath(new URL('../support/clock-workflow.ts', import.meta.url)),
      activities: {
        async work(realMs: number) {
          await new Promise((resolve) => setTimeout(resolve, realMs))
          done += 1
        },
      },
    })
    running = worker.run()
  })
  afterAll(async () => {
    worker.shutdown()
    await running
    await server.close()
  })

  const start = (workflowId: string, due: readonly Instant[], workMs: number) =>
    server.client.workflow.start<typeof wakeAt>('wakeAt', {
      taskQueue: QUEUE,
      workflowId,
      args: [due.map(millisOf), workMs],
    })

  test('jumps to the moment asked for and stands within two seconds after it', async () => {
    const target = addMillis(await server.now(), 400 * DAY_MS)
    await server.advanceTo(target)
    const past = millisOf(await server.now()) - millisOf(target)
    expect(past).toBeGreaterThanOrEqual(0)
    expect(past).toBeLessThan(2_000)
  })

  test('does not go back for a moment in the past', async () => {
    const before = await server.now()
    await server.advanceTo(addMillis(before, -DAY_MS))
    expect(millisOf(await server.now())).toBeGreaterThanOrEqual(millisOf(before))
  })

  test('wakes a run at each of its own due moments, although each is followed by real work', async () => {
    const from = await server.now()
    const due = [1, 2, 3].map((days) => addMillis(from, days * DAY_MS))
    const run = await start('three-days', due, 300)
    await server.advanceTo(addMillis(from, 5 * DAY_MS))
    for (const late of await run.result()) expect(late).toBeLessThan(1_000)
  })

  test.each([-200, -10, 0])('work due %i ms from the target is done when the advance returns', async (offset) => {
    const target = addMillis(await server.now(), DAY_MS)
    const run = await start(`due${offset}`, [addMillis(target, offset)], 700)
    const before = done
    await server.advanceTo(target)
    expect(done).toBe(before + 1)
    expect((await run.describe()).status.name).toBe('COMPLETED')
  })

  test('awaiting a result does not move it', async () => {
    const from = await server.now()
    const run = await start('tomorrow', [addMillis(from, DAY_MS)], 0)
    const waiting = new Promise((resolve) => setTimeout(resolve, 300))
    await Promise.race([run.result(), waiting])
    expect(millisOf(await server.now()) - millisOf(from)).toBeLessThan(60_000)
    await run.terminate('the test is over')
  })
})
