/** A mail relay that keeps every message instead of passing it on, and misbehaves when told to. Loopback only. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

export type MailStage = 'connect' | 'mail' | 'rcpt' | 'data' | 'final-dot'

/** Each is used up by the first thing it fits. */
export type MailFault =
  /** `recipient` narrows the stage `rcpt` to one address. A 421 also ends the connection. */
  | {
      readonly kind: 'reply'
      readonly stage: MailStage
      readonly code: number
      readonly text?: string
      readonly recipient?: string
    }
  /** No answer until `release()`; at `data` the client has not sent the message yet, at `final-dot` it has. */
  | { readonly kind: 'hold'; readonly stage: MailStage; readonly reached?: () => void }
  /** The connection is reset after the whole message: the client cannot know whether it was kept. */
  | { readonly kind: 'reset-after-dot'; readonly stored: boolean }
  /** The message is accepted, then the connection ends without QUIT. */
  | { readonly kind: 'drop-after-250' }

export interface CaughtAttachment {
  readonly filename: string | null
  readonly contentType: string
  readonly content: Buffer
}

export interface CaughtMessage {
  /** 1 for the first message ever caught, without gaps. */
  readonly number: number
  /** With its angle brackets, as in the header; empty when there is none. */
  readonly messageId: string
  /** Sender of the envelope; of the header after a restart. */
  readonly from: string
  readonly recipients: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly attachments: readonly CaughtAttachment[]
  readonly raw: Buffer
  /** The .eml file, when there is a folder. */
  readonly file: string | null
}

export interface SimulatedMailCatcher {
  readonly port: number
  messages(): readonly CaughtMessage[]
  /** How many times a message with this Message-ID was kept. */
  count(messageId: string): number
  misbehave(how: MailFault): void
  release(): void
  close(): Promise<void>
}

/** The library's own idle limit, out of the way: a test that waits for the client's limit must not meet this one. */
const IDLE_LIMIT_MS = 24 * 3600 * 1000

export async function startMailCatcher(
  options: { readonly port?: number; readonly folder?: string } = {},
): Promise<SimulatedMailCatcher> {
  const { folder } = options
  const messages: CaughtMessage[] = folder === undefined ? [] : await keptMessages(folder)
  const faults: MailFault[] = []
  let held: (() => void)[] = []

  function take<K extends MailFault['kind']>(
    kind: K,
    fits: (fault: Extract<MailFault, { kind: K }>) => boolean = () => true,
  ): Extract<MailFault, { kind: K }> | null {
    const place = faults.findIndex((fault) => fault.kind === kind && fits(fault as never))
    return place < 0 ? null : (faults.splice(place, 1)[0] as never)
  }

  /** Answers a stage: at once, at the release, or with the reply a fault asks for. */
  function answer(stage: MailStage, done: (refusal?: Error) => void, recipient?: string): void {
    const fault = take(
      'reply',
      (reply) => reply.stage === stage && (reply.recipient === undefined || reply.recipient === recipient),
    )
    const reply = (): void => (fault === null ? done() : done(refusalOf(fault.code, fault.text)))
    const hold = take('hold', ({ stage: where }) => where === stage)
    if (hold === null) {
      reply()
    } else {
      held.push(reply)
      hold.reached?.()
    }
  }

  const connectionOf = (session: SMTPServerSession) =>
    [...server.connections].find((connection) => connection.id === session.id)

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    socketTimeout: IDLE_LIMIT_MS,
    onConnect(session, done) {
      const connection = connectionOf(session)
      if (connection !== undefined) {
        // The library offers no hook before it says 354 to DATA.
        const go = connection.handler_DATA.bind(connection)
        connection.handler_DATA = (command, next) =>
          answer('data', (refusal) => {
            if (refusal === undefined) return go(command, next)
            connection.send((refusal as MailRefusal).responseCode, refusal.message)
            next()
          })
      }
      answer('connect', done)
    },
    onMailFrom(_address, _session, done) {
      answer('mail', done)
    },
    onRcptTo({ address }, _session, done) {
      answer('rcpt', done, address)
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks)
        const socket = connectionOf(session)?._socket
        const reset = take('reset-after-dot')
        if (reset !== null) {
          const end = (): void => void socket?.resetAndDestroy()
          if (reset.stored) void keep(raw, session).then(end)
          else end()
          return
        }
        answer('final-dot', (refusal) => {
          if (refusal !== undefined) return done(refusal)
          void keep(raw, session).then(() => {
            done(null)
            if (take('drop-after-250')) socket?.end()
          }, done)
        })
      })
    },
  })
  // A client that goes away in the middle of a command is its own affair.
  server.on('error', () => {})

  async function keep(raw: Buffer, session: SMTPServerSession): Promise<void> {
    const { mailFrom, rcptTo } = session.envelope
    const envelope = { from: mailFrom ? mailFrom.address : '', recipients: rcptTo.map(({ address }) => address) }
    const parsed = await parsedMessage(raw)
    const number = messages.length + 1
    const file = folder === undefined ? null : join(folder, `${String(number).padStart(6, '0')}.eml`)
    if (file !== null) writeFileSync(file, raw)
    messages.push({ ...parsed, ...envelope, number, file })
  }

  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })

  return {
    port: (server.server.address() as AddressInfo).port,
    messages: () => [...messages],
    count: (messageId) => messages.filter((message) => message.messageId === messageId).length,
    misbehave: (how) => {
      faults.push(how)
    },
    release: () => {
      const replies = held
      held = []
      for (const reply of replies) reply()
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const connection of server.connections) connection._socket.destroy()
        server.close(() => resolve())
      }),
  }
}

interface MailRefusal extends Error {
  responseCode: number
}

function refusalOf(code: number, text = 'the simulated relay says no'): MailRefusal {
  return Object.assign(new Error(text), { responseCode: code })
}

async function parsedMessage(raw: Buffer): Promise<Omit<CaughtMessage, 'number' | 'file'>> {
  const mail = await simpleParser(raw)
  const to = mail.to === undefined ? [] : Array.isArray(mail.to) ? mail.to : [mail.to]
  return {
    messageId: mail.messageId ?? '',
    from: mail.from?.value[0]?.address ?? '',
    recipients: to.flatMap(({ value }) => value.flatMap(({ address }) => (address === undefined ? [] : [address]))),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || null,
    attachments: mail.attachments.map(({ filename, contentType, content }) => ({
      filename: filename ?? null,
      contentType,
      content,
    })),
    raw,
  }
}

async function keptMessages(folder: string): Promise<CaughtMessage[]> {
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => join(folder, name))
  return Promise.all(
    files.map(async (file, index) => ({ ...(await parsedMessage(readFileSync(file))), number: index + 1, file })),
  )
}
