/** Words to the workflow server: how long they may take to be heard, so that a person never waits for a server that is down or frozen. */
import type { Desk } from './desk.js'

/** A run hears in milliseconds; longer than a worker needs to be restarted. @unit ms */
const HEARD_WITHIN_MS = 12_000

/** Rejects when the server, or the worker behind it, does not take the words in time; they may still be taken later. */
export function heard<T>(desk: Desk, speak: () => Promise<T>): Promise<T> {
  // the deadline of a call is an hour of this machine, no program time
  const present = performance.timeOrigin + performance.now()
  return desk.temporal.connection.withDeadline(present + (desk.heardWithinMs ?? HEARD_WITHIN_MS), speak)
}
