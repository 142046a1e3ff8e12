/** What a simulated SFTP server can be told to do wrong, and what it holds back meanwhile. */

export type StallableOperation = 'open' | 'read' | 'write' | 'close' | 'rename' | 'readdir'

/** Each is used up by the first operation it fits; bytes count within one file, from its beginning. */
export type SftpFault =
  /** The connection ends once that many bytes of a file are written; the rest is lost. */
  | { readonly kind: 'cut-write'; readonly afterBytes: number }
  | { readonly kind: 'cut-read'; readonly afterBytes: number }
  | { readonly kind: 'refuse-rename' }
  /** The file is renamed, but the client never hears it: the outcome is unknown to it. */
  | { readonly kind: 'cut-after-rename' }
  | { readonly kind: 'disk-full'; readonly afterBytes: number }
  /** No READ of one file gives more than this. */
  | { readonly kind: 'short-reads'; readonly bytes: number }
  /** The operation is done and answered only at `release()`. */
  | { readonly kind: 'stall'; readonly operation: StallableOperation; readonly reached?: () => void }

export interface SftpFaults {
  inject(fault: SftpFault): void
  /** Takes the first waiting fault of this kind that fits, if there is one. */
  take<K extends SftpFault['kind']>(
    kind: K,
    fits?: (fault: Extract<SftpFault, { kind: K }>) => boolean,
  ): Extract<SftpFault, { kind: K }> | null
  /** Runs the operation now, or at the release when a stall waits for it. */
  run(operation: StallableOperation, action: () => void): void
  release(): void
}

export function createSftpFaults(): SftpFaults {
  const waiting: SftpFault[] = []
  let held: (() => void)[] = []
  const faults: SftpFaults = {
    inject(fault) {
      waiting.push(fault)
    },
    take(kind, fits = () => true) {
      const place = waiting.findIndex((fault) => fault.kind === kind && fits(fault as never))
      return place < 0 ? null : (waiting.splice(place, 1)[0] as never)
    },
    run(operation, action) {
      const stall = faults.take('stall', (fault) => fault.operation === operation)
      if (stall === null) return action()
      held.push(action)
      stall.reached?.()
    },
    release() {
      const actions = held
      held = []
      for (const action of actions) action()
    },
  }
  return faults
}
