/** Work over many accounts: one transaction per chunk, a sign of life after each. */

/** No chunk is larger; killed, at most one is done again. */
export const CHUNK_ACCOUNTS = 1_000

/** Called after every committed chunk with the number of accounts done so far in this attempt. */
export type Progress = (done: number) => void

/** Repeats a transaction that handles up to a chunk and says how many it handled, until one handles none. */
export async function untilNone(handleChunk: () => Promise<number>, progress: Progress): Promise<number> {
  let done = 0
  for (;;) {
    const handled = await handleChunk()
    done += handled
    progress(done)
    if (handled === 0) return done
  }
}

/** Slices of at most a chunk, in order. */
export function* slices<T>(items: readonly T[], size = CHUNK_ACCOUNTS): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
