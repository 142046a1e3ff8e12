import { ApplicationFailure } from '@temporalio/common'
import { Client, type WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import proto from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instant } from '../../domain/instant.js'
import { TASK_QUEUES } from '../../workflows/messages.js'
import { newPayloadKey, payloadDataConverter, payloadKeyRing } from '../../worker/payload-codec.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import { startTimeSkippingServer, type TimeSkippingServer } from '../../worker/time-skipping.js'
import { type WorkflowBundle, workflowBundle } from '../../worker/workflow-bundle.js'
import { temporalForTests } from '../support/temporal.js'

const executable = await temporalForTests('test-server')
const first = newPayloadKey('k1')
const second = newPayloadKey('k2')
const encrypted = (...entries: string[]) =>
  payloadDataConverter(entries.length === 0 ? undefined : payloadKeyRing(entries.join(',')))
const time = { mode: 'timer' as const, offsetMs: 0, startsAt: instant('2027-01-11T14:00:00Z') }

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>

/** Every byte that the server keeps of a run, as its own store would hold it. */
const bytesOf = (history: History) => Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish())

describe.skipIf(executable === undefined)('the history of a run under a payload key', () => {
  let server: TimeSkippingServer
  let bundle: WorkflowBundle
  const log: string[] = []
  beforeAll(async () => {
    installRuntime({ level: 'warn', destination: { write: (line) => log.push(line) } })
    bundle = await workflowBundle()
    server = await startTimeSkippingServer(executable as string)
  })
  afterAll(() => server.close())

  /** One inbound file, applied by an activity of the test's own. */
  const run = async (id: string, keys: string[], applyInboundChunk: (call: unknown) => Promise<{ done: boolean }>) => {
    const dataConverter = encrypted(...keys)
    const client = new Client({ connection: server.connection, dataConverter })
    const common = { connection: server.nativeConnection, dataConverter }
    const workflows = await Worker.create({ ...common, taskQueue: TASK_QUEUES.main, workflowBundle: bundle })
    const activities = await Worker.create({
      ...common,
      taskQueue: TASK_QUEUES.ledger,
      activities: { applyInboundChunk },
    })
    return activities.runUntil(
      workflows.runUntil(async () => {
        const input = { programId: 'Unmistakable-program', sha256: 'Unmistakable-hash', time }
        const handle = await client.workflow.start('utilityInbox', {
          workflowId: id,
          taskQueue: TASK_QUEUES.main,
          args: [input],
          memo: { note: 'Unmistakable memo' },
        })
        const failure = await handle.result().then(
          () => undefined,
          (error: WorkflowFailedError) => error,
        )
        return { failure, history: await handle.fetchHistory() }
      }),
    )
  }

  test('holds no clear text of arguments, results or memos, and replays', async () => {
    const calls: unknown[] = []
    const { history, failure } = await run('inbox/clear', [first], async (call) => {
      calls.push(call)
      return { done: calls.length === 2, note: 'Unmistakable result' } as { done: boolean }
    })
    expect(failure).toBeUndefined()
    expect(calls).toEqual([
      expect.objectContaining({ sha256: 'Unmistakable-hash' }),
      expect.objectContaining({ programId: 'Unmistakable-program' }),
    ])
    expect(bytesOf(history).includes('binary/encrypted')).toBe(true)
    expect(bytesOf(history).includes('Unmistakable')).toBe(false)
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter: encrypted(first) }, history)
  })

  test('holds no message, stack trace or detail of a failure, though the client reads them', async () => {
    const { history, failure } = await run('inbox/failed', [first], async () => {
      throw ApplicationFailure.nonRetryable('Unmistakable failure', 'FileLost', 'Unmistakable detail')
    })
    const failed = history.events?.find((event) => event.activityTaskFailedEventAttributes)
    const ended = history.events?.find((event) => event.workflowExecutionFailedEventAttributes)
    expect(failed?.activityTaskFailedEventAttributes?.failure?.message).toBe('Encoded failure')
    expect(ended?.workflowExecutionFailedEventAttributes?.failure?.message).toBe('Encoded failure')
    expect(bytesOf(history).includes('Unmistakable')).toBe(false)
    expect(failure).toMatchObject({ cause: { cause: { message: 'Unmistakable failure' } } })
  })

  test('is readable without a key, so that the look for clear text is able to find some', async () => {
    const { history } = await run('inbox/open', [], async () => ({ done: true }))
    expect(bytesOf(history).includes('Unmistakable')).toBe(true)
  })

  test('goes on after the key was rotated, and the log says which key is missing when it was taken away', async () => {
    const { history } = await run('inbox/rotated', [first], async () => ({ done: true }))
    await Worker.runReplayHistory({ workflowBundle: bundle, dataConverter: encrypted(second, first) }, history)
    const without = Worker.runReplayHistory({ workflowBundle: bundle, dataConverter: encrypted(second) }, history)
    await expect(without).rejects.toThrow(/Replay failed/)
    expect(log.join('')).toMatch(/the key \\"k1\\", which is not in METERHALL_PAYLOAD_KEYS/)
  })
})
