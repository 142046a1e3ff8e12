/** Enrollment and drop files to the utility: numbers and bytes fixed, delivered, recorded. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nameInFile } from '../edi/plain-text.js'
import { writeDropRequests, writeEnrollmentRequests } from '../edi/write-requests.js'
import { dateIn, timeIn } from '../domain/instant.js'
import { invariant } from '../domain/invariant.js'
import type { PlanTerms } from '../domain/plan.js'
import { standingAward } from '../persistence/ledger/bids.js'
import {
  fixInterchange,
  recordSent,
  type RequestToWrite,
  type WriteInterchange,
} from '../persistence/ledger/interchanges.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { isStopped } from '../persistence/ledger/stop-switches.js'
import type { CohortCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { deliverFile } from './deliver-file.js'
import { faultPoint } from './fault-point.js'

/** ASI01 of a drop request; to be confirmed with the utility (docs/edi.md). */
const DROP_ACTION = 'F'

export async function sendInterchange(
  context: ActivityContext,
  call: CohortCall & { readonly interchangeId: number },
): Promise<void> {
  const { terms } = await readProgram(context.database.kysely, context.database, call.programId)
  const occasion = systemOccasion(call)
  const fixed = await context.database.tx(async (trx) => {
    // a stopped file takes no numbers: on a restored ledger they may have been used
    if (await isStopped(trx, call.programId, 'utility')) return null
    const award = await standingAward(trx, call.programId)
    invariant(award !== null, 'nothing is submitted before the award')
    const parties = {
      sender: award.bid.supplierId,
      senderName: award.bid.legalName,
      receiver: terms.utility.dunsNumber,
      receiverName: terms.utility.name,
    }
    return fixInterchange(trx, occasion, call.interchangeId, writer(parties, context.settings.usage, terms))
  })
  if (fixed === null) return
  faultPoint('interchange.fixed')
  const { row, sendingId } = fixed
  invariant(row.content !== null && row.file_name !== null, 'a fixed interchange has its bytes')
  const content = Buffer.from(row.content)
  await keepCopy(context, row.file_name, content)
  const delivered = await deliverFile(context, occasion, context.utility, sendingId, { name: row.file_name, content })
  if (!delivered) return
  faultPoint('interchange.delivered')
  await context.database.tx((trx) => recordSent(trx, occasion, call.interchangeId, terms))
  faultPoint('interchange.recorded')
}

interface Parties {
  readonly sender: string
  readonly senderName: string
  readonly receiver: string
  readonly receiverName: string
}

function writer(parties: Parties, usage: 'T' | 'P', terms: PlanTerms): WriteInterchange {
  return (numbers, requests) => {
    const envelope = {
      ...parties,
      usage,
      control: numbers.isa13,
      group: numbers.gs06,
      firstTransaction: numbers.stFirst,
      date: dateIn(terms.zone, numbers.dated),
      time: timeIn(terms.zone, numbers.dated),
    }
    const kind = requests[0]?.kind
    const written =
      kind === 'drop'
        ? writeDropRequests(
            envelope,
            requests.map((request) => ({
              ...base(request),
              reason: 'dropped-by-supplier' as const,
              end: request.read_on,
            })),
            DROP_ACTION,
          )
        : writeEnrollmentRequests(
            envelope,
            requests.map((request) => ({ ...base(request), rate: request.rate_code, start: startOf(request) })),
          )
    if (!written.ok) throw new Error(`the enrollment file cannot be written: ${written.refusal.message}`)
    return Buffer.from(written.value, 'latin1')
  }
}

function base(request: RequestToWrite) {
  return {
    id: request.lin01,
    bgn: request.bgn02,
    account: request.account_number,
    servicePoint: request.service_point,
    name: nameInFile(request.customer_name),
  }
}

function startOf(request: RequestToWrite) {
  invariant(request.read_on !== null, 'an enrollment request names its read')
  return request.read_on
}

/** What was sent lies beside what was received; the ledger's copy is the one that counts. */
async function keepCopy(context: ActivityContext, name: string, content: Buffer): Promise<void> {
  const folder = join(context.folder, 'edi', 'out')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), content)
}
