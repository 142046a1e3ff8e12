import { ApplicationFailure } from '@temporalio/common'
import { Runtime } from '@temporalio/worker'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import nodemailer from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Database, openDatabase } from '../../persistence/database.js'
import { withoutPersonalText } from '../../worker/log-redaction.js'
import { installRuntime } from '../../worker/runtime-logger.js'

const NAME = 'Ada Unmistakable'
const STREET = '14 Unmistakable Lane'
const ACCOUNT = '5550001234'
const EMAIL = 'ada@unmistakable.example'
const PLANTED = [/unmistakable/i, /5550001234/, /555-000-1234/]

/** Fails as the promise or the call does, and gives back what was thrown. */
async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

describe('no error path writes a name, an address or an account number into the log', () => {
  const lines: string[] = []
  const logger = installRuntime({ level: 'debug', destination: { write: (line) => lines.push(line) } })
  let database: Database
  let relay: SMTPServer
  let relayPort: number
  beforeAll(async () => {
    database = await openDatabase({ kind: 'memory' })
    relay = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: ({ address }, _session, done) => {
        done(Object.assign(new Error(`<${address}> ${NAME} has moved`), { responseCode: 550 }))
      },
    })
    await new Promise<void>((listening) => relay.listen(0, '127.0.0.1', listening))
    relayPort = (relay.server.address() as { port: number }).port
  })
  afterAll(async () => {
    await database.close()
    await new Promise<void>((closed) => relay.close(closed))
  })

  const row = { customer_name: NAME, account_number: ACCOUNT, service_address: { street: STREET } }
  const paths: readonly (readonly [string, () => unknown])[] = [
    [
      'a row that the database refuses',
      async () => {
        const { kysely } = database
        await sql`create table one (name text primary key, street text)`.execute(kysely)
        await sql`insert into one values (${NAME}, ${STREET})`.execute(kysely)
        await sql`insert into one values (${NAME}, ${STREET})`.execute(kysely)
      },
    ],
    ['a value that the database cannot read', () => sql`select ${NAME}::date`.execute(database.kysely)],
    ['a document that is not JSON', () => JSON.parse(`${NAME}, ${STREET}`)],
    ['a list row with too many columns', () => parse(`a,b\n${NAME},${STREET},${ACCOUNT}`)],
    ['an input of another shape', () => z.strictObject({ on: z.iso.date() }).parse({ on: NAME, street: STREET })],
    [
      'a mail that the relay refuses by name',
      () =>
        nodemailer
          .createTransport({ host: '127.0.0.1', port: relayPort })
          .sendMail({ from: 'village@example.org', to: EMAIL, subject: NAME, text: STREET }),
    ],
    [
      'a failure with details',
      () => {
        throw ApplicationFailure.create({ message: 'the chunk failed', details: [row] })
      },
    ],
    [
      'a cause of a cause',
      () => {
        const deepest = Object.assign(new Error(`no such account ${ACCOUNT}`), { row })
        throw new Error('the roster failed', { cause: new Error(`write to ${EMAIL}`, { cause: deepest }) })
      },
    ],
    [
      'several at once',
      () => {
        throw new AggregateError([Object.assign(new Error('first'), { row }), Object.assign(new Error('second'), row)])
      },
    ],
    [
      'something that is no error',
      () => {
        throw row
      },
    ],
  ]

  test.each(paths)('%s', async (_path, work) => {
    const error = await thrownBy(work)
    lines.length = 0
    logger.error({ err: error }, 'it failed')
    logger.error(error)
    logger.warn(error instanceof Error ? { err: error, ...row } : row, `it failed for account ${ACCOUNT}`)
    // as the SDK tells of a failed activity
    Runtime.instance().logger.error('Activity failed', { error, ...row, workflowId: 'cohort/mahomet/initial' })
    await expect.poll(() => lines.length).toBe(4)
    const text = lines.join('')
    expect(text).toContain('cohort/mahomet/initial')
    for (const planted of PLANTED) expect(text).not.toMatch(planted)
  })

  test('what is needed to find the fault stays: type, code, table, constraint and the frames', async () => {
    const cause = await thrownBy(() => sql`insert into one values (${NAME}, ${STREET})`.execute(database.kysely))
    lines.length = 0
    logger.error({ err: new TypeError('the chunk failed', { cause }) }, 'chunk')
    expect(JSON.parse(lines[0] ?? '{}').err).toMatchObject({
      type: 'TypeError',
      message: 'the chunk failed',
      stack: expect.stringMatching(/^\s+at .*log-redaction/),
      cause: { code: '23505', table: 'one', constraint: 'one_pkey' },
    })
  })
})

describe('free text in the log', () => {
  test.each([
    ['account 5550001234 is unknown', 'account (number) is unknown'],
    ['call 555-000-1234', 'call (number)'],
    ['call 217 555 0001 now', 'call (number) now'],
    ['550 5.1.1 <ada@unmistakable.example> unknown', '550 5.1.1 <(address)> unknown'],
    ['to ada.b+c@example.org, cc bob@example.org', 'to (address), cc (address)'],
    ['batch 12 of 3200 letters, drop 2027-03-10', 'batch 12 of 3200 letters, drop 2027-03-10'],
    ['port 54321 refused', 'port 54321 refused'],
  ])('%j is written as %j', (text, expected) => {
    expect(withoutPersonalText(text)).toBe(expected)
  })
})
