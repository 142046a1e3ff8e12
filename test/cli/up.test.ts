import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Status } from '../../client/status.js'
import { projectRoot } from '../../persistence/project-root.js'

const BIN = join(projectRoot, 'bin', 'meterhall.mjs')
const EXAMPLE = join(projectRoot, 'examples', 'mahomet')
/** Against a hang; it measures nothing. */
const LIMIT_MS = 240_000

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const scratch = mkdtempSync(join(tmpdir(), 'meterhall-up-'))
const folder = join(scratch, 'data')
let ports: readonly string[] = []
let running: ChildProcess | undefined

/** One command, as a clerk at this machine types it, or with the token of another person. */
function meterhall(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const env = { ...process.env, METERHALL_DATA: folder, ...environment }
  return new Promise((ended) => {
    execFile(process.execPath, [BIN, ...words], { env }, (error, stdout, stderr) =>
      ended({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

async function json<T>(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<T> {
  const { code, stdout, stderr } = await meterhall([...words, '--json'], environment)
  expect({ words, code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout) as T
}

/** Starts it and waits for its last line. */
async function up(...words: string[]): Promise<string> {
  const [web = '', temporal = '', ui = ''] = ports
  const argv = ['up', '--rehearsal', '--port', web, '--temporal-port', temporal, '--ui-port', ui, ...words]
  const env = { ...process.env, METERHALL_DATA: folder, METERHALL_LETTERS: 'blank' }
  const child = spawn(process.execPath, [BIN, ...argv], { env })
  running = child
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    told += text
  })
  return new Promise((ready, failed) => {
    let shown = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      shown += text
      if (/npm run -s meterhall -- \S/.test(shown)) ready(shown + told)
    })
    child.once('exit', (code) => failed(new Error(`up ended with ${code}: ${told}`)))
  })
}

function end(signal: NodeJS.Signals): Promise<number | null> {
  const child = running
  running = undefined
  return new Promise((ended) => {
    child?.once('exit', (code) => ended(code))
    child?.kill(signal)
  })
}

function freePort(): Promise<string> {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => found(String(port)))
    })
  })
}

beforeAll(async () => {
  ports = [await freePort(), await freePort(), await freePort()]
})
afterAll(async () => {
  if (running !== undefined) await end('SIGINT')
  rmSync(scratch, { recursive: true, force: true })
})

describe('a cycle on the embedded stack, by commands alone', () => {
  const replies = join(scratch, 'replies.csv')
  const inRow = (text: string): string[] => text.replace('\uFEFF', '').trimEnd().split('\r\n')
  let firstRun: string[] = []

  test('starts, and says where everything is and what to type next', { timeout: LIMIT_MS }, async () => {
    const shown = await up('--from', '2027-01-11 09:00')
    expect(shown).toContain('program time is 2027-01-11 09:00 CST')
    expect(shown).toContain(`http://127.0.0.1:${ports[2]}`)
    expect(shown).toContain(`export METERHALL_DATA=${folder}`)
    expect(shown).toContain('meterhall -- program start --plan mahomet')
  })

  test('a second one on the folder, or on a taken port, is refused in one sentence', {
    timeout: LIMIT_MS,
  }, async () => {
    const second = await meterhall(['up', '--rehearsal'])
    expect(second).toMatchObject({ code: 2, stdout: '' })
    expect(second.stderr.trimEnd().split('\n').at(-1)).toMatch(
      /is in use by process \d+; stop that one first, or .*--data/,
    )
    const [web = ''] = ports
    const elsewhere = await meterhall(['up', '--data', join(scratch, 'other'), '--port', web])
    expect(elsewhere).toMatchObject({ code: 2, stdout: '' })
    expect(elsewhere.stderr.trimEnd().split('\n').at(-1)).toBe(
      `Port ${web} is taken by another process; stop that one, or choose another port with --port.`,
    )
    const notAFolder = join(scratch, 'a-file')
    writeFileSync(notAFolder, '')
    const unmade = await meterhall(['up', '--data', notAFolder])
    expect(unmade).toMatchObject({ code: 2, stdout: '' })
    expect(unmade.stderr).toContain('cannot be made (EEXIST); name another with --data.')
  })

  test('a rehearsal is not gone on with by the time on the wall', async () => {
    const live = await meterhall(['up'])
    expect(live).toMatchObject({ code: 2, stdout: '' })
    expect(live.stderr).toBe(
      `${folder} holds a rehearsal, whose program time is its own; add --rehearsal, or name another folder with --data.\n`,
    )
  })

  test('goes as far as the letters with two people', { timeout: LIMIT_MS }, async () => {
    const started = await meterhall([
      ...['program', 'start', '--boundary', join(EXAMPLE, 'village-list', 'boundary.csv')],
      ...['--default-rates', join(EXAMPLE, 'default-rates.json')],
    ])
    expect(started).toMatchObject({ code: 0 })
    await json(['clock', '2027-01-13 09:00'])
    const early = await meterhall(['award', 'Prairie Wind'])
    expect(early).toMatchObject({ code: 1, stdout: '' })
    expect(early.stderr).toContain('Mahomet plan, Power Supply Agreement B')
    expect(await json(['list', 'sign'])).toEqual({ signatures: 1, needed: 2 })
    const twice = await meterhall(['list', 'sign'])
    expect(twice).toMatchObject({ code: 1, stdout: '' })
    expect(twice.stderr).toContain('has to be another person’s')
    const { token } = await json<{ token: string }>(['user', 'add', 'anna', '--role', 'clerk'])
    expect(await json(['list', 'sign'], { METERHALL_TOKEN: token })).toEqual({ signatures: 2, needed: 2 })
    await json(['bid', 'add', join(EXAMPLE, 'bids', 'prairie-wind.json')])
    expect(await json(['bid', 'open'])).toEqual({ bids: 1, qualified: 1 })
    await json(['award', 'Prairie Wind'])
    await json(['notice', 'proof', '--drop', '2027-01-20'])
    await json(['notice', 'approve'])
    await json(['clock', '2027-01-20 17:00'])
    const status = await json<Status>(['status'])
    expect(status.drops).toMatchObject([{ drop: 1, state: 'handed-over', pieces: 2139 }])
    expect(status.next[0]?.command).toBe('meterhall evidence add --drop 1 --on 2027-01-20 --pieces 2139 --form FORM')
  })

  test('takes a file of replies row by row, and tells the bad one', { timeout: LIMIT_MS }, async () => {
    const future = await meterhall([
      'evidence',
      'add',
      '--drop',
      '1',
      '--on',
      '2027-01-22',
      '--pieces',
      '2139',
      '--form',
      'A',
    ])
    expect(future.stderr).toMatch(/after today.*\(Mahomet plan, Implementation Procedures E\.3/)
    await json(['evidence', 'add', '--drop', '1', '--on', '2027-01-20', '--pieces', '2139', '--form', 'PS 3606-D'])
    await json(['clock', '2027-01-22 09:00'])
    writeFileSync(
      replies,
      '\uFEFFAccount Number;Channel;Postmark;Received;Signed;Notes\r\n' +
        '1343031578;card;1/21/2027;1/22/2027 8:15 AM;Y;"by hand; no stamp"\r\n' +
        '5594060119;pigeon;;1/22/2027;;\r\n' +
        '5594060119;phone;;1/21/2027;;\r\n',
    )
    const taken = await meterhall(['receipt', 'add', '--file', replies])
    expect(taken.code).toBe(1)
    expect(taken.stdout).toContain('2 of 3 replies are on record, 1 is not.')
    firstRun = inRow(readFileSync(join(scratch, 'replies.results.csv'), 'utf8'))
    expect(firstRun.map((row) => row.split(',').slice(0, 3).join())).toEqual([
      'line,receipt,verdict',
      '2,R-0000001,timely',
      '3,,not-recorded',
      '4,R-0000002,timely',
    ])
  })

  test('killed and started again, it goes on where it was', { timeout: LIMIT_MS }, async () => {
    await end('SIGKILL')
    const unheard = await meterhall(['status'])
    expect(unheard).toMatchObject({ code: 2, stdout: '' })
    expect(unheard.stderr).toContain('does not answer; start it with: npm run up')
    const shown = await up()
    expect(shown).toContain('The workflow server of an earlier process still ran; it is taken over.')
    expect(shown).toContain('program time is 2027-01-22 09:00 CST')
    expect(shown).toContain('meterhall -- status')
  })

  test('and the corrected file takes only the row that was left', { timeout: LIMIT_MS }, async () => {
    writeFileSync(replies, readFileSync(replies, 'utf8').replace('pigeon', 'fax'))
    const again = await meterhall(['receipt', 'add', '--file', replies])
    expect(again.stdout).toContain('3 of 3 replies are on record.')
    const rows = inRow(readFileSync(join(scratch, 'replies.results.csv'), 'utf8'))
    expect([rows[1], rows[3]]).toEqual([firstRun[1], firstRun[3]])
    expect(rows[2]).toMatch(/^3,R-\d{7},timely,already-out,/)
    expect((await json<Status>(['status'])).replies).toMatchObject({ timely: 3, late: 0 })
  })

  test('asks once under one id, however often it is asked', { timeout: LIMIT_MS }, async () => {
    const asked = ['receipt', 'add', '--account', '6537069047', '--channel', 'counter', '--id', 'desk-2027-01-22-1']
    const first = await json<{ receipt: string }>(asked)
    expect(await json(asked)).toEqual(first)
    expect((await json<Status>(['status'])).replies).toMatchObject({ timely: 4 })
  })

  test('balances, tells an account’s story, and ends with Ctrl-C', { timeout: LIMIT_MS }, async () => {
    const ledger = await json<{ balances: boolean; listed: number }>(['ledger'])
    expect(ledger).toMatchObject({ balances: true, listed: 3200 })
    const story = await meterhall(['case', '1343031578'])
    expect(story.stdout).toContain('Opted out by reply R-0000001')
    expect(story.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    const exported = join(scratch, 'accounts.csv')
    expect(await json(['accounts', 'export', '--out', exported])).toEqual({ out: exported, accounts: 3200 })
    const ontoFolder = await meterhall(['accounts', 'export', '--out', scratch])
    expect(ontoFolder).toMatchObject({ code: 2, stderr: `${scratch} is a folder; name a file with --out.\n` })
    expect(readFileSync(exported, 'utf8')).toContain('\n1343031578,opted-out,,2027-02-08,timely,,,\n')
    expect(await end('SIGINT')).toBe(0)
    // nothing is left behind: the ports can be had again
    expect(await Promise.all(ports.map(canListen))).toEqual([true, true, true])
  })
})

function canListen(port: string): Promise<boolean> {
  return new Promise((answered) => {
    const probe = createServer()
    probe.once('error', () => answered(false))
    probe.listen(Number(port), '127.0.0.1', () => probe.close(() => answered(true)))
  })
}
