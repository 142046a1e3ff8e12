/** Several programs, one inbox at the utility: every transaction is applied once, by the program that it is about. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ActivityContext } from '../../activities/context.js'
import type { FileParty, WaitingFile } from '../../activities/file-party.js'
import { applyInboundChunk } from '../../activities/utility-inbox.js'
import type { Desk } from '../../client/desk.js'
import type { Database } from '../../persistence/database.js'
import { sha256Of } from '../../persistence/sha256-of.js'
import { lookAtUtility, UTILITY_FOLDERS } from '../../worker/utility-look.js'
import { type RawTransaction, rawInterchange } from '../edi/raw-interchange.js'
import { requestOf } from '../persistence/ledger/answers.js'
import { DAYS, startVillage, villageAt } from '../persistence/ledger/phases.js'
import { anAccount, type Village } from '../persistence/ledger/village.js'
import { eventsOf, expectBalance, openItems, stateOf } from '../persistence/ledger/where-they-stand.js'
import { describeOnEachStore } from '../support/each-store.js'

const WRITTEN_FOR = '006900001'
/** Listed in no town. */
const NOBODY = '0009999901'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'meterhall-shared-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let towns = 0
let files = 0
let references = 0

describeOnEachStore('one inbox for several programs', (store) => {
  let database: Database
  /** The oldest program of the installation: what is for no supplier of ours is told there. */
  let oldest: Village
  let supplierId: string
  let waiting: WaitingFile[]
  let started: string[]
  beforeAll(async () => {
    database = store.database()
    oldest = await startVillage(database, { accounts: [] })
  })
  beforeEach(() => {
    supplierId = nextSupplier()
    waiting = []
    started = []
  })

  const nextSupplier = () => String(6_910_000 + ++towns).padStart(9, '0')

  /** Four households, of which all have been asked for. */
  function town(supplier = supplierId, numbers = fourHouseholds()): Promise<Village> {
    const accounts = numbers.map((number) => anAccount({ number }))
    return villageAt(database, 'submitted', { accounts, supplierId: supplier })
  }
  function fourHouseholds(): string[] {
    towns += 1
    return [1, 2, 3, 4].map((n) => `0007${String(towns).padStart(4, '0')}0${n}`)
  }
  const nth = (village: Village, n: number): string => village.accounts[n - 1]?.accountNumber ?? ''

  const receive = (...contents: readonly string[]): Promise<void> =>
    receiveNamed(...contents.map((content) => [`answer-${++files}.edi`, content] as const))
  async function receiveNamed(...named: readonly (readonly [string, string])[]): Promise<void> {
    for (const [name, content] of named) waiting.push({ name, path: name, content: Buffer.from(content, 'latin1') })
    const utility = {
      waiting: async (from: string) => (from === UTILITY_FOLDERS.inbox ? [...waiting] : []),
      remove: async (_from: string, taken: WaitingFile) => {
        waiting = waiting.filter((file) => file !== taken)
      },
    } as unknown as FileParty
    const start = async (_type: string, { workflowId }: { workflowId: string }) => started.push(workflowId)
    const temporal = { workflow: { start } } as unknown as Client
    const desk: Desk = { database, temporal, now: () => DAYS.answers, clock: 'stepped' }
    await lookAtUtility(desk, utility, folder)
    for (const id of started.splice(0)) {
      const [, programId = '', sha256 = ''] = id.split('/')
      runs.push([programId, sha256])
      const call = { programId, sha256, asOf: DAYS.answers }
      while (!(await applyInboundChunk({ database } as unknown as ActivityContext, call)).done);
    }
  }
  /** Program and file of every run. */
  const runs: (readonly [string, string])[] = []
  const runsOf = (content: string): string[] =>
    runs.filter(([, sha256]) => sha256 === sha256Of(Buffer.from(content, 'latin1'))).map(([programId]) => programId)

  const file = (supplier: string, ...transactions: readonly RawTransaction[]): string =>
    rawInterchange([transactions], { control: String(900_000_000 + ++files) }).replaceAll(WRITTEN_FOR, supplier)

  async function accept(village: Village, n: number): Promise<RawTransaction> {
    const { lin01, service_point: point } = await requestOf(village, nth(village, n))
    return [...answer(lin01), 'ASI*WQ*021', `REF*12*${nth(village, n)}`, `REF*LU*${point}`, 'DTM*150*20270402']
  }
  const answer = (lin01: string): RawTransaction => [
    '814',
    `BGN*11*U-${++references}*20270324`,
    `LIN*${lin01}*SH*EL*SH*CE`,
  ]
  const dropped = (number: string): RawTransaction => [
    ...(['814', `BGN*13*U-${++references}*20270326`, `LIN*U-LIN-${references}*SH*EL*SH*CE`] as const),
    ...['ASI*F*024', 'REF*1P*EB3', `REF*12*${number}`],
  ]
  const used = (number: string): RawTransaction => [
    ...(['867', `BPT*00*U-${++references}*20270505`, `REF*12*${number}`] as const),
    ...['DTM*150*20270402', 'DTM*151*20270504'],
  ]
  const renumbered = (number: string, former: string): RawTransaction => [
    ...(['814', `BGN*11*U-${++references}*20270329***MANUAL`, `LIN*U-LIN-${references}*SH*EL*SH*CE`] as const),
    ...['ASI*WQ*021', 'REF*1P*BNK', `REF*12*${number}`, `REF*LU*${number}1`, `REF*45*${former}`, 'DTM*150*20270329'],
  ]
  async function acknowledge(village: Village, verdict: 'A' | 'R'): Promise<RawTransaction> {
    const { interchange_id: id } = await requestOf(village, nth(village, 1))
    const { gs06 } = await database.kysely
      .selectFrom('interchange')
      .select('gs06')
      .where('interchange_id', '=', id ?? 0)
      .executeTakeFirstOrThrow()
    return ['997', `AK1*GE*${gs06}`, `AK9*${verdict}*1*1*${verdict === 'A' ? 1 : 0}`]
  }
  const statesOf = (village: Village) => Promise.all([1, 2, 3, 4].map((n) => stateOf(village, nth(village, n))))
  /** What an unmatched transaction leaves, by town. */
  const unmatchedIn = async (village: Village) => (await eventsOf(village, 'transaction-unmatched')).length

  test('of one supplier, answers in one file: each town hears of its own, and nothing is left over', async () => {
    const [a, b] = [await town(), await town()]
    const content = file(supplierId, await accept(b, 1), await accept(a, 1), await accept(b, 2), await accept(a, 2))
    await receive(content)
    for (const village of [a, b]) {
      expect(await statesOf(village)).toEqual(['accepted', 'accepted', 'submitted', 'submitted'])
      expect(await openItems(village)).toEqual([])
      expect((await eventsOf(village, 'file-received'))[0]?.data).toMatchObject({ transactions: 2 })
      await expectBalance(village)
    }
    expect(runsOf(content)).toHaveLength(2)
    const bytes = await database.kysely
      .selectFrom('inbound_content')
      .select('content')
      .where('sha256', '=', sha256Of(Buffer.from(content, 'latin1')))
      .execute()
    expect(bytes.map((row) => Buffer.from(row.content).toString('latin1'))).toEqual([content])
    expect(waiting).toEqual([])
  })

  test('of one supplier, answers in several files, each twice: a town has a run only for what is its own', async () => {
    const [a, b] = [await town(), await town()]
    const toA = file(supplierId, await accept(a, 1), dropped(nth(a, 2)))
    const toB = file(supplierId, await accept(b, 3), used(nth(b, 4)))
    await receive(toB, toA)
    await receive(toA, toB)
    expect(await statesOf(a)).toEqual(['accepted', 'rescinded', 'submitted', 'submitted'])
    expect(await statesOf(b)).toEqual(['submitted', 'submitted', 'accepted', 'in-service'])
    expect([runsOf(toA), runsOf(toB)]).toEqual([[a.programId], [b.programId]])
    expect([await openItems(a), await openItems(b)]).toEqual([[], []])
  })

  test('of two suppliers, one file with a group for each: each gets its own', async () => {
    const other = nextSupplier()
    const [a, b] = [await town(), await town(other)]
    const [toA, toB] = [file(supplierId, await accept(a, 1)), file(other, await accept(b, 1))]
    await receive(toA + toB)
    expect(await statesOf(a)).toEqual(['accepted', 'submitted', 'submitted', 'submitted'])
    expect(await statesOf(b)).toEqual(['accepted', 'submitted', 'submitted', 'submitted'])
    expect([await openItems(a), await openItems(b)]).toEqual([[], []])
  })

  test('of two suppliers, an answer to one town for the supplier of the other moves nobody and is told once', async () => {
    const other = nextSupplier()
    const [a, b] = [await town(), await town(other)]
    await receive(file(other, await accept(a, 1), dropped(nth(a, 2))))
    expect(await statesOf(a)).toEqual(Array(4).fill('submitted'))
    expect([await unmatchedIn(a), await unmatchedIn(b)]).toEqual([0, 2])
  })

  test('acknowledgments go by the number of our group: the refused town stops, the other does not', async () => {
    const [a, b] = [await town(), await town()]
    await receive(file(supplierId, await acknowledge(b, 'R'), await acknowledge(a, 'A')))
    expect(await eventsOf(a, 'interchange-acknowledged')).toHaveLength(1)
    expect(await eventsOf(b, 'interchange-refused')).toHaveLength(1)
    expect([await openItems(a), await openItems(b)]).toEqual([[], ['file-refused']])
  })

  test('what no town owns is told once, in the oldest that has the supplier', async () => {
    const [a, b] = [await town(), await town()]
    const stranger: RawTransaction = [...answer('E202799999999'), 'ASI*U*021', `REF*12*${NOBODY}`, 'REF*7G*008']
    const strangers = [stranger, dropped(NOBODY), used(NOBODY), ['997', 'AK1*GE*987654', 'AK9*A*1*1*1'] as const]
    await receive(file(supplierId, await accept(b, 1), ...strangers), file(supplierId, ...strangers))
    expect([await unmatchedIn(a), await unmatchedIn(b)]).toEqual([4, 0])
    expect(await openItems(a)).toEqual(Array(4).fill('unmatched-transaction'))
    expect(await stateOf(b, nth(b, 1))).toBe('accepted')
  })

  test('an unsolicited new number reaches the town that lists the old one, and so does usage under it in the same file', async () => {
    const [a, b] = [await town(), await town()]
    const number = `5550${String(towns).padStart(6, '0')}`
    await receive(file(supplierId, await accept(a, 1), await accept(b, 1)))
    await receive(file(supplierId, renumbered(number, nth(b, 1)), used(number), dropped(nth(b, 1))))
    expect([await stateOf(a, nth(a, 1)), await stateOf(b, nth(b, 1))]).toEqual(['accepted', 'rescinded'])
    expect(await eventsOf(b, 'account-renumbered')).toHaveLength(1)
    expect(await eventsOf(b, 'service-started')).toHaveLength(1)
    expect([await unmatchedIn(a), await unmatchedIn(b)]).toEqual([0, 0])
    await receive(file(supplierId, used(number)))
    expect([await unmatchedIn(a), await unmatchedIn(b)]).toEqual([0, 0])
  })

  test('an account on the lists of two towns: a drop goes where the enrollment stands, also when it comes again', async () => {
    const numbers = fourHouseholds()
    const [a, b] = [await town(supplierId, numbers), await town(supplierId, numbers)]
    const drop = dropped(nth(b, 1))
    await receive(file(supplierId, drop))
    await receive(file(supplierId, drop))
    expect([await stateOf(a, nth(a, 1)), await stateOf(b, nth(b, 1))]).toEqual(['submitted', 'rescinded'])
    await receive(file(supplierId, dropped(nth(a, 1))))
    expect([await stateOf(a, nth(a, 1)), await stateOf(b, nth(b, 1))]).toEqual(['rescinded', 'rescinded'])
    expect([await unmatchedIn(a), await unmatchedIn(b)]).toEqual([0, 0])
  })

  test('a file for nobody, or that cannot be read, is quarantined once, in the oldest program', async () => {
    const [a, b] = [await town(), await town()]
    const before = (await openItems(oldest)).length
    const foreign = file(nextSupplier(), await accept(a, 1), dropped(nth(b, 1)))
    const cut = file(supplierId, await accept(a, 1)).slice(0, -9)
    await receive(foreign, cut)
    await receive(foreign, cut)
    expect((await openItems(oldest)).slice(before)).toEqual(['file-quarantined', 'file-quarantined'])
    expect([runsOf(foreign), runsOf(cut)]).toEqual([[oldest.programId], [oldest.programId]])
    expect([...(await openItems(a)), ...(await openItems(b))]).toEqual([])
    expect(await statesOf(a)).toEqual(Array(4).fill('submitted'))
  })

  test('a file for nobody that is sent again after the award is applied then', async () => {
    const early = file(supplierId, dropped(NOBODY))
    await receive(early)
    const a = await town()
    await receive(early)
    expect(runsOf(early)).toEqual([oldest.programId, a.programId])
    expect(await unmatchedIn(a)).toBe(1)
  })

  test('a name from outside never leads out of the folder of copies, and no copy takes the place of another', async () => {
    const [first, second] = [file(nextSupplier()), file(nextSupplier())]
    const again = `again-${++files}.edi`
    await receiveNamed(['..', first], ['../../up.edi', first], [again, first], [again, second], [again, first])
    await receiveNamed(['n'.repeat(300), second])
    const copies = readdirSync(join(folder, 'edi', 'in'))
    const named = (pattern: RegExp) => copies.filter((name) => pattern.test(name))
    expect(named(/^file$|^_\.\._up\.edi$/)).toHaveLength(2)
    expect(copies.filter((name) => name.endsWith(again)).sort((a, b) => a.length - b.length)).toEqual([
      again,
      expect.stringMatching(/^[0-9a-f]{12}-/),
    ])
    expect(named(/^n+$/)).toEqual(['n'.repeat(100)])
    expect(readdirSync(folder)).toEqual(['edi'])
  })
})
