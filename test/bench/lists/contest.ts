/** From the utility's list files to every account with its findings and its eligibility. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPostgres, startScratchPostgres } from '../../support/postgres.js'
import { type Contest, OURS } from '../contest.js'
import { inProcess } from '../in-process.js'
import { BOUNDARY, sampleList } from './sample-list.js'

export interface ListSettings {
  /** Of the three list files. */
  readonly folder: string
  readonly boundary: string
  readonly rows: number
}

export interface PsqlSettings extends ListSettings {
  /** An empty database. */
  readonly url: string
  /** Folder of PostgreSQL's programs. */
  readonly bin: string
}

/** Days on which a bundled hold is judged. */
export const AS_OF = '2027-01-04'

export const listContest: Contest = {
  name: 'lists',
  title: 'List review',
  figures: [
    { name: 'list-rows', unit: 'per second', better: 'higher', title: 'List rows judged' },
    {
      name: 'list-rows-cpu',
      unit: 'per CPU-second',
      better: 'higher',
      title: 'List rows judged, by processor time',
    },
    { name: 'list-memory', unit: 'MB', better: 'lower', title: 'Peak memory' },
  ],
  bars: [
    { figure: 'list-rows', peer: 'psql', atLeast: 0.8 },
    { figure: 'list-rows-cpu', peer: 'psql', atLeast: 0.8 },
  ],
  contestants: [
    {
      name: OURS,
      what: 'What `list review` does: reads the three files, checks and types every value, evens out the spelling of streets, merges repeats, judges every account, keeps every finding, warning and refused row. Into memory, one process, no database.',
    },
    {
      name: 'meterhall-ledger',
      what: 'The same as a cycle does it: from the stored files into the ledger, a journal entry for every account, a transaction for a thousand accounts.',
    },
    {
      name: 'psql',
      what: '`\\copy` of the three files into a table of text, then hand-written SQL in the same transaction: refuses, merges, types and judges the same rows to the same counts, into one table of accounts. Knows one spelling of a street; keeps no sentence, warning or journal. Client and server are two processes.',
    },
  ],
  async open({ size, folder }) {
    const postgres = findPostgres()
    if ('missing' in postgres) throw new Error(`the lists need PostgreSQL: ${postgres.missing}`)
    const database = await startScratchPostgres(postgres.bin, { durable: true })
    const sample = sampleList(size === 'full' ? 100_000 : 2_000)
    const lists = join(folder, 'lists')
    mkdirSync(lists)
    for (const { name, content } of sample.files) writeFileSync(join(lists, name), content)
    const boundary = join(folder, 'boundary.csv')
    writeFileSync(boundary, BOUNDARY)
    const settings: ListSettings = { folder: lists, boundary, rows: sample.rows }
    const onDatabase = (module: string) => async () => {
      const psql: PsqlSettings = { ...settings, url: await database.createDatabase(), bin: postgres.bin }
      return inProcess(new URL(module, import.meta.url), psql)
    }
    return {
      runs: {
        [OURS]: () => inProcess(new URL('./meterhall.js', import.meta.url), settings),
        'meterhall-ledger': onDatabase('./meterhall-ledger.js'),
        psql: onDatabase('./psql.js'),
      },
      leftOut: {},
      close: () => database.stop(),
    }
  },
}
