import { spawn } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectRoot } from '../../persistence/project-root.js'
import { argumentsFor, filesIn } from '../support/rehearsal-run.js'
import { numberOf, type VillageFiles, writeVillage } from '../support/rehearsal-village.js'

let files: VillageFiles
beforeAll(() => {
  files = writeVillage([{ number: numberOf(1) }], {
    start: '2027-01-11',
    calendar: { billing: [], edi: [] },
    readDates: { plain: ['2027-03-15'] },
    defaultRates: { on: '2027-01-01', 'DS-1': 8.6 },
    bids: [{ supplier: 'Prairie Wind', centsPerKwh: { 'DS-1': 7.29 }, termMonths: 24 }],
    award: 'Prairie Wind',
    drops: [{ evidenceDate: '2027-01-20', accounts: 'all' }],
  })
})
afterAll(() => rmSync(files.folder, { recursive: true, force: true }))

describe('a rehearsal that somebody ends with Ctrl-C', () => {
  test('says so, ends with 130 and leaves nothing behind', async () => {
    const before = filesIn(files.folder)
    const argv = argumentsFor({ ...files, out: join(files.folder, 'deep', 'out') })
    const child = spawn(process.execPath, [join(projectRoot, 'bin/meterhall.mjs'), ...argv])
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      if (!told.includes('print batches') && `${told}${text}`.includes('print batches')) child.kill('SIGINT')
      told += text
    })
    const exitCode = await new Promise((done) => child.once('close', done))
    expect({ exitCode, last: told.trimEnd().split('\n').at(-1) }).toEqual({
      exitCode: 130,
      last: 'Interrupted; nothing was kept.',
    })
    expect(filesIn(files.folder)).toEqual(before)
    expect(readdirSync(files.folder)).not.toContain('deep')
  })
})
