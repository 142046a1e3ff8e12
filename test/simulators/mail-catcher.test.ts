import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startMailCatcher, type MailFault, type SimulatedMailCatcher } from '../../simulators/mail-catcher.js'

let catcher: SimulatedMailCatcher
let transport: Transporter

beforeEach(async () => {
  catcher = await startMailCatcher()
  transport = transportTo(catcher)
})
afterEach(async () => {
  transport.close()
  await catcher.close()
})

function transportTo({ port }: SimulatedMailCatcher, options: object = {}): Transporter {
  return createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true, ...options })
}

function aMessage(overrides: SendMailOptions = {}): SendMailOptions {
  return {
    from: 'clerk@village.example',
    to: 'data@utility.example',
    subject: 'Customer list',
    text: 'Please see the form.',
    messageId: '<data-request-1@village.example>',
    ...overrides,
  }
}

async function failure(sending: Promise<unknown>): Promise<{ code?: string; responseCode?: number; command?: string }> {
  return sending.then(
    () => {
      throw new Error('the message was accepted')
    },
    (error) => error,
  )
}

describe('what is caught', () => {
  test('a message is kept whole, with its attachment, and counted by its Message-ID', async () => {
    const pdf = Buffer.from('%PDF-1.7\nform')
    await transport.sendMail(aMessage({ attachments: [{ filename: 'form.pdf', content: pdf }] }))
    await transport.sendMail(aMessage())
    const [first] = catcher.messages()
    expect(first).toMatchObject({
      number: 1,
      from: 'clerk@village.example',
      recipients: ['data@utility.example'],
      subject: 'Customer list',
    })
    expect(first?.attachments).toEqual([{ filename: 'form.pdf', contentType: 'application/pdf', content: pdf }])
    expect(catcher.count('<data-request-1@village.example>')).toBe(2)
    expect(catcher.count('<never-sent@village.example>')).toBe(0)
  })

  test('messages lie in the folder and are there again after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mail-'))
    try {
      await catcher.close()
      catcher = await startMailCatcher({ folder })
      await transportTo(catcher).sendMail(aMessage())
      const file = catcher.messages()[0]?.file
      expect(file).toBe(join(folder, '000001.eml'))
      expect(readFileSync(String(file), 'utf8')).toContain('Please see the form.')
      await catcher.close()
      catcher = await startMailCatcher({ folder })
      expect(catcher.messages()[0]).toMatchObject({ number: 1, recipients: ['data@utility.example'] })
      await transportTo(catcher).sendMail(aMessage())
      expect(catcher.messages().map(({ number }) => number)).toEqual([1, 2])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a definite no keeps nothing, and is said once', () => {
  const refusals: [MailFault, object][] = [
    [{ kind: 'reply', stage: 'connect', code: 421 }, { responseCode: 421 }],
    [{ kind: 'reply', stage: 'connect', code: 554 }, { responseCode: 554 }],
    [
      { kind: 'reply', stage: 'mail', code: 451 },
      { responseCode: 451, command: 'MAIL FROM' },
    ],
    [
      { kind: 'reply', stage: 'mail', code: 550 },
      { responseCode: 550, command: 'MAIL FROM' },
    ],
    [
      { kind: 'reply', stage: 'rcpt', code: 450 },
      { responseCode: 450, command: 'RCPT TO' },
    ],
    [
      { kind: 'reply', stage: 'rcpt', code: 550 },
      { responseCode: 550, command: 'RCPT TO' },
    ],
    [
      { kind: 'reply', stage: 'data', code: 451 },
      { responseCode: 451, command: 'DATA' },
    ],
    [
      { kind: 'reply', stage: 'data', code: 554 },
      { responseCode: 554, command: 'DATA' },
    ],
    [
      { kind: 'reply', stage: 'final-dot', code: 452 },
      { responseCode: 452, command: 'DATA' },
    ],
    [
      { kind: 'reply', stage: 'final-dot', code: 552 },
      { responseCode: 552, command: 'DATA' },
    ],
  ]
  test.each(refusals)('%j', async (fault, expected) => {
    catcher.misbehave(fault)
    expect(await failure(transport.sendMail(aMessage()))).toMatchObject(expected)
    expect(catcher.messages()).toEqual([])
    await transport.sendMail(aMessage())
    expect(catcher.messages()).toHaveLength(1)
  })

  test('one recipient of two can be refused', async () => {
    catcher.misbehave({ kind: 'reply', stage: 'rcpt', code: 550, recipient: 'gone@utility.example' })
    const sent = await transport.sendMail(aMessage({ to: ['data@utility.example', 'gone@utility.example'] }))
    expect(sent.rejected).toEqual(['gone@utility.example'])
    expect(catcher.messages()[0]?.recipients).toEqual(['data@utility.example'])
  })
})

describe('an outcome that the client cannot know', () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('a reset after the final dot is an error to the client, kept: %s', async (stored, kept) => {
    catcher.misbehave({ kind: 'reset-after-dot', stored })
    const error = await failure(transport.sendMail(aMessage()))
    expect(error.responseCode).toBeUndefined()
    expect(catcher.count('<data-request-1@village.example>')).toBe(kept)
  })

  test('a connection that ends after the 250 has accepted the message', async () => {
    catcher.misbehave({ kind: 'drop-after-250' })
    const pooled = transportTo(catcher, { pool: true, maxConnections: 1 })
    await pooled.sendMail(aMessage())
    await pooled.sendMail(aMessage({ messageId: '<second@village.example>' }))
    pooled.close()
    expect(catcher.messages().map(({ messageId }) => messageId)).toEqual([
      '<data-request-1@village.example>',
      '<second@village.example>',
    ])
  })

  test.each(['mail', 'rcpt', 'data', 'final-dot'] as const)(
    'a relay that holds its answer at %s answers at the release',
    async (stage) => {
      const reached = new Promise<void>((resolve) => catcher.misbehave({ kind: 'hold', stage, reached: resolve }))
      const sending = transport.sendMail(aMessage())
      await reached
      await transportTo(catcher).sendMail(aMessage({ messageId: '<meanwhile@village.example>' }))
      expect(catcher.messages().map(({ messageId }) => messageId)).toEqual(['<meanwhile@village.example>'])
      catcher.release()
      await sending
      expect(catcher.count('<data-request-1@village.example>')).toBe(1)
    },
  )

  test('a client that gives up before DATA was answered has not handed the message over', async () => {
    catcher.misbehave({ kind: 'hold', stage: 'data' })
    const impatient = transportTo(catcher, { socketTimeout: 50 })
    expect(await failure(impatient.sendMail(aMessage()))).toMatchObject({ code: 'ETIMEDOUT' })
    expect(catcher.messages()).toEqual([])
  })
})
