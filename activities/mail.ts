/**
 * E-mail: pooled, with a Message-ID that never changes, and an honest account of what happened.
 *
 * The receiver takes responsibility with its reply to the final dot. Just before that dot the sending is marked as handed over; an error
 * before it sent nothing, a 4xx or 5xx after it refused it, anything else leaves it unknown.
 */
import { Readable } from 'node:stream'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import SMTPPool from 'nodemailer/lib/smtp-pool/index.js'

export interface OutgoingMail {
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly attachments: readonly { readonly filename: string; readonly content: Uint8Array }[]
}

export type MailOutcome =
  | { readonly kind: 'accepted'; readonly reply: string }
  | { readonly kind: 'refused'; readonly reply: string }
  /** Certainly not sent; may be tried again. */
  | { readonly kind: 'not-sent'; readonly reply: string }
  | { readonly kind: 'unknown'; readonly reply: string }

export interface MailParty {
  /** `handOver` is awaited after the message's last byte and before the final dot; when it throws, nothing is sent. */
  send(mail: OutgoingMail, handOver: () => Promise<void>): Promise<MailOutcome>
  close(): void
}

/** A slow line never holds much more than this of a message that the ledger counts as handed over. */
const PART_BYTES = 16_384

/** @param url for example `smtp://relay.example:587`; user and password come from the environment through it */
export function smtpParty(url: string): MailParty {
  // a message is never put back into the library's own queue: whether it goes out again is decided by what the ledger knows
  const pool = new SMTPPool({ url, pool: true, maxConnections: 4, maxRequeues: 0 } as SMTPPool.Options)
  return {
    async send(mail, handOver) {
      const message = await new MailComposer({
        messageId: `<${mail.messageId.replaceAll('/', '.')}@${mail.from.split('@')[1] ?? 'localhost'}>`,
        from: mail.from,
        to: mail.to,
        subject: mail.subject,
        text: mail.text,
        attachments: mail.attachments.map((file) => ({ filename: file.filename, content: Buffer.from(file.content) })),
      })
        .compile()
        .build()
      let handedOver = false
      // read by the connection itself and not before it may send: a stream of the library's own would run ahead
      async function* body(): AsyncGenerator<Buffer> {
        for (let from = 0; from < message.length; from += PART_BYTES) yield message.subarray(from, from + PART_BYTES)
        await handOver()
        handedOver = true
      }
      const toSend = {
        getEnvelope: () => ({ from: mail.from, to: [mail.to] }),
        messageId: () => mail.messageId,
        getHeader: () => mail.messageId,
        createReadStream: () => Readable.from(body()),
      }
      try {
        const info = await new Promise<{ readonly response?: string }>((resolve, reject) => {
          const letter = { data: {}, message: toSend } as unknown as Parameters<SMTPPool['send']>[0]
          pool.send(letter, (error, answer) => (answer === undefined ? reject(error) : resolve(answer)))
        })
        return { kind: 'accepted', reply: `accepted by the relay${queueIdIn(String(info.response))}` }
      } catch (error) {
        return outcomeOf(error as SmtpError, handedOver)
      }
    },
    close: () => pool.close(),
  }
}

interface SmtpError extends Error {
  readonly responseCode?: number
  readonly code?: string
}

/** What finds the message again in the relay's log; most relays name it in their reply. */
function queueIdIn(reply: string): string {
  const id = /queued as ([A-Za-z0-9.-]+)/i.exec(reply)?.[1]
  return id === undefined ? '' : ` as ${id}`
}

/** Replies may repeat the address they refuse, so that only code and class are kept. */
function outcomeOf(error: SmtpError, handedOver: boolean): MailOutcome {
  const { responseCode } = error
  if (responseCode !== undefined && responseCode >= 500)
    return { kind: 'refused', reply: `the relay answered ${responseCode}` }
  if (responseCode !== undefined) return { kind: 'not-sent', reply: `the relay answered ${responseCode}` }
  const what = error.code ?? error.name
  return handedOver
    ? { kind: 'unknown', reply: `the connection ended after the message was handed over (${what})` }
    : { kind: 'not-sent', reply: `the relay could not be used (${what})` }
}
