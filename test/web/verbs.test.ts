import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Desk } from '../../client/desk.js'
import { instant } from '../../domain/instant.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { addOperator, hashPassword, issueToken, OPERATOR_ROLES } from '../../persistence/ledger/operators.js'
import { projectRoot } from '../../persistence/project-root.js'
import type { OperatorRole } from '../../persistence/tables.js'
import { createApp } from '../../web/app.js'
import { verbs } from '../../web/verbs.js'

const NOW = instant('2027-01-11T14:00:00Z')

describe('the table of verbs', () => {
  const mayAsk = (role: OperatorRole) => Object.keys(verbs).filter((name) => verbs[name]?.roles.includes(role))

  test.each(Object.keys(verbs))(
    '%s has a plain name, somebody who may, and takes no field it does not name',
    (name) => {
      const verb = verbs[name]
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(verb?.roles.length).toBeGreaterThan(0)
      const codes = verb?.input.safeParse({ surprise: 1 }).error?.issues.map((issue) => issue.code)
      expect(codes).toContain('unrecognized_keys')
    },
  )

  test('auditors read and change nothing', () => {
    expect(mayAsk('auditor').sort()).toEqual([
      ...['accounts', 'case', 'journal', 'ledger', 'programs', 'status', 'work-items'],
    ])
  })

  test('only the village awards, approves its letter and says who may sign in', () => {
    const villageOnly = Object.keys(verbs).filter((name) => verbs[name]?.roles.join() === 'village')
    expect(villageOnly.sort()).toEqual(['award', 'notice-approve', 'user-add', 'user-end', 'users'])
  })
})

describe('verbs that need the ledger only', () => {
  let database: Database
  let app: ReturnType<typeof createApp>
  const tokens = {} as Record<OperatorRole, string>
  const sent: { workflowId: string; update: string; id: string; args: unknown[] }[] = []
  let ids = 0

  beforeAll(async () => {
    database = await openDatabase({ kind: 'memory' })
    await database.migrate()
    const getHandle = (workflowId: string) => ({
      async startUpdate({ name }: { name: string }, { args, updateId }: { args: unknown[]; updateId: string }) {
        sent.push({ workflowId, update: name, id: updateId, args })
        return { result: async () => ({ ok: true, value: {} }) }
      },
    })
    const connection = { withDeadline: (_deadline: number, speak: () => Promise<unknown>) => speak() }
    const temporal = { connection, workflow: { getHandle, start: async () => ({}) } } as unknown as Client
    const desk: Desk = { database, temporal, now: () => NOW, clock: 'timer' }
    app = createApp({ desk, verbs, logger: pino({ level: 'silent' }), now: () => NOW })
    const passwordHash = await hashPassword('not used in this suite')
    for (const role of OPERATOR_ROLES) {
      const verb = { verbId: `setup-${role}`, programId: '', actor: 'setup', at: NOW }
      await database.tx((trx) => addOperator(trx, verb, { name: role, roles: [role], passwordHash }))
      tokens[role] = await issueToken(database.kysely, { operator: role, kind: 'token', at: NOW, expiresAt: null })
    }
    expect(await ask('consultant', 'program-start', start)).toMatchObject({ status: 200 })
  })
  afterAll(() => database.close())

  const ask = async (role: OperatorRole, name: string, input: unknown, verbId = `request-${++ids}`) => {
    const response = await app.request(`/verbs/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens[role]}`, 'content-type': 'application/json' },
      body: JSON.stringify({ verbId, programId: 'mahomet', input }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const start = {
    plan: 'mahomet',
    boundary: readFileSync(join(projectRoot, 'examples/mahomet/village-list/boundary.csv'), 'utf8'),
    readDates: { '01': ['2027-03-02'] },
    defaultRates: { on: '2027-01-01', centsPerKwh: { 'DS-1': '8.613' }, source: 'the utility’s price to compare' },
  }

  test('a program keeps the rates as exact numbers, and starts once', async () => {
    const row = await database.kysely.selectFrom('default_rate').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({ rate_class: 'DS-1', milli_cents: 8613 })
    expect(await ask('consultant', 'program-start', start)).toMatchObject({
      status: 409,
      body: { error: { code: 'PROGRAM_EXISTS' } },
    })
  })

  test('a second program is refused: what belongs to one town must not reach another', async () => {
    const elsewhere = await app.request('/verbs/program-start', {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.consultant}`, 'content-type': 'application/json' },
      body: JSON.stringify({ verbId: 'another-town', programId: 'elsewhere', input: start }),
    })
    expect(await elsewhere.json()).toMatchObject({
      error: { code: 'ANOTHER_PROGRAM', message: expect.stringMatching(/runs mahomet; .*installation of its own/) },
    })
    expect(await database.kysely.selectFrom('program').select('program_id').execute()).toHaveLength(1)
  })

  test('a boundary file that is none is told as a fault of the request', async () => {
    const wrong = { ...start, boundary: 'not a boundary file' }
    expect(await ask('consultant', 'program-start', wrong)).toMatchObject({
      status: 400,
      body: { error: { code: 'FILE_UNUSABLE', message: expect.stringContaining('boundary') } },
    })
  })

  test('a list is stored byte for byte, and the same one twice is one', async () => {
    const content = Buffer.from([0xff, 0xfe, 0x41, 0x00])
    const files = [{ kind: 'fixed', name: 'fixed.csv', base64: content.toString('base64') }]
    const list = { asOf: '2027-01-11', files }
    expect(await ask('clerk', 'list-import', list)).toMatchObject({ status: 200, body: { value: { repeated: false } } })
    expect(await ask('clerk', 'list-import', list)).toMatchObject({ status: 200, body: { value: { repeated: true } } })
    const [file, ...others] = await database.kysely.selectFrom('list_file').selectAll().execute()
    expect(others).toEqual([])
    expect(Buffer.from(file?.content ?? [])).toEqual(content)
    expect(file?.sha256).toBe(createHash('sha256').update(content).digest('hex'))
  })

  test('a receipt dated tomorrow is refused with its clause', async () => {
    const reply = { account: '0123456789', channel: 'phone', received: '2027-01-12T09:00:00-06:00' }
    expect(await ask('clerk', 'receipt-add', reply)).toMatchObject({
      status: 409,
      body: { error: { code: 'RECEIPT_FROM_FUTURE', clause: expect.stringMatching(/\w/) } },
    })
  })

  test('a receipt of an account that nobody knows is kept for a person', async () => {
    const reply = { account: '9999999999', channel: 'phone', received: '2027-01-11T07:00:00-06:00' }
    expect(await ask('clerk', 'receipt-add', reply)).toMatchObject({
      status: 200,
      body: { value: { verdict: 'needs-a-person', effect: 'work-item' } },
    })
    expect(await ask('auditor', 'status', {})).toMatchObject({
      status: 200,
      body: { value: { toDo: [{ kind: 'unmatched-reply' }] } },
    })
  })

  test.each([
    [
      'a rate with four decimals',
      'program-start',
      { ...start, defaultRates: { ...start.defaultRates, centsPerKwh: { 'DS-1': '8.6131' } } },
    ],
    ['a day that does not exist', 'return-add', { letterCode: 'A', returnedOn: '2027-02-30' }],
    ['a moment without its offset', 'receipt-add', { account: '1', channel: 'phone', received: '2027-01-11T07:00:00' }],
    [
      'a channel that does not exist',
      'receipt-add',
      { account: '1', channel: 'pigeon', received: '2027-01-11T07:00:00Z' },
    ],
    [
      'content that is not base64',
      'list-import',
      { asOf: '2027-01-11', files: [{ kind: 'fixed', name: 'f', base64: '§' }] },
    ],
    ['a password of eleven signs', 'user-add', { name: 'kay', roles: ['clerk'], password: '12345678901' }],
    ['a role that does not exist', 'user-add', { name: 'kay', roles: ['mayor'], password: '123456789012' }],
  ])('%s is refused before anything is done', async (_what, name, input) => {
    expect(await ask('village', name, input)).toMatchObject({ status: 400, body: { error: { code: 'INVALID_INPUT' } } })
  })

  test('who was added may sign in with the roles given', async () => {
    const password = 'a long enough pass phrase'
    expect(await ask('village', 'user-add', { name: 'kay', roles: ['clerk'], password })).toMatchObject({ status: 200 })
    const response = await app.request('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'kay', password }),
    })
    expect(await response.json()).toEqual({ value: { name: 'kay', roles: ['clerk'] } })
    const kept = await database.kysely.selectFrom('verb').selectAll().where('name', '=', 'add-operator').execute()
    expect(JSON.stringify(kept)).not.toContain(password)
  })

  test('asked again under the same id, the token is of whoever was added, whatever the name says now', async () => {
    const lee = { name: 'lee', roles: ['clerk'] }
    expect(await ask('village', 'user-add', lee, 'add-lee-once')).toMatchObject({ status: 200 })
    const again = await ask('village', 'user-add', { ...lee, name: 'village' }, 'add-lee-once')
    const { token } = again.body['value'] as { token: string }
    const who = await app.request('/session', { headers: { authorization: `Bearer ${token}` } })
    expect(await who.json()).toMatchObject({ value: { name: 'lee' } })
  })

  test('who may sign in is listed for the village, without what they sign in with; who left is not', async () => {
    const names = async () => {
      const { body } = await ask('village', 'users', {})
      return (body as { value: { name: string }[] }).value.map((user) => user.name)
    }
    expect(await ask('village', 'user-add', { name: 'mia', roles: ['auditor'] })).toMatchObject({ status: 200 })
    expect(await names()).toContain('mia')
    const { body } = await ask('village', 'users', {})
    expect((body as { value: unknown[] }).value).toContainEqual({ name: 'mia', roles: ['auditor'] })
    expect(await ask('village', 'user-end', { name: 'mia' })).toMatchObject({ status: 200 })
    expect(await names()).not.toContain('mia')
    expect(await ask('clerk', 'users', {})).toMatchObject({ status: 403 })
  })

  test('drops name their accounts in the ledger, so that no number passes through a workflow', async () => {
    const drops = [{ plannedOn: '2027-02-25', accounts: ['0000000001'] }]
    expect(await ask('clerk', 'drops-plan', { drops })).toMatchObject({
      status: 409,
      body: { error: { code: 'NO_SUCH_ACCOUNT' } },
    })
    const everybody = [{ plannedOn: '2027-02-25', accounts: null }]
    expect(await ask('clerk', 'drops-plan', { drops: everybody })).toMatchObject({
      status: 409,
      body: { error: { code: 'NO_AWARD' } },
    })
  })

  test('a decision goes to the run as an Update under the client’s own id, by whoever is signed in', async () => {
    sent.length = 0
    expect(await ask('village', 'award', { supplier: null }, 'the-award-1')).toMatchObject({ status: 200 })
    expect(sent).toEqual([
      {
        workflowId: 'program/mahomet',
        update: 'award',
        id: 'the-award-1',
        args: [{ verbId: 'the-award-1', actor: 'village', bidId: null }],
      },
    ])
  })
})
