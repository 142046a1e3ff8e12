/** The clock of a rehearsal that a person moves by hand: `meterhall clock 2027-02-01T08:00:00-06:00`. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Desk } from '../../client/desk.js'
import { compareInstants, type Instant, instant } from '../../domain/instant.js'
import { accepted, refused } from '../../domain/refusal.js'
import { type WebVerb, webVerb } from '../../web/verb-table.js'
import { deliverWakeUps } from '../../worker/ticker.js'
import { lookAtUtility } from '../../worker/utility-look.js'
import { nextDueOfAll, unsettledRuns } from '../../persistence/ledger/runs.js'
import { steppedClock } from '../rehearsal/program-clock.js'
import { local } from '../local-time.js'
import { UsageError } from '../output.js'
import type { EmbeddedParties } from './parties.js'

export interface HandClock {
  now(): Instant
  set(at: Instant): void
}

const CLOCK = 'clock.json'

/** Whether the state of the folder was made in program time; the machine's clock would jump for it. */
export function isRehearsed(folder: string): boolean {
  return existsSync(join(folder, CLOCK))
}

/**
 * Kept with the state: a restart goes on at the same program time.
 * @param from where it begins, as a person asked; null for the present
 */
export function rehearsalClock(folder: string, machineTime: Instant, from: Instant | null): HandClock {
  const path = join(folder, CLOCK)
  if (from !== null && existsSync(path))
    throw new UsageError('This rehearsal has begun; leave out --from, and move its time with: meterhall clock')
  const startsAt = from ?? machineTime
  let at = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Instant) : startsAt
  const keep = (): void => {
    writeFileSync(`${path}.new`, JSON.stringify(at))
    renameSync(`${path}.new`, path)
  }
  keep()
  return {
    now: () => at,
    set(next) {
      at = next
      keep()
    },
  }
}

const MOST_ROUNDS = 200
/** One call moves for so long; the command asks again until the moment is reached, and shows where it is. */
const MOVING_MS = 15_000

/**
 * Moves program time forward, stopping at everything that falls due on the way.
 * @param carry lets the simulated parties take and give what there is at the present program time
 */
export function clockVerb(
  clock: HandClock,
  desk: Desk,
  parties: EmbeddedParties,
  folder: string,
  carry: () => Promise<void>,
): WebVerb {
  const input = z.strictObject({ to: z.string() })
  return webVerb<z.infer<typeof input>>({
    roles: ['clerk', 'village', 'consultant'],
    scope: 'installation',
    input,
    async run(_desk, _asking, { to }) {
      let target: Instant
      try {
        target = instant(to)
      } catch (error) {
        return refused('NO_MOMENT', `${(error as Error).message}.`)
      }
      if (compareInstants(target, clock.now()) < 0)
        return refused(
          'CLOCK_BACKWARDS',
          `Program time is ${local(clock.now())} and only moves forward; give a later moment.`,
        )
      const steps = steppedClock(desk.database, desk.temporal, clock.now())
      // a process that was killed left something undone at this moment: what lies at a party is not taken at a later one
      await goTo(clock.now())
      const until = Date.now() + MOVING_MS
      for (let at = await nextMoment(); at !== null && compareInstants(at, target) < 0; at = await nextMoment()) {
        await goTo(at)
        if (Date.now() > until) return accepted({ now: clock.now(), reached: false })
      }
      await goTo(target)
      return accepted({ now: clock.now(), reached: true })

      async function goTo(at: Instant): Promise<void> {
        if (compareInstants(at, clock.now()) > 0) clock.set(at)
        await steps.advanceTo(clock.now())
        for (let round = 0; round < MOST_ROUNDS; round++) {
          await carry()
          let moved = await lookAtUtility(desk, parties.utilityFiles, folder)
          moved += await deliverWakeUps(desk)
          await steps.settle()
          if (moved === 0 && (await unsettledRuns(desk.database.kysely, clock.now())) === 0) return
        }
      }
      async function nextMoment(): Promise<Instant | null> {
        const moments = [parties.utility.nextAt(), parties.mailHouse.nextAt(), await nextDueOfAll(desk.database.kysely)]
        return (moments.filter((at) => at !== null) as Instant[]).sort(compareInstants)[0] ?? null
      }
    },
  }) as WebVerb
}
