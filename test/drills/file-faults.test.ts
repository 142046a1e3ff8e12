/** Fault class 5: what a file server can do, and how the sending ends each time. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import { deliverFile } from '../../activities/deliver-file.js'
import type { FileParty } from '../../activities/file-party.js'
import { sftpParty } from '../../activities/sftp-party.js'
import type { Desk } from '../../client/desk.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { sha256Of } from '../../persistence/sha256-of.js'
import { planSending } from '../../persistence/ledger/sendings.js'
import { throwSwitch } from '../../persistence/ledger/stop-switches.js'
import {
  newSftpKeyPair,
  type SftpFault,
  type SimulatedSftpServer,
  startSftpServer,
} from '../../simulators/sftp-server.js'
import { lookAtUtility } from '../../worker/utility-look.js'
import { DAYS, granted, startVillage } from '../persistence/ledger/phases.js'
import { openItems } from '../persistence/ledger/where-they-stand.js'
import { occasion, verb, type Village } from '../persistence/ledger/village.js'

const NAME = '814-000000001.edi'
/** Three writes of an SFTP client; each test has a file of its own. */
let content: Buffer
/** What a faulty operation may take before it is given up. */
const PATIENCE_MS = 500

let database: Database
let copies: string
beforeAll(async () => {
  database = await openDatabase({ kind: 'memory' })
  await database.migrate()
  copies = mkdtempSync(join(tmpdir(), 'meterhall-copies-'))
})
afterAll(async () => {
  await database.close()
  rmSync(copies, { recursive: true, force: true })
})

let village: Village
let sendingId: number
let server: SimulatedSftpServer
let party: FileParty
let arrivals: string[]
const keys = newSftpKeyPair()
beforeEach(async () => {
  village = await startVillage(database)
  content = Buffer.alloc(90_000, `${village.programId} `)
  sendingId = await database.tx((trx) =>
    planSending(trx, {
      programId: village.programId,
      party: 'utility',
      kind: 'enroll',
      subject: 'interchange/1',
      messageId: `${village.programId}/interchange/1`,
    }),
  )
  server = await startSftpServer({
    parties: {
      utility: { directories: ['outbox', 'inbox', 'lists'], users: [{ name: 'meterhall', publicKey: keys.publicKey }] },
    },
  })
  arrivals = []
  server.onFileRenamed((_party, _from, to) => arrivals.push(to))
  party = partyWith(server.hostKeySha256())
})
afterEach(async () => {
  await party.close()
  await server.close()
})

function partyWith(hostKeySha256: string): FileParty {
  return sftpParty({
    host: '127.0.0.1',
    port: server.port,
    username: 'meterhall',
    privateKey: keys.privateKey,
    hostKeySha256,
    outbox: 'outbox',
    patience: PATIENCE_MS,
  })
}

async function attempt(): Promise<boolean | 'to be tried again'> {
  try {
    return await deliverFile({ database } as ActivityContext, occasion(village, DAYS.freeze), party, sendingId, {
      name: NAME,
      content,
    })
  } catch {
    return 'to be tried again'
  }
}

async function sending() {
  return database.kysely.selectFrom('sending').selectAll().where('sending_id', '=', sendingId).executeTakeFirstOrThrow()
}

describe('fault class 5: a file is at the party whole, once, or not at all', () => {
  test.each<[string, SftpFault]>([
    ['the connection is cut in the middle of the file', { kind: 'cut-write', afterBytes: 40_000 }],
    ['the disk is full', { kind: 'disk-full', afterBytes: 40_000 }],
    ['a write is never answered', { kind: 'stall', operation: 'write' }],
  ])('%s: nothing under its name; the next attempt brings it', async (_name, fault) => {
    server.inject(fault)
    expect(await attempt()).toBe('to be tried again')
    expect(await sending()).toMatchObject({ state: 'planned' })
    expect(server.newFiles('utility', 'outbox')).toEqual([])
    expect(await attempt()).toBe(true)
    expect(await sending()).toMatchObject({ state: 'accepted', attempt: 2 })
    expect(server.read('utility', `outbox/${NAME}`)?.equals(content)).toBe(true)
    expect(await attempt()).toBe(true)
    expect(arrivals).toEqual([`/outbox/${NAME}`])
  })

  test.each<[string, SftpFault]>([
    ['the rename is refused', { kind: 'refuse-rename' }],
    ['the rename is done and its answer lost', { kind: 'cut-after-rename' }],
    ['the rename is never answered', { kind: 'stall', operation: 'rename' }],
  ])('%s: what the party has is looked at, and the delivery finished', async (_name, fault) => {
    server.inject(fault)
    expect(await attempt()).toBe(true)
    expect(await sending()).toMatchObject({ state: 'accepted', attempt: 1 })
    expect(arrivals).toEqual([`/outbox/${NAME}`])
    expect(server.read('utility', `outbox/${NAME}`)?.equals(content)).toBe(true)
  })

  test('a rename that is refused again and again stays handed over, and is finished when it can be', async () => {
    for (let i = 0; i < 3; i++) server.inject({ kind: 'refuse-rename' })
    expect(await attempt()).toBe('to be tried again')
    expect(await sending()).toMatchObject({ state: 'handed-over' })
    expect(await attempt()).toBe('to be tried again')
    expect(await attempt()).toBe(true)
    expect(arrivals).toEqual([`/outbox/${NAME}`])
  })

  test('the answer to the rename is lost and the party has taken the file away: unknown, and never sent again by itself', async () => {
    server.onFileRenamed(() => server.remove('utility', `outbox/${NAME}`))
    server.inject({ kind: 'cut-after-rename' })
    expect(await attempt()).toBe(false)
    expect(await sending()).toMatchObject({ state: 'unknown' })
    expect(await openItems(village)).toEqual(['sending-unknown'])
    expect(await attempt()).toBe(false)
    expect(arrivals).toHaveLength(1)
  })

  test('while sending is stopped an interrupted delivery is not finished either', async () => {
    for (let i = 0; i < 2; i++) server.inject({ kind: 'refuse-rename' })
    await attempt()
    granted(await database.tx((trx) => throwSwitch(trx, verb(village, DAYS.freeze), 'utility', true, 'wait')))
    expect(await attempt()).toBe(false)
    expect(arrivals).toEqual([])
    granted(await database.tx((trx) => throwSwitch(trx, verb(village, DAYS.freeze), 'utility', false, 'go on')))
    expect(await attempt()).toBe(true)
    expect(arrivals).toHaveLength(1)
  })
})

describe('fault class 5: a changed host key stops the party and is not trusted', () => {
  beforeEach(() => server.changeHostKey())

  test('nothing is sent, the party is stopped, and a person is told once', async () => {
    expect(await attempt()).toBe(false)
    expect(await attempt()).toBe(false)
    expect(await sending()).toMatchObject({ state: 'planned' })
    expect(server.list('utility', 'outbox')).toEqual([])
    expect(await openItems(village)).toEqual(['changed-host-key'])
  })

  test('nothing is read from it either', async () => {
    server.put('utility', 'inbox/answer.x12', Buffer.from('ISA'))
    expect(await look()).toBe(0)
    expect(await look()).toBe(0)
    expect(await inboundFiles()).toEqual([])
    expect(await openItems(village)).toEqual(['changed-host-key'])
  })

  test('with the new key pinned and the switch released it goes out', async () => {
    await attempt()
    party = partyWith(server.hostKeySha256())
    expect(await attempt()).toBe(false)
    granted(
      await database.tx((trx) => throwSwitch(trx, verb(village, DAYS.freeze), 'utility', false, 'asked the utility')),
    )
    expect(await attempt()).toBe(true)
    expect(arrivals).toHaveLength(1)
  })
})

describe('fault class 5: what the party leaves for us', () => {
  test('a file that is still being written is left alone', async () => {
    server.put('utility', 'inbox/answer.x12.part', Buffer.from('ISA'))
    server.put('utility', 'inbox/answer.x12.tmp', Buffer.from('ISA'))
    expect(await look()).toBe(0)
    expect(await inboundFiles()).toEqual([])
  })

  test('the connection is cut while a file is read: it stays there and is stored whole at the next look', async () => {
    server.put('utility', 'inbox/answer.x12', content)
    server.inject({ kind: 'cut-read', afterBytes: 40_000 })
    await expect(look()).rejects.toThrow()
    expect(await inboundFiles()).toEqual([])
    expect(await look()).toBe(1)
    expect(await inboundFiles()).toEqual([{ name: 'answer.x12', bytes: content.length }])
    expect(server.list('utility', 'inbox')).toEqual([])
  })

  test('the same file under two names, and again a day later, is stored once and started once', async () => {
    const started: string[] = []
    server.put('utility', 'inbox/answer.x12', content)
    server.put('utility', 'inbox/answer-again.x12', content)
    expect(await look(started)).toBe(2)
    server.put('utility', 'inbox/answer.x12', content)
    expect(await look(started)).toBe(1)
    expect(await inboundFiles()).toHaveLength(1)
    expect(new Set(started).size).toBe(1)
    expect(started).toHaveLength(1)
  })
})

async function look(started: string[] = []): Promise<number> {
  const start = async (_type: string, { workflowId }: { workflowId: string }) => started.push(workflowId)
  const desk = {
    database,
    temporal: { workflow: { start } },
    now: () => DAYS.answers,
    clock: 'stepped',
  } as unknown as Desk
  return lookAtUtility(desk, party, copies)
}

async function inboundFiles() {
  const rows = await database.kysely
    .selectFrom('inbound_file')
    .innerJoin('inbound_content', 'inbound_content.sha256', 'inbound_file.sha256')
    .select(['name', 'content'])
    .where('inbound_file.sha256', '=', sha256Of(content))
    .execute()
  return rows.map((row) => ({ name: row.name, bytes: row.content.length }))
}
