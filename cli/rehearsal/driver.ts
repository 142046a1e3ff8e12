/**
 * The driver: moves everything outside from one queue in program time.
 *
 * It goes to the earliest of the next fact of the script, the next answer of a party and the next due instant of a run; applies the facts
 * of that moment; lets the runs do what is due; carries files between the parties and the ledger; and only then goes on. A fact that
 * makes nothing due leaves the runs asleep, so that the server's clock, which is a second or more ahead after every move, never
 * overtakes the facts.
 */
import { compareInstants, type Instant, isBefore } from '../../domain/instant.js'
import { nextDueOfAll, unsettledRuns } from '../../persistence/ledger/runs.js'
import { owedWakeUps } from '../../persistence/ledger/wake-ups.js'
import { deliverWakeUps } from '../../worker/ticker.js'
import { lookAtUtility } from '../../worker/utility-look.js'
import type { Stage } from './stage.js'

/** What the driver moves. */
export type DrivenWorld = Pick<
  Stage,
  'desk' | 'database' | 'sftp' | 'utility' | 'mailHouse' | 'utilityFiles' | 'clock' | 'setNow'
>

export interface Fact {
  readonly at: Instant
  apply(): Promise<void>
}

export interface Driver {
  readonly now: Instant
  add(fact: Fact): void
  /** Runs, parties and ledger have nothing left to do at this moment. */
  settle(): Promise<void>
  /** Until the queue is empty and no run has anything due any more; or up to a moment, inclusive. */
  run(until?: Instant): Promise<void>
}

/** A run that has not come to rest after this many rounds never will. */
const MOST_ROUNDS = 60

export function createDriver(
  stage: DrivenWorld,
  startsAt: Instant,
  folder: string,
  onAnswer: (party: 'mail-house', name: string, content: Buffer) => Promise<void>,
): Driver {
  const queue: Fact[] = []
  let now = startsAt
  /** Where the clock of the runs stands; it follows `now` when there is something to do. */
  let clockAt = startsAt

  async function carryFiles(): Promise<boolean> {
    let moved = false
    for (const file of stage.sftp.newFiles('utility', 'outbox')) {
      stage.utility.due(now)
      stage.utility.receive({ name: file.name, content: file.content, at: now })
      stage.sftp.markTaken('utility', `outbox/${file.name}`)
      moved = true
    }
    for (const file of stage.sftp.newFiles('mail-house', 'outbox')) {
      await deliverAnswers()
      stage.mailHouse.receive({ name: file.name, content: file.content, at: now })
      stage.sftp.markTaken('mail-house', `outbox/${file.name}`)
      moved = true
    }
    return (await deliverAnswers()) || moved
  }

  async function deliverAnswers(): Promise<boolean> {
    const utility = stage.utility.due(now)
    for (const answer of utility) stage.sftp.put('utility', `${answer.directory}/${answer.name}`, answer.content)
    const printed = stage.mailHouse.due(now)
    for (const answer of printed) await onAnswer('mail-house', answer.name, answer.content)
    if (utility.length > 0) await lookAtUtility(stage.desk, stage.utilityFiles, folder)
    return utility.length + printed.length > 0
  }

  async function settle(): Promise<void> {
    if (isBefore(clockAt, now)) await stage.clock.advanceTo(now)
    clockAt = now
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const carried = await carryFiles()
      const woken = await deliverWakeUps(stage.desk)
      await stage.clock.settle()
      if (!carried && woken === 0 && (await unsettledRuns(stage.database.kysely, now)) === 0) return
    }
    throw new Error(`the rehearsal does not come to rest at ${now}: ${await describeUnsettled(stage)}`)
  }

  /** The next moment of the runs and the parties. */
  async function nextOfOthers(): Promise<Instant | null> {
    const parties = [stage.utility.nextAt(), stage.mailHouse.nextAt()] as (Instant | null)[]
    return earliest([...parties, await nextDueOfAll(stage.database.kysely)])
  }

  async function applyFacts(): Promise<void> {
    for (let fact = queue[0]; fact !== undefined && compareInstants(fact.at, now) <= 0; fact = queue[0]) {
      queue.shift()
      await fact.apply()
    }
  }

  return {
    get now() {
      return now
    },
    add(fact) {
      const place = queue.findIndex((other) => compareInstants(other.at, fact.at) > 0)
      if (place < 0) queue.push(fact)
      else queue.splice(place, 0, fact)
    },
    settle,
    async run(until) {
      for (;;) {
        const others = await nextOfOthers()
        const due = earliest([queue[0]?.at ?? null, others])
        const isOver = due === null || (until !== undefined && compareInstants(due, until) > 0)
        if (isOver && (until === undefined || compareInstants(now, until) >= 0)) return
        const at = isOver ? (until as Instant) : (due as Instant)
        if (isBefore(now, at)) now = at
        stage.setNow(now)
        await applyFacts()
        const othersAreDue = others !== null && compareInstants(others, now) <= 0
        if (isOver || othersAreDue || (await owedWakeUps(stage.database.kysely)).length > 0) await settle()
      }
    },
  }
}

function earliest(moments: readonly (Instant | null)[]): Instant | null {
  return moments.filter((at) => at !== null).sort(compareInstants)[0] ?? null
}

/** Names of runs and what they wait for: for a person who has to find out why. */
async function describeUnsettled(stage: DrivenWorld): Promise<string> {
  const runs = await stage.database.kysely
    .selectFrom('run')
    .leftJoin('wake', 'wake.workflow_id', 'run.workflow_id')
    .selectAll('run')
    .select(['wake.due', 'wake.seen', 'wake.signalled'])
    .where('run.ended', '=', false)
    .execute()
  const stuck: string[] = []
  for (const run of runs.filter((each) => each.busy)) {
    const { raw } = await stage.desk.temporal.workflow.getHandle(run.workflow_id).describe()
    for (const pending of raw.pendingActivities ?? [])
      stuck.push(
        `${pending.activityType?.name}: attempt ${pending.attempt}: ${pending.lastFailure?.message ?? 'running'}`,
      )
  }
  return [
    ...stuck,
    ...runs.map(
      (run) =>
        `${run.workflow_id} ${run.phase} busy=${run.busy} due=${run.next_due} wake=${run.due}/${run.signalled}/${run.seen} (${run.waiting_for})`,
    ),
  ].join('; ')
}
