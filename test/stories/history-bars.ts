/** A cycle's cost in the workflow server, at one size and between two. */
import { conservationOf } from '../../client/conservation.js'
import { type HistoryCost, costOf, historiesOf, terminateRuns } from '../support/run-histories.js'
import { accountNumber, largeVillage } from '../support/large-village.js'
import { runSteppedCycle, type SteppedCycleOptions, type SteppedServer } from '../support/stepped-cycle.js'

/** Architecture §3; the limit of a run is 51,200 events. */
export const BARS = {
  eventsPerThousand: 100,
  startsPerThousand: 20,
  largestRun: 5_000,
  /** Ids, counts and instants: a list of the batches of a county at most. @unit bytes */
  largestPayload: 4_096,
  largestChunk: 1_000,
} as const

export interface CycleCost extends HistoryCost {
  readonly accounts: number
  readonly balances: boolean
  readonly listed: number
  readonly enrolled: number
  /** Of accounts in one print batch, and of transactions in one file. */
  readonly largestChunk: number
  /** What the stand-ins could not do, but for accounts that a drop names and that get no notice. */
  readonly notes: readonly string[]
}

/** Runs a whole cycle of a village of that size and counts. */
export async function cycleCost(
  server: SteppedServer,
  accounts: number,
  options: SteppedCycleOptions = {},
): Promise<CycleCost> {
  const cycle = await runSteppedCycle(server, largeVillage(accounts), options)
  try {
    const { database, client } = cycle.stage
    const histories = await historiesOf(client, database, cycle.programId)
    const listed = new Set(Array.from({ length: accounts }, (_, index) => accountNumber(index + 1)))
    const conservation = await conservationOf(database.kysely, cycle.programId, listed)
    const files = await database.kysely.selectFrom('interchange').select('requests').execute()
    const batches = await database.kysely
      .selectFrom('piece')
      .select((eb) => eb.fn.countAll<number>().as('pieces'))
      .where('batch_id', 'is not', null)
      .groupBy('batch_id')
      .execute()
    await terminateRuns(client, histories)
    return {
      ...costOf(histories),
      accounts,
      balances: conservation.balances,
      listed: conservation.listed,
      enrolled: conservation.dispositions.enrolled,
      largestChunk: Math.max(...files.map((file) => file.requests), ...batches.map((batch) => Number(batch.pieces))),
      notes: cycle.notes.filter((note) => !note.startsWith('drop ')),
    }
  } finally {
    await cycle.close()
  }
}

export interface Slope {
  readonly eventsPerThousand: number
  readonly startsPerThousand: number
  /** What a cycle costs before its first account. */
  readonly fixedEvents: number
  readonly fixedStarts: number
}

/** The cost of a thousand accounts more, and what is left of the smaller cycle without its accounts. */
export function slopeBetween(smaller: CycleCost, larger: CycleCost): Slope {
  const thousands = (larger.accounts - smaller.accounts) / 1_000
  const eventsPerThousand = (larger.events - smaller.events) / thousands
  const startsPerThousand = (larger.activityStarts - smaller.activityStarts) / thousands
  return {
    eventsPerThousand,
    startsPerThousand,
    fixedEvents: smaller.events - (eventsPerThousand * smaller.accounts) / 1_000,
    fixedStarts: smaller.activityStarts - (startsPerThousand * smaller.accounts) / 1_000,
  }
}
