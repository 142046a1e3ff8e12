/**
 * A whole cycle with planted names, addresses and numbers, on the real development server with its database in a file: none of them
 * may be found outside the ledger, the letters and the EDI files.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDevServer } from '../../worker/dev-server.js'
import { installRuntime } from '../../worker/runtime-logger.js'
import { largeVillage } from '../support/large-village.js'
import { freePort } from '../support/postgres.js'
import { runSteppedCycle, type SteppedCycle } from '../support/stepped-cycle.js'
import { temporalForTests } from '../support/temporal.js'

const ACCOUNTS = 60
const NAME = 'Xanthippe Quillfeather'
const STREET = 'Zugzwang'

/** Every name and mailing street of the village is one that occurs nowhere else. */
function planted() {
  const village = largeVillage(ACCOUNTS)
  const lists = village.lists.map((list) => {
    const [header = '', ...rows] = list.content.toString('utf8').split('\n')
    const columns = header.split(',')
    const marked = rows.map((row) => {
      if (row === '') return row
      const cells = row.split(',')
      cells[columns.indexOf('customer_name')] = NAME
      cells[columns.indexOf('mail_address')] = `12 ${STREET} Way`
      return cells.join(',')
    })
    return { ...list, content: Buffer.from([header, ...marked].join('\n')) }
  })
  const numbers = lists.flatMap((list) =>
    list.content
      .toString('utf8')
      .split('\n')
      .slice(1)
      .flatMap((row) => (row === '' ? [] : [row.slice(0, row.indexOf(','))])),
  )
  return { village: { ...village, lists }, numbers: new Set(numbers) }
}

const executable = await temporalForTests('cli')

describe.skipIf(executable === undefined)('No person leaves the ledger, the letters and the EDI files', () => {
  const { village, numbers } = planted()
  let cycle: SteppedCycle
  let folder: string
  let log = ''
  const histories = new Map<string, temporal.api.history.v1.IHistory>()
  let close = async (): Promise<void> => {}

  beforeAll(async () => {
    installRuntime({
      level: 'debug',
      destination: {
        write: (line: string) => {
          log += line
        },
      },
    })
    folder = mkdtempSync(join(tmpdir(), 'meterhall-canary-'))
    const server = await startDevServer({ executable: executable ?? '', folder, port: await freePort() })
    const connection = await Connection.connect({ address: server.address })
    const nativeConnection = await NativeConnection.connect({ address: server.address })
    const client = new Client({ connection })
    cycle = await runSteppedCycle({ client, nativeConnection }, village)
    const runs = await cycle.stage.database.kysely.selectFrom('run').select('workflow_id').execute()
    for (const { workflow_id } of runs)
      histories.set(workflow_id, await client.workflow.getHandle(workflow_id).fetchHistory())
    close = async () => {
      await cycle.close()
      await connection.close()
      await nativeConnection.close()
      await server.close()
    }
    // what the server wrote is looked at when it is closed and its file is whole
    await cycle.stage.workers.stop()
    await server.close()
  }, 240_000)
  afterAll(async () => {
    await close().catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  })

  function found(text: string): string[] {
    const hits = [NAME, STREET, 'Quillfeather'].filter((word) => text.includes(word))
    for (const number of text.match(/\d{10}/g) ?? []) if (numbers.has(number)) hits.push('an account number')
    return [...new Set(hits)]
  }

  test('the planted words are in the ledger, so that not finding them elsewhere means something', async () => {
    const rows = await cycle.stage.database.kysely.selectFrom('account').select('customer_name').execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.map((row) => row.customer_name))).toEqual(new Set([NAME]))
  })

  test('no history holds one, decoded: inputs, results, failures, memos, identifiers', () => {
    expect(histories.size).toBeGreaterThan(10)
    for (const history of histories.values()) {
      const decoded = JSON.stringify(history, (_key, value: unknown) => {
        if (value !== null && typeof value === 'object' && 'metadata' in value && 'data' in value) {
          try {
            return defaultPayloadConverter.fromPayload(value as never)
          } catch {
            return value
          }
        }
        return value
      })
      expect(found(decoded)).toEqual([])
    }
    expect([...histories.keys()].flatMap(found)).toEqual([])
  })

  test('the workflow server’s database file and log hold none', () => {
    for (const file of filesIn(folder))
      expect([relative(folder, file), found(readFileSync(file).toString('latin1'))]).toEqual([
        relative(folder, file),
        [],
      ])
  })

  test('the log holds none', () => {
    expect(found(log)).toEqual([])
  })

  test('no file name holds one', () => {
    expect(
      found(
        filesIn(cycle.stage.folder)
          .map((file) => relative(cycle.stage.folder, file))
          .join('\n'),
      ),
    ).toEqual([])
  })
})

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesIn(path) : [path]
  })
}
