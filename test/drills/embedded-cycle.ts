/** One cycle of a made-up village on the embedded stack, driven through the verbs over HTTP, with the example's bid. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Conservation } from '../../client/conservation.js'
import type { Status } from '../../client/status.js'
import { instant } from '../../domain/instant.js'
import { openDatabase } from '../../persistence/database.js'
import { projectRoot } from '../../persistence/project-root.js'
import type { LargeVillage } from '../support/large-village.js'
import { type EmbeddedStack, Refused } from './embedded-stack.js'
import { countOf, stateBySubject } from './end-state.js'

export const STARTS_AT = instant('2027-01-11T08:00:00-06:00')
export const PROGRAM = 'mahomet'
const EXAMPLE = join(projectRoot, 'examples', 'mahomet')
const MAILED_ON = '2027-01-20'
/** After the last letter, and after the last reply. */
const MOMENTS = {
  mailed: '2027-01-21T09:00:00-06:00',
  replies: '2027-02-02T12:00:00-06:00',
  end: '2027-06-30T12:00:00-05:00',
}
const REPLIES = 12
const PAUSE_MS = 200

export interface EmbeddedCycle {
  /** Steps of the cycle by name, in order; a drill disturbs whichever it wants. */
  readonly steps: readonly (readonly [name: string, take: () => Promise<void>])[]
  readonly decisions: readonly string[]
  endState(): Promise<EmbeddedEnd>
}

export interface EmbeddedEnd {
  readonly conservation: Conservation
  /** How many accounts stand where, by row state. */
  readonly accounts: Readonly<Record<string, number>>
  /** Kinds of journal entries, counted; what tells of a kill is left out. */
  readonly events: Readonly<Record<string, number>>
  /** Subject to the state of the sending that counts. */
  readonly sendings: Readonly<Record<string, string>>
  readonly files: readonly string[]
  /** Name of each file that the parties have, and the number of messages caught. */
  readonly atParties: readonly string[]
  readonly messages: number
}

/** Entries that a kill may add: they tell of it. */
const OF_THE_KILL = ['sending-unknown', 'sending-decided', 'work-item-opened', 'work-item-closed']

export function embeddedCycle(stack: EmbeddedStack, village: LargeVillage): EmbeddedCycle {
  const decisions: string[] = []
  let second = ''
  const ask = <T>(verb: string, input: unknown = {}, token?: string): Promise<T> =>
    stack.ask<T>(verb, input, { programId: PROGRAM, ...(token === undefined ? {} : { token }) })
  const status = (): Promise<Status> => ask<Status>('status')

  /** What a person does about a sending whose outcome nobody knows: looks at what the relay kept, and says so. */
  async function decideUnknown(): Promise<void> {
    for (const sending of (await status()).unknownSendings) {
      const choice = readdirSync(join(stack.folder, 'mail')).length > 0 ? 'treat-as-sent' : 'send-again'
      await ask('sending-resolve', { sending: sending.sending, choice })
      decisions.push(`${sending.subject} ${choice}`)
    }
  }

  async function clock(to: string): Promise<void> {
    for (;;) {
      const { reached } = await stack.ask<{ reached: boolean }>('clock', { to })
      await decideUnknown()
      if (reached) return
    }
  }

  /** Asked until the ledger has come so far; each time as a request of its own. */
  async function onceReady<T>(take: () => Promise<T>, notYet: readonly string[]): Promise<T> {
    for (;;) {
      try {
        return await take()
      } catch (error) {
        if (!(error instanceof Refused) || !notYet.includes(error.code)) throw error
        await decideUnknown()
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }
  }

  /** Of the households with the default supply, in the order of the list. */
  function accountNumbers(): string[] {
    const [header = '', ...rows] = (village.lists[0]?.content.toString() ?? '').trimEnd().split('\n')
    const column = header.split(',').indexOf('account_number')
    return [...new Set(rows.map((row) => row.split(',')[column] ?? ''))]
  }

  return {
    decisions,
    steps: [
      [
        'the data request',
        async () => {
          await ask('program-start', {
            plan: 'mahomet',
            boundary: village.boundary,
            readDates: JSON.parse(readFileSync(join(stack.folder, 'simulated', 'read-dates.json'), 'utf8')),
            defaultRates: JSON.parse(readFileSync(join(EXAMPLE, 'default-rates.json'), 'utf8')),
          })
          second = (await ask<{ token: string }>('user-add', { name: 'second', roles: ['consultant', 'village'] }))
            .token
        },
      ],
      [
        'the list',
        async () => {
          await onceReady(() => ask('list-sign'), ['NO_LIST', 'LIST_NOT_REVIEWED', 'NO_REVIEW'])
          await ask('list-sign', {}, second)
        },
      ],
      [
        'the award',
        async () => {
          const bid = JSON.parse(readFileSync(join(EXAMPLE, 'bids', 'prairie-wind.json'), 'utf8')) as {
            supplier: string
          }
          await onceReady(() => ask('bid-add', bid), ['NO_RFP', 'RFP_NOT_ISSUED'])
          await ask('bid-open')
          await ask('award', { supplier: bid.supplier })
        },
      ],
      [
        'the letters',
        async () => {
          await onceReady(() => ask('drops-plan', { drops: [{ plannedOn: MAILED_ON, accounts: null }] }), ['NO_AWARD'])
          await ask('notice-proof')
          await ask('notice-approve')
        },
      ],
      [
        'the mailing',
        async () => {
          await clock(MOMENTS.mailed)
          for (const drop of (await status()).drops)
            await ask('evidence-add', { dropNo: drop.drop, on: MAILED_ON, pieces: drop.pieces, form: 'PS Form 3606-D' })
        },
      ],
      [
        'the replies',
        async () => {
          await clock(MOMENTS.replies)
          for (const account of accountNumbers().slice(0, REPLIES))
            await ask('receipt-add', { account, channel: 'phone', received: MOMENTS.replies })
        },
      ],
      ['the roster, the enrollments and the service', () => clock(MOMENTS.end)],
    ],
    async endState() {
      await decideUnknown()
      const conservation = await ask<Conservation>('ledger')
      await stack.stop()
      // nobody else holds the folder now
      const database = await openDatabase({ kind: 'folder', folder: stack.folder })
      try {
        const db = database.kysely
        const accounts = await db.selectFrom('account').select('state').execute()
        const events = await db.selectFrom('event').select('kind').execute()
        const sendings = await db.selectFrom('sending').select(['subject', 'state']).orderBy('sending_id').execute()
        const interchanges = await db.selectFrom('interchange').selectAll().orderBy('interchange_id').execute()
        return {
          conservation,
          accounts: countOf(accounts.map((account) => account.state)),
          events: countOf(events.map((event) => event.kind).filter((kind) => !OF_THE_KILL.includes(kind))),
          sendings: stateBySubject(sendings),
          files: interchanges.map((row) =>
            [row.kind, row.file_name, row.isa13, row.gs06, row.st_first, row.requests, row.state].join(' '),
          ),
          atParties: filesUnder(join(stack.folder, 'simulated', 'sftp', 'files')),
          messages: readdirSync(join(stack.folder, 'mail')).length,
        }
      } finally {
        await database.close()
      }
    },
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort()
}
