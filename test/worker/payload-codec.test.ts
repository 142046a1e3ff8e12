import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { describe, expect, test } from 'vitest'
import { newPayloadKey, payloadCodec, payloadKeyRing, payloadKeysFrom } from '../../worker/payload-codec.js'

const ENTRIES = { first: newPayloadKey('k1'), second: newPayloadKey('k2') }
const ring = (...entries: string[]) => payloadKeyRing(entries.join(','))
const SECRET = 'an Unmistakable value'

const sealed = async (keys: string[], value: unknown): Promise<Payload> => {
  const [payload] = await payloadCodec(ring(...keys)).encode([defaultPayloadConverter.toPayload(value)])
  if (payload === undefined) throw new Error('nothing was encoded')
  return payload
}
const opened = async (keys: string[], payload: Payload): Promise<unknown> => {
  const [plain] = await payloadCodec(ring(...keys)).decode([payload])
  return defaultPayloadConverter.fromPayload(plain as Payload)
}

describe('a payload in Temporal', () => {
  test('comes back as it was, and nothing of it can be read before', async () => {
    const payload = await sealed([ENTRIES.first], { text: SECRET, none: null })
    expect(await opened([ENTRIES.first], payload)).toEqual({ text: SECRET, none: null })
    expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('Unmistakable')
    expect(Object.keys(payload.metadata ?? {}).sort()).toEqual(['encoding', 'encryption-key-id'])
  })

  test('never looks the same twice', async () => {
    const one = await sealed([ENTRIES.first], SECRET)
    const other = await sealed([ENTRIES.first], SECRET)
    expect(one.data).not.toEqual(other.data)
  })

  test.each([[undefined], [''], [new Uint8Array([0, 255])]])('may be empty or binary: %j', async (value) => {
    expect(await opened([ENTRIES.first], await sealed([ENTRIES.first], value))).toEqual(value)
  })

  test('from before there was a key passes as it is', async () => {
    expect(await opened([ENTRIES.first], defaultPayloadConverter.toPayload({ plain: 1 }))).toEqual({ plain: 1 })
  })
})

describe('rotation of keys', () => {
  test('writes under the first key and still opens what older keys wrote', async () => {
    const old = await sealed([ENTRIES.first], SECRET)
    const fresh = await sealed([ENTRIES.second, ENTRIES.first], SECRET)
    expect(Buffer.from(fresh.metadata?.['encryption-key-id'] ?? []).toString()).toBe('k2')
    expect(await opened([ENTRIES.second, ENTRIES.first], old)).toBe(SECRET)
    expect(await opened([ENTRIES.second, ENTRIES.first], fresh)).toBe(SECRET)
  })

  test('a key that was taken out of the ring too early is named', async () => {
    const old = await sealed([ENTRIES.first], SECRET)
    await expect(opened([ENTRIES.second], old)).rejects.toThrow('the key "k1", which is not in METERHALL_PAYLOAD_KEYS')
  })

  test('another key under the same id opens nothing and says so', async () => {
    const payload = await sealed([ENTRIES.first], SECRET)
    await expect(opened([newPayloadKey('k1')], payload)).rejects.toThrow(/under the key "k1" does not open/)
  })
})

describe('a payload that was tampered with', () => {
  const places = { nonce: 0, 'tag of authentication': 12, content: 28, 'last byte': -1 }
  test.each(Object.entries(places))('is refused when a bit of its %s changed', async (_place, at) => {
    const payload = await sealed([ENTRIES.first], SECRET)
    const data = Buffer.from(payload.data ?? [])
    const index = at < 0 ? data.length + at : at
    data[index] = (data[index] ?? 0) ^ 1
    await expect(opened([ENTRIES.first], { ...payload, data })).rejects.toThrow(/was changed/)
  })

  test.each([0, 11, 12, 27, 28, 40])('is refused when only %i bytes are left', async (length) => {
    const payload = await sealed([ENTRIES.first], SECRET)
    const data = (payload.data ?? new Uint8Array()).subarray(0, length)
    await expect(opened([ENTRIES.first], { ...payload, data })).rejects.toThrow(/was changed/)
  })

  test('is refused when it claims the key of another', async () => {
    const payload = await sealed([ENTRIES.first], SECRET)
    const metadata = { ...payload.metadata, 'encryption-key-id': Buffer.from('k2') }
    await expect(opened([ENTRIES.first, ENTRIES.second], { ...payload, metadata })).rejects.toThrow(
      /"k2" does not open/,
    )
  })
})

describe('METERHALL_PAYLOAD_KEYS', () => {
  test('names the keys, the active one first', () => {
    const read = payloadKeysFrom({ METERHALL_PAYLOAD_KEYS: `${ENTRIES.second}, ${ENTRIES.first}` })
    expect(read?.active.id).toBe('k2')
    expect([...(read?.byId.keys() ?? [])]).toEqual(['k2', 'k1'])
  })

  test('may be a file of secrets, with a line break at its end', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'meterhall-keys-')), 'keys')
    writeFileSync(path, `${ENTRIES.first}\n`)
    expect(payloadKeysFrom({ METERHALL_PAYLOAD_KEYS_FILE: path })?.active.id).toBe('k1')
  })

  test('unset means no encryption', () => {
    expect(payloadKeysFrom({})).toBeUndefined()
    expect(payloadKeysFrom({ METERHALL_PAYLOAD_KEYS: '' })).toBeUndefined()
  })

  const [, base64 = ''] = ENTRIES.first.split(':')
  const short = Buffer.alloc(31).toString('base64')
  test.each([
    ['a key of 31 bytes', { METERHALL_PAYLOAD_KEYS: `k1:${short}` }, /Entry 1 .* is not a key/],
    ['a second entry without id', { METERHALL_PAYLOAD_KEYS: `${ENTRIES.first},${base64}` }, /Entry 2 .* is not a key/],
    ['an empty entry', { METERHALL_PAYLOAD_KEYS: `${ENTRIES.first},` }, /Entry 2 .* is not a key/],
    ['one id twice', { METERHALL_PAYLOAD_KEYS: `${ENTRIES.first},${newPayloadKey('k1')}` }, /one key id twice/],
    ['both ways at once', { METERHALL_PAYLOAD_KEYS: ENTRIES.first, METERHALL_PAYLOAD_KEYS_FILE: '/none' }, /unset one/],
    ['a file that is not there', { METERHALL_PAYLOAD_KEYS_FILE: '/no/such/file' }, /cannot be read \(ENOENT\)/],
  ])('%s is refused in one sentence that shows no key', (_what, environment, message) => {
    let told = ''
    try {
      payloadKeysFrom(environment)
    } catch (error) {
      told = String(error)
    }
    expect(told).toMatch(message)
    expect(told).not.toContain(base64)
    expect(told).not.toContain(short)
  })
})
