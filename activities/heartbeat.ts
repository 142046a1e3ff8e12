/** Signs of life while a party, a printer or a parser takes its time: a worker that died is noticed, one that works is not taken for dead. */
import type { ActivityContext } from './context.js'

const EVERY_MS = 10_000

export async function withHeartbeat<T>(
  context: Pick<ActivityContext, 'heartbeat' | 'heartbeatEvery'>,
  work: () => Promise<T>,
): Promise<T> {
  const beat = setInterval(() => context.heartbeat(0), context.heartbeatEvery ?? EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
  }
}
