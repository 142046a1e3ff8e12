/** Content by its hash: files, lists and tokens are known by it. */
import { createHash } from 'node:crypto'

/** 64 lower-case hex digits. Text is hashed as UTF-8. */
export function sha256Of(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}
