/** Fault class 4: what a mail relay can do, and how the sending ends each time. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import { dataRequestFile } from '../../activities/data-request.js'
import { type MailParty, smtpParty } from '../../activities/mail.js'
import { sendMail } from '../../activities/send-mail.js'
import { type Database, openDatabase } from '../../persistence/database.js'
import { planSending } from '../../persistence/ledger/sendings.js'
import { type MailFault, type SimulatedMailCatcher, startMailCatcher } from '../../simulators/mail-catcher.js'
import { DAYS, startVillage } from '../persistence/ledger/phases.js'
import { eventsOf, openItems } from '../persistence/ledger/where-they-stand.js'
import type { Village } from '../persistence/ledger/village.js'

let database: Database
let folder: string
beforeAll(async () => {
  database = await openDatabase({ kind: 'memory' })
  await database.migrate()
  folder = mkdtempSync(join(tmpdir(), 'meterhall-mail-'))
  mkdirSync(dirname(dataRequestFile(folder)), { recursive: true })
  writeFileSync(dataRequestFile(folder), '%PDF-1.7 the form')
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

let village: Village
let sendingId: number
let catcher: SimulatedMailCatcher
let relay: MailParty
beforeEach(async () => {
  village = await startVillage(database)
  sendingId = await database.tx((trx) =>
    planSending(trx, {
      programId: village.programId,
      party: 'mail',
      kind: 'data-request',
      subject: 'data-request/1',
      messageId: `${village.programId}/data-request`,
    }),
  )
  catcher = await startMailCatcher()
  relay = smtpParty(`smtp://127.0.0.1:${catcher.port}?socketTimeout=400`)
})
afterEach(async () => {
  relay.close()
  await catcher.close()
})

/** One attempt, as the activity's next one would be. */
async function attempt(mail = relay): Promise<'done' | 'to be tried again'> {
  const context = {
    database,
    folder,
    mail,
    settings: { mailFrom: 'clerk@village.example', utilityMail: 'data@utility.example' },
  }
  try {
    await sendMail(context as unknown as ActivityContext, { programId: village.programId, asOf: DAYS.start, sendingId })
    return 'done'
  } catch {
    return 'to be tried again'
  }
}

async function sending() {
  return database.kysely.selectFrom('sending').selectAll().where('sending_id', '=', sendingId).executeTakeFirstOrThrow()
}

const caught = (): number => catcher.count(`<${village.programId}.data-request@village.example>`)

describe('fault class 4: before the final dot nothing is sent, and the message goes out once', () => {
  test.each<[string, MailFault]>([
    ['421 at the greeting', { kind: 'reply', stage: 'connect', code: 421 }],
    ['421 at MAIL FROM', { kind: 'reply', stage: 'mail', code: 421 }],
    ['450 for the recipient', { kind: 'reply', stage: 'rcpt', code: 450 }],
    ['451 at DATA', { kind: 'reply', stage: 'data', code: 451 }],
    ['no answer at MAIL FROM', { kind: 'hold', stage: 'mail' }],
    ['no answer before DATA', { kind: 'hold', stage: 'data' }],
    ['451 after the final dot: a definite no', { kind: 'reply', stage: 'final-dot', code: 451 }],
  ])('%s: given back and tried again', async (_name, fault) => {
    catcher.misbehave(fault)
    expect(await attempt()).toBe('to be tried again')
    expect(await sending()).toMatchObject({ state: 'planned', token: null })
    expect(caught()).toBe(0)
    expect(await attempt()).toBe('done')
    expect(await sending()).toMatchObject({ state: 'accepted', attempt: 2 })
    expect(await attempt()).toBe('done')
    expect(caught()).toBe(1)
    expect(await eventsOf(village, 'data-request-sent')).toHaveLength(1)
  })
})

describe('fault class 4: a definite no is told to a person and never tried again by itself', () => {
  test.each<[string, MailFault]>([
    ['550 for the recipient', { kind: 'reply', stage: 'rcpt', code: 550 }],
    ['552 at DATA', { kind: 'reply', stage: 'data', code: 552 }],
    ['554 after the final dot', { kind: 'reply', stage: 'final-dot', code: 554 }],
  ])('%s', async (_name, fault) => {
    catcher.misbehave(fault)
    expect(await attempt()).toBe('done')
    expect(await sending()).toMatchObject({ state: 'refused' })
    expect(await openItems(village)).toEqual(['sending-refused'])
    expect(await attempt()).toBe('done')
    expect(caught()).toBe(0)
  })

  test('the work item names no address, though the relay’s reply does', async () => {
    catcher.misbehave({ kind: 'reply', stage: 'rcpt', code: 550, text: 'no such user data@utility.example' })
    await attempt()
    const item = await database.kysely
      .selectFrom('work_item')
      .select('message')
      .where('program_id', '=', village.programId)
      .executeTakeFirstOrThrow()
    expect(item.message).toBe('The mail refused data-request/1: the relay answered 550')
  })
})

describe('RFC 1047: after the final dot only a definite answer counts', () => {
  test.each<[string, MailFault, number]>([
    ['a reset, and the relay has kept it', { kind: 'reset-after-dot', stored: true }, 1],
    ['a reset, and the relay has not kept it', { kind: 'reset-after-dot', stored: false }, 0],
    ['no answer', { kind: 'hold', stage: 'final-dot' }, 0],
  ])('%s: unknown, listed, and never sent again by itself', async (_name, fault, kept) => {
    catcher.misbehave(fault)
    expect(await attempt()).toBe('done')
    expect(await sending()).toMatchObject({ state: 'unknown', attempt: 1 })
    expect(await openItems(village)).toEqual(['sending-unknown'])
    expect(await eventsOf(village, 'data-request-sent')).toEqual([])
    expect(await attempt()).toBe('done')
    expect(caught()).toBe(kept)
  })

  test('a connection that is closed politely after the final dot: unknown, and the library does not send it again', async () => {
    const silent = await relayThatClosesAfterTheDot()
    const party = smtpParty(`smtp://127.0.0.1:${silent.port}?socketTimeout=2000`)
    expect(await attempt(party)).toBe('done')
    expect(await sending()).toMatchObject({ state: 'unknown' })
    party.close()
    await silent.close()
    expect(silent.messages()).toBe(1)
  })

  test('250 and then a lost connection: accepted, with the relay’s own number where it gives one', async () => {
    catcher.misbehave({ kind: 'drop-after-250' })
    expect(await attempt()).toBe('done')
    expect(await sending()).toMatchObject({ state: 'accepted' })
    expect((await sending()).reply).toMatch(/^accepted by the relay/)
    expect(caught()).toBe(1)
  })
})

/** Says everything that a relay says until the dot, and then FIN. */
async function relayThatClosesAfterTheDot() {
  let messages = 0
  const server: Server = createServer((socket) => {
    let inMessage = false
    socket.on('error', () => {})
    socket.write('220 relay\r\n')
    socket.on('data', (data) => {
      if (inMessage) {
        if (!data.toString('latin1').endsWith('\r\n.\r\n')) return
        messages += 1
        socket.end()
      } else if (/^DATA/i.test(data.toString())) {
        inMessage = true
        socket.write('354 go on\r\n')
      } else socket.write('250 ok\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    messages: () => messages,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
