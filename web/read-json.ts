/** Reading a request: JSON, not too long, of exactly the shape asked for. */
import type { z } from 'zod'
import { firstFault } from '../persistence/input-file.js'
import { type Denial, denial } from './answers.js'

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly denial: Denial }

export interface Expected<T> {
  readonly schema: z.ZodType<T>
  /** As it stands in the answer, for example `the sign-in`. */
  readonly what: string
  readonly maxBytes: number
}

export async function readJson<T>(request: Request, expected: Expected<T>): Promise<Read<T>> {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    return no(denial(415, 'NOT_JSON', 'Send JSON, with content-type: application/json.'))
  }
  const bytes = await readAtMost(request, expected.maxBytes)
  if (bytes === undefined) {
    return no(
      denial(
        413,
        'TOO_LARGE',
        `${capital(expected.what)} is longer than ${expected.maxBytes} bytes; send less at once.`,
      ),
    )
  }
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return no(
      denial(
        400,
        'MALFORMED_JSON',
        `${capital(expected.what)} is not one JSON document in UTF-8; correct it and send it again.`,
      ),
    )
  }
  return checkedInput(value, expected.schema, expected.what)
}

export function checkedInput<T>(value: unknown, schema: z.ZodType<T>, what: string): Read<T> {
  const result = schema.safeParse(value)
  if (result.success) return { ok: true, value: result.data }
  const fault = firstFault(result.error)
  return no(denial(400, 'INVALID_INPUT', `There is a fault in ${what} at ${fault}; correct it and send it again.`))
}

/** Undefined when there is more; the length is counted, because the one in the header is a promise. */
async function readAtMost(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const promised = request.headers.get('content-length')
  if (Number(promised ?? 0) > maxBytes) return undefined
  if (promised !== null) {
    // HTTP holds the sender to it, and in one piece it is read without a stream
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.byteLength > maxBytes ? undefined : bytes
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function no(denied: Denial): { readonly ok: false; readonly denial: Denial } {
  return { ok: false, denial: denied }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
