/** The list as a cycle takes it: stored, then reviewed into the ledger by the activity. */
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { reviewList } from '../../../activities/list-review.js'
import type { ActivityContext } from '../../../activities/context.js'
import { LIST_KINDS } from '../../../domain/account.js'
import { civilDate } from '../../../domain/civil-date.js'
import { instant } from '../../../domain/instant.js'
import { openDatabase } from '../../../persistence/database.js'
import { storeCustomerList } from '../../../persistence/ledger/customer-lists.js'
import { createProgram } from '../../../persistence/ledger/programs.js'
import { LIST_FILE_NAMES } from '../../../persistence/list-mapping.js'
import { readPlan } from '../../../persistence/plan-files.js'
import type { Findings } from '../contest.js'
import { peakMegabytes, processorSecondsOf, serverProcess } from '../processor-time.js'
import { AS_OF, type PsqlSettings } from './contest.js'

const PROGRAM = 'mahomet'

export async function measure({ url, folder, boundary, rows }: PsqlSettings): Promise<Findings> {
  const database = await openDatabase({ kind: 'postgres', url })
  await database.migrate()
  const at = instant('2027-01-04T15:00:00Z')
  const asOf = civilDate(AS_OF)
  const verb = (verbId: string) => ({ verbId, programId: PROGRAM, actor: 'clerk', at })
  await database.tx((trx) =>
    createProgram(trx, verb('start-program'), {
      terms: readPlan('mahomet'),
      boundary: readFileSync(boundary, 'utf8'),
      rehearsal: false,
      clock: 'timer',
      offsetMs: 0,
      readDates: {},
      defaultRates: { on: asOf, rates: {}, source: 'made up' },
    }),
  )
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const processes = [await serverProcess(client), process.pid]
  await client.end()
  const before = processorSecondsOf(processes)
  const started = performance.now()
  const files = LIST_KINDS.map((kind) => {
    const name = `${LIST_FILE_NAMES[kind]}.csv`
    return { kind, name, content: readFileSync(`${folder}/${name}`) }
  })
  const list = { files, asOf, source: 'import', mapping: null }
  const stored = await database.tx((trx) => storeCustomerList(trx, verb('import-list'), list))
  assert(stored.ok)
  const context = { database, heartbeat: () => {} } as unknown as ActivityContext
  await reviewList(context, { programId: PROGRAM, listId: stored.value.listId, asOf: at })
  const seconds = (performance.now() - started) / 1000
  const processor = processorSecondsOf(processes) - before
  const { rows: counts } = (
    await database.kysely.selectFrom('customer_list').select('counts').executeTakeFirstOrThrow()
  ).counts as { rows: number }
  assert.equal(counts, rows)
  await database.close()
  return { 'list-rows': rows / seconds, 'list-rows-cpu': rows / processor, 'list-memory': peakMegabytes() }
}
