import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { instant } from '../../domain/instant.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { WORK_ITEM_KINDS } from '../../domain/work-item-kinds.js'
import { projectRoot } from '../../persistence/project-root.js'
import { createMetrics, type Metrics } from '../../worker/metrics.js'
import { newPayloadKey, payloadDataConverter, payloadKeyRing } from '../../worker/payload-codec.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import { startTimeSkippingServer } from '../../worker/time-skipping.js'
import { workflowBundle } from '../../worker/workflow-bundle.js'
import { freePort } from '../support/postgres.js'
import { temporalForTests } from '../support/temporal.js'
import { TASK_QUEUES } from '../../workflows/messages.js'

const executable = await temporalForTests('test-server')
const NOW = instant('2027-03-10T18:00:00Z')

const ruleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
          expr: z.string(),
          for: z.string().regex(/^\d+[mhd]$/),
          labels: z.strictObject({ severity: z.enum(['page', 'look']) }),
          annotations: z.strictObject({ summary: z.string().min(10), whatToDo: z.string().min(40) }),
        }),
      ),
    }),
  ),
})
const alarms = ruleFile
  .parse(parse(readFileSync(join(projectRoot, 'deploy', 'alarms.yaml'), 'utf8')))
  .groups.flatMap((group) => group.rules)

/** Every metric that is described on a page, with a value or without. */
const metricsOn = (page: string) => new Set([...page.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]))

describe('the metrics of the ledger', () => {
  let database: Database
  let metrics: Metrics
  let now = NOW
  beforeAll(async () => {
    database = await openDatabase({ kind: 'memory' })
    await database.migrate()
    metrics = createMetrics({ database, now: () => now })
  })
  afterAll(() => database.close())

  test('are counted anew for every page', async () => {
    expect(await metrics.text()).not.toContain('meterhall_late{')
    const item = { program_id: 'mahomet', kind: 'commission-filing', message: '', opened_at: NOW, alarmed: false }
    await database.kysely
      .insertInto('work_item')
      .values({ ...item, due_at: instant('2027-03-10T20:00:00Z') })
      .execute()
    const before = await metrics.text()
    expect(before).toContain('meterhall_ledger_up 1')
    expect(before).toContain('meterhall_due_soon{program="mahomet",what="work-item"} 1')
    expect(before).toContain('meterhall_work_items_open{program="mahomet",kind="commission-filing"} 1')
    now = instant('2027-03-10T20:00:01Z')
    const after = await metrics.text()
    expect(after).toContain('meterhall_late{program="mahomet",what="work-item"} 1')
    expect(after).not.toContain('meterhall_due_soon{')
  })
})

describe('a ledger that cannot be read', () => {
  const silent = createServer(() => {})
  beforeAll(() => new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening)))
  afterAll(() => silent.close())

  test.each([
    ['is down', freePort],
    ['hangs', async () => (silent.address() as AddressInfo).port],
  ])('because it %s is reported so, without any count', async (_how, port) => {
    const database = await openDatabase({ kind: 'postgres', url: `postgres://m@127.0.0.1:${await port()}/m` })
    const text = await createMetrics({ database, now: () => NOW, limitMs: 100 }).text()
    expect(text).toContain('meterhall_ledger_up 0')
    expect(text).not.toMatch(/^meterhall_(?!ledger_up)/m)
  })
})

describe('deploy/alarms.yaml', () => {
  const named = new Set(alarms.flatMap((alarm) => alarm.expr.match(/\b(meterhall|temporal|nodejs|process)_\w+/g) ?? []))

  test('names every alarm once, and each asks for a metric', () => {
    expect(new Set(alarms.map((alarm) => alarm.alert)).size).toBe(alarms.length)
    for (const alarm of alarms) expect(alarm.expr).toMatch(/\b(meterhall|temporal|nodejs|process)_\w+/)
  })

  test('asks only for kinds of work items that exist, and has an alarm for every figure of the ledger', () => {
    const kinds = alarms.flatMap((alarm) =>
      [...alarm.expr.matchAll(/\bkind="([^"]+)"/g)].map((match) => match[1] ?? ''),
    )
    expect(kinds.length).toBeGreaterThan(0)
    expect(kinds.filter((kind) => !(kind in WORK_ITEM_KINDS))).toEqual([])
    const figures = ['due_soon', 'late', 'sendings_unknown', 'replies_unmatched', 'rejects', 'work_items_open']
    const others = ['wake_ups_outstanding', 'stopped', 'ledger_up']
    expect([...named].filter((name) => name.startsWith('meterhall_')).sort()).toEqual(
      [...figures, ...others].map((name) => `meterhall_${name}`).sort(),
    )
  })

  test('asks only for metrics of ours and of the process that exist', async () => {
    const database = { kysely: undefined } as unknown as Database
    const served = metricsOn(await createMetrics({ database, now: () => NOW }).text())
    expect([...named].filter((name) => !name.startsWith('temporal_') && !served.has(name))).toEqual([])
  })

  test.skipIf(executable === undefined)(
    'asks only for metrics of the SDK that a worker serves when things go wrong',
    async () => {
      const address = `127.0.0.1:${await freePort()}`
      installRuntime({ level: 'silent', metricsAddress: address })
      const server = await startTimeSkippingServer(executable as string)
      const keys = () => payloadDataConverter(payloadKeyRing(newPayloadKey('k')))
      const input = { programId: 'p', sha256: 's', time: { mode: 'timer' as const, offsetMs: 0, startsAt: NOW } }
      const start = (client: Client, workflowId: string) =>
        client.workflow.start('utilityInbox', { workflowId, taskQueue: TASK_QUEUES.main, args: [input] })
      let tries = 0
      const applyInboundChunk = async () => {
        tries += 1
        if (tries === 1) throw new Error('the first attempt fails')
        return { done: true }
      }
      const dataConverter = keys()
      const common = { connection: server.nativeConnection, dataConverter }
      const workflows = await Worker.create({
        ...common,
        taskQueue: TASK_QUEUES.main,
        workflowBundle: await workflowBundle(),
      })
      const activities = await Worker.create({
        ...common,
        taskQueue: TASK_QUEUES.ledger,
        activities: { applyInboundChunk },
      })
      const page = async () => (await fetch(`http://${address}/metrics`)).text()
      await activities.runUntil(
        workflows.runUntil(async () => {
          // written under a key that the worker does not have
          await start(new Client({ connection: server.connection, dataConverter: keys() }), 'inbox/unreadable')
          await (await start(new Client({ connection: server.connection, dataConverter }), 'inbox/readable')).result()
          await expect.poll(page, { timeout: 20_000 }).toContain('temporal_workflow_task_execution_failed{')
          const served = metricsOn(await page())
          expect([...named].filter((name) => name.startsWith('temporal_') && !served.has(name))).toEqual([])
        }),
      )
      await server.close()
    },
  )
})
