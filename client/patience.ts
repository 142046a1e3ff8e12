/** Words to the workflow server: how long they may take to be heard, so that a person never waits for a server that is down or frozen. */
import { WorkflowNotFoundError } from '@temporalio/client'
import { hasSpoken } from '../persistence/ledger/runs.js'
import type { Desk } from './desk.js'

/** A run hears in milliseconds; longer than a worker needs to be restarted. @unit ms */
const HEARD_WITHIN_MS = 12_000

/** Rejects when the server, or the worker behind it, does not take the words in time; they may still be taken later. */
export function heard<T>(desk: Desk, speak: () => Promise<T>): Promise<T> {
  // the deadline of a call is an hour of this machine, no program time
  const present = performance.timeOrigin + performance.now()
  return desk.temporal.connection.withDeadline(present + (desk.heardWithinMs ?? HEARD_WITHIN_MS), speak)
}

/** Between two words to a run that is about to begin. @unit ms */
const SAID_AGAIN_AFTER_MS = 100

/**
 * The same to a run that may be about to begin: a cohort has none until everybody is in it, some seconds after the award. One that has
 * spoken before and is gone has ended, and is not waited for.
 */
export function heardOnceBegun<T>(desk: Desk, workflowId: string, speak: () => Promise<T>): Promise<T> {
  return heard(desk, async () => {
    for (;;) {
      try {
        return await speak()
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error
        if (await hasSpoken(desk.database.kysely, workflowId)) throw error
        // the deadline of the calls ends this too
        await new Promise((resolve) => setTimeout(resolve, SAID_AGAIN_AFTER_MS))
      }
    }
  })
}
