/**
 * What Temporal stores of us, encrypted: AES-256-GCM under one of a ring of keys.
 *
 * Payloads hold ids, counts and instants only; this is the second wall. New payloads are written under the first key; the key's id
 * stands in the metadata, so that older ones open as long as their key stays in the ring. Workflow ids, task queues, search
 * attributes and failure types are not payloads and stay readable.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common'
import proto from '@temporalio/proto'
import { projectRoot } from '../persistence/project-root.js'
import { secretVariable, SettingError } from '../persistence/secret-variable.js'

export interface PayloadKey {
  /** Stored with every payload: letters, digits, `.`, `_` and `-`. */
  readonly id: string
  readonly secret: Uint8Array
}

/** At least one key, no id twice. */
export interface PayloadKeyRing {
  /** Encrypts everything new. */
  readonly active: PayloadKey
  readonly byId: ReadonlyMap<string, PayloadKey>
}

const VARIABLE = 'METERHALL_PAYLOAD_KEYS'
const KEY_BYTES = 32
const ENCODING = 'binary/encrypted'
/** Twelve random bytes, the length GCM is made for: safe for 2^32 payloads under one key (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Reads `METERHALL_PAYLOAD_KEYS` (or the file `METERHALL_PAYLOAD_KEYS_FILE`): `id:base64` entries with commas between
 * them, the active key first. Undefined when neither is set.
 * @throws Error in one sentence, without any part of a key
 */
export function payloadKeysFrom(environment: NodeJS.ProcessEnv = process.env): PayloadKeyRing | undefined {
  const text = secretVariable(VARIABLE, environment)
  return text === undefined ? undefined : payloadKeyRing(text)
}

/** @param text as in `payloadKeysFrom` */
export function payloadKeyRing(text: string): PayloadKeyRing {
  const keys = text.split(',').map((entry, index) => readKey(entry.trim(), index + 1))
  const byId = new Map(keys.map((key) => [key.id, key]))
  const [active] = keys
  if (active === undefined || byId.size < keys.length) {
    throw new SettingError(`${VARIABLE} names one key id twice; give each key its own id.`)
  }
  return { active, byId }
}

/** A new entry for the ring. Put it first to make it the active one; keep the older ones behind it. */
export function newPayloadKey(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`
}

function readKey(entry: string, position: number): PayloadKey {
  const [, id, base64] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry) ?? []
  const secret = Buffer.from(base64 ?? '', 'base64')
  if (id === undefined || secret.length !== KEY_BYTES) {
    throw new SettingError(
      `Entry ${position} of ${VARIABLE} is not a key; write id:base64 with ${KEY_BYTES} random bytes, for example from: openssl rand -base64 ${KEY_BYTES}`,
    )
  }
  return { id, secret }
}

/**
 * For clients, workers and replay alike. Workflow code takes its failure converter from the bundle: `failureConverterPath`
 * goes into `bundleWorkflowCode` too. Without keys failures are still kept out of the readable fields.
 */
export function payloadDataConverter(ring: PayloadKeyRing | undefined): DataConverter {
  return { failureConverterPath, ...(ring === undefined ? {} : { payloadCodecs: [payloadCodec(ring)] }) }
}

export const failureConverterPath: string = join(projectRoot, 'worker', 'failure-converter.cjs')

/** Payloads that are not encrypted pass: runs that were started before there was a key go on. */
export function payloadCodec(ring: PayloadKeyRing): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => seal(ring.active, payload)),
    decode: async (payloads) =>
      payloads.map((payload) => (textOf(payload, 'encoding') === ENCODING ? open(ring, payload) : payload)),
  }
}

const { Payload: PayloadMessage } = proto.temporal.api.common.v1

function seal(key: PayloadKey, payload: Payload): Payload {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce)
  const sealed = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()])
  return {
    metadata: { encoding: Buffer.from(ENCODING), 'encryption-key-id': Buffer.from(key.id) },
    data: Buffer.concat([nonce, cipher.getAuthTag(), sealed]),
  }
}

function open(ring: PayloadKeyRing, payload: Payload): Payload {
  const id = textOf(payload, 'encryption-key-id')
  const key = ring.byId.get(id)
  if (key === undefined) {
    throw new Error(
      `A payload is encrypted under the key "${id}", which is not in ${VARIABLE}; add that key behind the active one.`,
    )
  }
  const data = payload.data ?? new Uint8Array()
  try {
    const nonce = data.subarray(0, NONCE_BYTES)
    const tag = data.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce, { authTagLength: TAG_BYTES }).setAuthTag(tag)
    const opened = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
    return PayloadMessage.decode(opened)
  } catch {
    throw new Error(
      `A payload encrypted under the key "${id}" does not open: the key of that id in ${VARIABLE} is another one, or the payload was changed; put the right key back.`,
    )
  }
}

function textOf(payload: Payload, field: string): string {
  return Buffer.from(payload.metadata?.[field] ?? []).toString()
}
