/**
 * Applies what of a stored file from the utility is a program's, a chunk of transactions at a time; a file that cannot be read whole, or
 * is for nobody here, is quarantined whole.
 */
import { readInterchanges } from '../edi/read-interchanges.js'
import { readUtilityMessages } from '../edi/read-utility-messages.js'
import type { UtilityMessage } from '../edi/utility-messages.js'
import { assertNever } from '../domain/invariant.js'
import type { PlanTerms } from '../domain/plan.js'
import { standingAward } from '../persistence/ledger/bids.js'
import { appendEvent, type Occasion, type Trx } from '../persistence/ledger/journal.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { markEnded } from '../persistence/ledger/runs.js'
import { applyAcknowledgment } from '../persistence/ledger/acknowledgments.js'
import { firstTimes, unmatched } from '../persistence/ledger/answered-requests.js'
import { applyAcceptances, applyRejection, type EnrollmentAnswer } from '../persistence/ledger/enrollment-answers.js'
import { applyNewNumber } from '../persistence/ledger/renumberings.js'
import { type ActualStart, applyActualStarts } from '../persistence/ledger/service-starts.js'
import { applyDropAnswer, applyUtilityDrop } from '../persistence/ledger/utility-drops.js'
import { openWorkItems } from '../persistence/ledger/work-items.js'
import { inboxId } from '../domain/run-ids.js'
import { CHUNK_ACCOUNTS } from '../persistence/ledger/chunks.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { faultPoint } from './fault-point.js'
import { keyOf, supplierOf } from './inbound-message.js'

export async function applyInboundChunk(
  context: ActivityContext,
  call: { readonly programId: string; readonly sha256: string; readonly asOf: Occasion['at'] },
): Promise<{ readonly done: boolean }> {
  const { terms } = await readProgram(context.database.kysely, context.database, call.programId)
  const occasion = systemOccasion(call)
  const chunk = await context.database.tx(async (trx) => {
    const file = await trx
      .selectFrom('inbound_file')
      .innerJoin('inbound_content', 'inbound_content.sha256', 'inbound_file.sha256')
      .select(['inbound_content.content', 'state', 'places', 'next_transaction'])
      .where('program_id', '=', call.programId)
      .where('inbound_file.sha256', '=', call.sha256)
      .forUpdate('inbound_file')
      .executeTakeFirstOrThrow()
    if (file.state === 'applied' || file.state === 'quarantined') return { done: true }
    const read = readInterchanges(Buffer.from(file.content).toString('latin1'))
    if (!read.ok) {
      const why = `${read.refusal.message} (segment ${read.refusal.segment}, byte ${read.refusal.offset})`
      await quarantine(trx, occasion, call.sha256, why, 'ask the utility to send it again')
      return { done: true }
    }
    const all = readUtilityMessages(read.value)
    // acting on a file for another supplier would drop strangers
    const ourId = (await standingAward(trx, call.programId))?.bid.supplierId ?? ''
    if (all.length > 0 && all.every((message) => supplierOf(message) !== ourId)) {
      const why = 'it is for a supplier that no program here has'
      await quarantine(trx, occasion, call.sha256, why, 'ask the utility whose it is')
      return { done: true }
    }
    const messages = file.places === null ? all : file.places.flatMap((place) => all[place] ?? [])
    const chunk = messages.slice(file.next_transaction, file.next_transaction + CHUNK_ACCOUNTS)
    await applyMessages(trx, occasion, chunk, call.sha256, ourId, terms)
    const next = file.next_transaction + chunk.length
    if (next < messages.length) {
      await trx
        .updateTable('inbound_file')
        .set({ next_transaction: next })
        .where('program_id', '=', call.programId)
        .where('sha256', '=', call.sha256)
        .execute()
      return { done: false }
    }
    await finish(trx, call.programId, call.sha256, 'applied', null)
    await appendEvent(trx, occasion, {
      kind: 'file-received',
      data: { transactions: messages.length, file: call.sha256.slice(0, 12) },
    })
    return { done: true }
  })
  faultPoint('inbox.chunk')
  return chunk
}

async function quarantine(trx: Trx, occasion: Occasion, sha256: string, why: string, ask: string): Promise<void> {
  await finish(trx, occasion.programId, sha256, 'quarantined', why)
  await appendEvent(trx, occasion, { kind: 'file-quarantined', data: { why, file: sha256.slice(0, 12) } })
  const message = `A file from the utility was quarantined whole: ${why}; ${ask}.`
  await openWorkItems(trx, occasion, [{ kind: 'file-quarantined', message }])
}

async function finish(
  trx: Trx,
  programId: string,
  sha256: string,
  state: 'applied' | 'quarantined',
  why: string | null,
): Promise<void> {
  await trx
    .updateTable('inbound_file')
    .set({ state, why })
    .where('program_id', '=', programId)
    .where('sha256', '=', sha256)
    .execute()
  await markEnded(trx, inboxId(programId, sha256))
}

/** In the order of the file; messages of one kind in a row are applied together, by as many statements as one of them. */
async function applyMessages(
  trx: Trx,
  occasion: Occasion,
  messages: readonly UtilityMessage[],
  sha256: string,
  ourId: string,
  terms: PlanTerms,
): Promise<void> {
  const first = await firstTimes(trx, occasion.programId, messages.map(keyOf), sha256)
  const news = messages.filter((message) => first.delete(keyOf(message)))
  const groupOf = (message: UtilityMessage | undefined) =>
    message && (whyUnmatched(message, ourId) === null ? message.kind : 'unmatched')
  for (let from = 0, to = 1; from < news.length; from = to++) {
    while (to < news.length && groupOf(news[to]) === groupOf(news[from])) to++
    const alike = news.slice(from, to)
    await unmatched(trx, occasion, ...alike.flatMap((message) => whyUnmatched(message, ourId) ?? []))
    if (groupOf(alike[0]) !== 'unmatched') await applyAlike(trx, occasion, alike, terms)
  }
}

/** Null: it is for us, and of a kind that answers or ends a request. */
function whyUnmatched(message: UtilityMessage, ourId: string): string | null {
  if (supplierOf(message) !== ourId) return 'a transaction for another supplier'
  return message.kind === 'unrecognised' ? message.why : null
}

/** @param messages all of one kind */
async function applyAlike(
  trx: Trx,
  occasion: Occasion,
  messages: readonly UtilityMessage[],
  terms: PlanTerms,
): Promise<void> {
  const acceptances: EnrollmentAnswer[] = []
  const starts: ActualStart[] = []
  for (const message of messages) {
    if (message.kind === 'enrollment-accepted')
      acceptances.push({ lin01: message.id, processedOn: message.processedOn, placeholderOn: message.startsOn })
    else if (message.kind !== 'monthly-usage') await applyOne(trx, occasion, message, terms)
    else if (message.purpose !== 'cancellation')
      starts.push({ accountNumber: message.account, servicePoint: message.servicePoint, on: message.from })
  }
  if (acceptances.length > 0) await applyAcceptances(trx, occasion, acceptances, terms)
  if (starts.length > 0) await applyActualStarts(trx, occasion, starts, terms)
}

type RareMessage = Exclude<UtilityMessage, { readonly kind: 'enrollment-accepted' | 'monthly-usage' }>

async function applyOne(trx: Trx, occasion: Occasion, message: RareMessage, terms: PlanTerms): Promise<void> {
  switch (message.kind) {
    case 'enrollment-rejected':
      return applyRejection(
        trx,
        occasion,
        { lin01: message.id, processedOn: message.processedOn, codes: message.reasons },
        terms,
      )
    case 'drop-by-utility':
      return applyUtilityDrop(
        trx,
        occasion,
        {
          accountNumber: message.account,
          servicePoint: message.servicePoint,
          on: message.processedOn,
          isRescission: message.reason === 'rescinded',
          reason: message.reason,
        },
        terms,
      )
    case 'drop-accepted':
      return applyDropAnswer(
        trx,
        occasion,
        { lin01: message.id, accepted: true, on: message.endsOn ?? message.processedOn, codes: [] },
        terms,
      )
    case 'drop-rejected':
      return applyDropAnswer(
        trx,
        occasion,
        { lin01: message.id, accepted: false, on: message.processedOn, codes: message.reasons },
        terms,
      )
    case 'acknowledgment':
      return applyAcknowledgment(
        trx,
        occasion,
        {
          gs06: Number(message.acknowledgedGroup),
          accepted: message.verdict === 'accepted' || message.verdict === 'accepted-with-errors',
          why: message.verdict,
        },
        terms,
      )
    case 'enrollment-unsolicited':
      return applyNewNumber(
        trx,
        occasion,
        {
          accountNumber: message.account,
          servicePoint: message.servicePoint,
          formerNumber: message.formerAccount,
          statuses: message.statuses,
          startsOn: message.startsOn,
        },
        terms,
      )
    case 'unrecognised':
      return
    default:
      return assertNever(message)
  }
}
