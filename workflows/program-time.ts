/**
 * Program time inside a run, and the one way to wait for it.
 *
 * Program time is the server's time plus an offset that is recorded input. `timer` sleeps on the server's timers; `stepped` waits
 * for the signal `programTimeIs`, which one driver sends to all runs. Sleeping never decides anything: what is due is asked again
 * afterwards and decided by recorded times.
 */
import { condition, defineSignal, setHandler } from '@temporalio/workflow'
import { type Instant, instantFromMillis, millisOf } from '../domain/instant.js'

export interface ProgramTime {
  readonly mode: 'timer' | 'stepped'
  /** Milliseconds added to the server's time; 0 when live. */
  readonly offsetMs: number
  /** Stepped runs: program time at the start of the run. */
  readonly startsAt: Instant
}

export const programTimeIs = defineSignal<[Instant]>('programTimeIs')
/** Facts were recorded that may move a due instant; `seq` is the outbox's count. */
export const factsRecorded = defineSignal<[number]>('factsRecorded')

export interface Clock {
  now(): Instant
  /** Until the instant, or until a fact or a decision came in; null: only until then. */
  waitUntil(due: Instant | null): Promise<void>
  /** Something changed: whoever waits looks again. */
  wake(): void
  /** For the next run of the same workflow. */
  carriedOver(): ProgramTime
}

/** The longest timer asked for at once; a longer wait is asked for again. Keeps a run from outliving a corrected calendar unseen. */
const LONGEST_TIMER_MS = 90 * 24 * 3_600_000

export function startClock(time: ProgramTime): Clock {
  let steppedTo = time.startsAt
  let woken = false
  setHandler(programTimeIs, (t) => {
    if (millisOf(t) > millisOf(steppedTo)) steppedTo = t
  })
  setHandler(factsRecorded, () => {
    woken = true
  })
  const now = (): Instant => (time.mode === 'stepped' ? steppedTo : instantFromMillis(Date.now() + time.offsetMs))
  return {
    now,
    wake: () => {
      woken = true
    },
    carriedOver: () => ({ ...time, startsAt: now() }),
    async waitUntil(due) {
      if (due === null) await condition(() => woken)
      else if (time.mode === 'stepped') await condition(() => woken || millisOf(steppedTo) >= millisOf(due))
      else {
        const ms = millisOf(due) - millisOf(now())
        if (ms > 0) await condition(() => woken, Math.min(ms, LONGEST_TIMER_MS))
      }
      woken = false
    },
  }
}
