/** The people of a rehearsal: they take each step as an operator would, through the same verbs. */
import { approveNotice, award, openBids, planDrops, proveNotice, signList } from '../../client/decisions.js'
import { addBid, addEvidence, addReceipt, addReturn, planReMail } from '../../client/facts.js'
import { startProgram } from '../../client/start-program.js'
import type { Bid } from '../../domain/bid.js'
import type { CivilDate } from '../../domain/civil-date.js'
import { addMillis, type Instant, laterInstant, atLocalTime } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Outcome, Refusal } from '../../domain/refusal.js'
import { INITIAL_COHORT } from '../../domain/run-ids.js'
import { slices } from '../../persistence/ledger/chunks.js'
import type { DropRequest } from '../../workflows/ports.js'
import type { Driver } from './driver.js'
import type { RehearsalScript } from './script.js'
import { type Stage, supplierIdOf } from './stage.js'

const CLERK = 'standin.clerk'
const CONSULTANT = 'standin.consultant'
const BOARD = 'standin.board'

/** What a report calls them. */
export const PEOPLE: ReadonlyMap<string, string> = new Map([
  [CLERK, 'the clerk'],
  [CONSULTANT, 'the consultant'],
  [BOARD, 'the village board'],
])

export interface StandIns {
  /** Data request to print batches, all at the start. Returns the refusal at which the cycle stopped, if any. */
  openCycle(
    boundary: string,
    lists: readonly { readonly name: string; readonly content: Buffer }[],
  ): Promise<Refusal | null>
  /** Queues what the script says will come from outside. */
  queueFacts(): Promise<void>
  /** The clerk enters what the mail house reports. */
  readMailHouse(name: string, content: Buffer): Promise<void>
  /** Facts of the script that could not happen, for the report. */
  readonly notes: readonly string[]
}

export function createStandIns(
  stage: Stage,
  driver: () => Driver,
  programId: string,
  script: RehearsalScript,
  terms: PlanTerms,
): StandIns {
  const { desk } = stage
  const notes: string[] = []
  let verbs = 0
  /** The drops of the script that take anybody, in order: the first is the mailing's first. */
  const mailed: RehearsalScript['drops'] = []
  const asking = (actor: string) => ({ programId, actor, verbId: `rehearsal/${programId}/${++verbs}` })

  function must<T>(outcome: Outcome<T>): T {
    if (!outcome.ok) throw new Error(`a stand-in was refused: ${outcome.refusal.code}: ${outcome.refusal.message}`)
    return outcome.value
  }
  function noted<T>(outcome: Outcome<T>, what: string): boolean {
    if (!outcome.ok) notes.push(`${what}: ${outcome.refusal.message}`)
    return outcome.ok
  }

  return {
    notes,
    async openCycle(boundary, lists) {
      must(
        await startProgram(desk, asking(CLERK), {
          terms,
          boundary,
          rehearsal: true,
          clock: stage.clock.mode,
          offsetMs: stage.clock.offsetMs,
          readDates: script.readDates,
          defaultRates: { on: script.defaultRates.on, rates: ratesOf(script.defaultRates), source: 'rehearsal script' },
        }),
      )
      await driver().settle()
      const request = stage.mail.messages().at(-1)?.attachments[0]?.content ?? null
      stage.utility.answerDataRequest({ at: driver().now, pdf: request, lists })
      await driver().settle()
      must(await signList(desk, asking(CLERK)))
      must(await signList(desk, asking(CONSULTANT)))
      await driver().settle()
      for (const [index, bid] of script.bids.entries())
        must(await addBid(desk, asking(bid.supplier), completeBid(bid, index, terms)))
      must(await openBids(desk, asking(CLERK)))
      await driver().settle()
      if (script.bids.length === 0) return { code: 'NO_BID', message: 'no supplier bid' }
      const awarded = await award(desk, asking(BOARD), script.award ?? null)
      await driver().settle()
      if (!awarded.ok) return awarded.refusal
      if (awarded.value.outcome !== 'awarded') return { code: 'REJECTED_ALL', message: 'the board rejected all bids' }
      if (script.drops.length === 0) return { code: 'NO_DROP', message: 'the script mails no notice' }
      const drops = await planMailing()
      if (drops.length === 0) return { code: 'NO_LETTER', message: 'no account that the script names gets a notice' }
      must(await planDrops(desk, asking(CLERK), drops))
      must(await proveNotice(desk, asking(CLERK)))
      must(await approveNotice(desk, asking(BOARD)))
      await driver().settle()
      return null
    },

    async queueFacts() {
      for (const [index, drop] of mailed.entries()) {
        const pieces = drop.certifiedPieces
        stage.mailHouse.scriptEvidence({
          drop: `${INITIAL_COHORT}-${index + 1}`,
          on: drop.evidenceDate,
          ...(pieces === undefined ? {} : { pieces }),
        })
      }
      for (const receipt of script.receipts) {
        driver().add({
          at: receipt.received,
          apply: async () => {
            const { account, channel, received } = receipt
            const reply = {
              account,
              channel,
              received,
              postmark: receipt.postmark ?? null,
              signed: receipt.signed ?? true,
            }
            noted(await addReceipt(desk, asking(CLERK), reply), 'a reply of the script was refused')
          },
        })
      }
      for (const entry of script.undeliverable) {
        driver().add({
          at: atLocalTime(terms.zone, entry.returned, RETURNS_AT),
          apply: () => comeBack(entry.account, entry.returned),
        })
      }
      const days = [...new Set(script.undeliverable.flatMap((entry) => entry.remailedEvidenceDate ?? []))]
      for (const day of days) {
        const again = script.undeliverable.filter((entry) => entry.remailedEvidenceDate === day)
        const returned = again.map((entry) => addMillis(atLocalTime(terms.zone, entry.returned, RETURNS_AT), PAUSE_MS))
        const at = returned.reduce<Instant>(laterInstant, atLocalTime(terms.zone, day, RE_MAIL_AT))
        driver().add({
          at,
          apply: () =>
            reMail(
              again.map((entry) => entry.account),
              day,
            ),
        })
      }
    },

    async readMailHouse(_name, content) {
      const report = JSON.parse(content.toString('utf8')) as {
        drop?: string
        mailingDate?: string
        pieces?: unknown
        form?: string
      }
      // what it refused stands in the report; the certificate then counts fewer pieces than the manifests
      if (report.mailingDate === undefined || report.drop === undefined) return
      const evidence = {
        cohort: INITIAL_COHORT,
        dropNo: Number(report.drop.slice(INITIAL_COHORT.length + 1)),
        on: report.mailingDate as CivilDate,
        pieces: Number(report.pieces),
        form: report.form ?? '',
      }
      noted(await addEvidence(desk, asking(CLERK), evidence), 'mailing evidence was refused')
    },
  }

  /** `all` is everybody whom no other drop names, wherever it stands; a drop that takes nobody is left out and noted. */
  async function planMailing(): Promise<DropRequest[]> {
    const cohort = await desk.database.kysely
      .selectFrom('account')
      .select(['account_id', 'account_number'])
      .where('program_id', '=', programId)
      .where('cohort', '=', INITIAL_COHORT)
      .execute()
    const named = new Map<string, number>()
    for (const [index, drop] of script.drops.entries()) {
      if (drop.accounts !== 'all') for (const number of drop.accounts) named.set(number, index)
    }
    const requests: DropRequest[] = []
    for (const [index, drop] of script.drops.entries()) {
      const wanted = drop.accounts === 'all' ? undefined : index
      const taken = cohort.filter((account) => named.get(account.account_number) === wanted)
      if (drop.accounts !== 'all' && taken.length < drop.accounts.length) {
        const left = drop.accounts.length - taken.length
        notes.push(`drop ${index + 1}: ${left} of the accounts named are not enrolled automatically and get no notice`)
      }
      if (taken.length === 0) {
        notes.push(`drop ${index + 1} takes no account and is left out`)
        continue
      }
      mailed.push(drop)
      const selection = `${programId}/drop-${index + 1}`
      for (const slice of slices(taken)) {
        const rows = slice.map(({ account_id }) => ({ selection_id: selection, program_id: programId, account_id }))
        await desk.database.kysely.insertInto('selection').values(rows).execute()
      }
      requests.push({ plannedOn: drop.evidenceDate, selection })
    }
    return requests
  }

  async function comeBack(account: string, on: CivilDate): Promise<void> {
    const piece = await desk.database.kysely
      .selectFrom('piece')
      .innerJoin('account', 'account.account_id', 'piece.account_id')
      .select('piece.letter_code')
      .where('piece.program_id', '=', programId)
      .where('account.account_number', '=', account)
      .where('piece.kind', '!=', 'undo')
      .orderBy('piece.piece_id', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (piece === undefined) {
      notes.push('an undeliverable notice of the script was never printed: its account is not noticed')
      return
    }
    noted(await addReturn(desk, asking(CLERK), piece.letter_code, on), 'a returned notice was refused')
  }

  async function reMail(numbers: readonly string[], day: CivilDate): Promise<void> {
    const accounts = await desk.database.kysely
      .selectFrom('account')
      .select(['account_id', 'cohort', 'state'])
      .where('program_id', '=', programId)
      .where('account_number', 'in', [...numbers])
      .execute()
    const open = accounts.filter((account) => account.state === 'returned' || account.state === 'not-noticed')
    if (open.length < numbers.length)
      notes.push(
        `${numbers.length - open.length} notices of the script were not re-mailed: their households had answered or were never noticed`,
      )
    for (const cohort of new Set(open.map((account) => account.cohort))) {
      const ids = open.filter((account) => account.cohort === cohort).map((account) => account.account_id)
      const planned = await planReMail(desk, asking(CLERK), ids, day)
      if (!noted(planned, 'a re-mailing was refused') || !planned.ok) continue
      await driver().settle()
      // the clerk has the post office's form for the few pieces in hand
      const drop = await desk.database.kysely
        .selectFrom('mailing_drop')
        .select('pieces')
        .where('program_id', '=', programId)
        .where('cohort', '=', planned.value.cohort)
        .where('drop_no', '=', planned.value.dropNo)
        .executeTakeFirstOrThrow()
      noted(
        await addEvidence(desk, asking(CLERK), {
          cohort: planned.value.cohort,
          dropNo: planned.value.dropNo,
          on: day,
          pieces: drop.pieces,
          form: 'PS Form 3665',
        }),
        'evidence of a re-mailing was refused',
      )
    }
  }
}

/** Hours of this rehearsal; no rule says them. */
const RETURNS_AT = '17:05'
const RE_MAIL_AT = '09:00'
const PAUSE_MS = 10 * 60_000

function ratesOf(defaults: RehearsalScript['defaultRates']): Bid['rates'] {
  const { on: _, ...rates } = defaults
  return definedOnly(rates)
}

function definedOnly(rates: Readonly<Record<string, unknown>>): Bid['rates'] {
  return Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate !== undefined)) as Bid['rates']
}

/** What the script leaves out, the simulated supplier supplies: all proofs, no fees, an address of its own. */
function completeBid(bid: RehearsalScript['bids'][number], index: number, terms: PlanTerms): Bid {
  const word = bid.supplier.toLowerCase().replace(/[^a-z]+/g, '') || `supplier${index + 1}`
  return {
    supplier: bid.supplier,
    legalName: bid.legalName ?? `${bid.supplier} Energy Supply, LLC`,
    addressLines: bid.addressLines ?? [`${100 + index} Commerce Plaza`, 'Springfield, Illinois 62701'],
    phone: bid.phone ?? `800-555-01${String(index + 10).padStart(2, '0')}`,
    phoneHours: bid.phoneHours ?? 'at any hour, every day; a person answers Monday to Friday, 8 a.m. to 5 p.m.',
    url: bid.url ?? `https://${word}.example`,
    energyMix: bid.energyMix ?? 'the lowest-priced mix that meets the Illinois renewable standard',
    supplierId: supplierIdOf(index),
    rates: definedOnly(bid.centsPerKwh),
    termMonths: bid.termMonths,
    fees: { joining: 0, switching: 0, moving: 0, leaving: bid.leavingFeeDollars ?? 0 },
    toAggregatorDollars: 0,
    toConsultantMilliCents: 0,
    proofs: Object.fromEntries(terms.award.mustHaves.map((must) => [must.id, bid.proofs?.[must.id] ?? true])),
  }
}
