/** What list review found, written chunk by chunk: an account keeps its identity when a newer list takes the place of an older one. */
import { clauseOf } from '../../domain/clause.js'
import type { Account, Eligibility } from '../../domain/account.js'
import { ELIGIBILITIES } from '../../domain/account.js'
import { invariant } from '../../domain/invariant.js'
import type { FindingCode, PlanTerms } from '../../domain/plan.js'
import type { Database } from '../database.js'
import { insertRows, type RowToInsert, selection } from './bulk-rows.js'
import { CHUNK_ACCOUNTS, type Progress, slices } from './chunks.js'
import { appendEvent, appendEvents, type Occasion, type Trx } from './journal.js'

export interface ReviewedRow extends Account {
  readonly findings: readonly FindingCode[]
  readonly eligibility: Eligibility
  readonly annualKwh: number
}

export interface ReviewedList {
  readonly rows: number
  readonly servicePoints: number
  readonly duplicateRows: number
  readonly accounts: readonly ReviewedRow[]
  readonly problems: readonly {
    readonly file: string
    readonly line: number
    readonly code: string
    readonly message: string
  }[]
  readonly eligibility: Readonly<Record<Eligibility, number>>
}

/** Idempotent: a chunk that was written before is recognised by its list and left alone. */
export async function writeReviewedList(
  db: Database,
  occasion: Occasion,
  listId: string,
  review: ReviewedList,
  terms: Pick<PlanTerms, 'clauses' | 'eligibility'>,
  progress: Progress,
): Promise<void> {
  let done = 0
  for (const chunk of slices(review.accounts)) {
    await db.tx((trx) => writeChunk(trx, occasion, listId, chunk, terms))
    done += chunk.length
    progress(done)
  }
  await db.tx(async (trx) => {
    const list = await trx
      .selectFrom('customer_list')
      .select(['state', 'ordinal'])
      .where('list_id', '=', listId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (list.state !== 'received') return
    for (const problems of slices(review.problems)) {
      await trx
        .insertInto('problem')
        .values(problems.map((problem) => ({ program_id: occasion.programId, list_id: listId, ...problem })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    await unlist(trx, occasion, listId)
    const counts = {
      rows: review.rows,
      accounts: review.accounts.length,
      servicePoints: review.servicePoints,
      duplicateRows: review.duplicateRows,
      problems: review.problems.length,
      autoEnroll: review.eligibility['auto-enroll'],
      optInOnly: review.eligibility['opt-in-only'],
      ineligible: review.eligibility.ineligible,
      needsReview: review.eligibility['needs-review'],
    }
    const listed = ELIGIBILITIES.reduce((sum, eligibility) => sum + review.eligibility[eligibility], 0)
    invariant(listed === review.accounts.length, 'every reviewed account has one eligibility')
    // one that came in meanwhile is still to be reviewed, and will take the place of this one
    await trx
      .updateTable('customer_list')
      .set({ state: 'superseded' })
      .where('program_id', '=', occasion.programId)
      .where('ordinal', '<', list.ordinal)
      .execute()
    await trx
      .updateTable('customer_list')
      .set({ state: 'reviewed', counts: JSON.stringify(counts) })
      .where('list_id', '=', listId)
      .execute()
    await appendEvent(trx, occasion, {
      kind: 'list-reviewed',
      clause: clauseOf(terms.clauses.listReview),
      data: counts,
    })
  })
}

/** Accounts of an earlier list that the newer one does not name. */
async function unlist(trx: Trx, occasion: Occasion, listId: string): Promise<void> {
  let after = 0
  for (;;) {
    const gone = await trx
      .selectFrom('account')
      .select('account_id')
      .where('program_id', '=', occasion.programId)
      .where('list_id', '!=', listId)
      .where('state', '!=', 'unlisted')
      .where('account_id', '>', after)
      .orderBy('account_id')
      .limit(CHUNK_ACCOUNTS)
      .execute()
    const last = gone.at(-1)
    if (last === undefined) return
    after = last.account_id
    await trx
      .updateTable('account')
      .set({ state: 'unlisted', eligibility: 'ineligible' })
      .where(
        'account_id',
        'in',
        gone.map((row) => row.account_id),
      )
      .execute()
    await appendEvents(
      trx,
      occasion,
      gone.map((row) => ({ kind: 'account-unlisted' as const, accountId: row.account_id })),
    )
  }
}

async function writeChunk(
  trx: Trx,
  occasion: Occasion,
  listId: string,
  chunk: readonly ReviewedRow[],
  terms: Pick<PlanTerms, 'eligibility'>,
): Promise<void> {
  const { programId } = occasion
  const rows = chunk.map(
    (account): RowToInsert<'account'> => ({
      program_id: programId,
      list_id: listId,
      account_number: account.accountNumber,
      list_kind: account.list,
      customer_name: account.customerName,
      service_address: account.serviceAddress,
      mail_address: account.mailAddress,
      pipp: account.pipp,
      account_start: account.accountStart,
      annual_kwh: account.annualKwh,
      eligibility: account.eligibility,
      cohort: null,
      state: 'listed',
    }),
  )
  const [first] = rows
  if (first === undefined) return
  const written = await trx
    .insertInto('account')
    .columns(Object.keys(first) as (keyof typeof first)[])
    .expression(selection('account', rows))
    .onConflict((conflict) =>
      conflict
        .columns(['program_id', 'account_number'])
        .doUpdateSet((eb) => ({
          list_id: eb.ref('excluded.list_id'),
          list_kind: eb.ref('excluded.list_kind'),
          customer_name: eb.ref('excluded.customer_name'),
          service_address: eb.ref('excluded.service_address'),
          mail_address: eb.ref('excluded.mail_address'),
          pipp: eb.ref('excluded.pipp'),
          account_start: eb.ref('excluded.account_start'),
          annual_kwh: eb.ref('excluded.annual_kwh'),
          eligibility: eb.ref('excluded.eligibility'),
          state: eb.ref('excluded.state'),
        }))
        .where('account.list_id', '!=', listId),
    )
    .returning(['account_id', 'account_number'])
    .execute()
  if (written.length === 0) return
  const idOf = new Map(written.map((row) => [row.account_number, row.account_id]))
  const ids = [...idOf.values()]
  await trx.deleteFrom('finding').where('account_id', 'in', ids).execute()
  await trx.deleteFrom('service_point').where('account_id', 'in', ids).execute()
  const known = chunk.flatMap((account) => {
    const accountId = idOf.get(account.accountNumber)
    return accountId === undefined ? [] : [{ account, accountId }]
  })
  const findings = known.flatMap(({ account, accountId }) =>
    account.findings.map((code) => ({ program_id: programId, account_id: accountId, code })),
  )
  await insertRows(trx, 'finding', findings)
  const points = known.flatMap(({ account, accountId }) =>
    account.servicePoints.map((point) => ({
      program_id: programId,
      account_id: accountId,
      service_point: point.servicePoint,
      rate_class: point.rateClass,
      bill_group: point.billGroup,
      billing_type: point.billingType,
      monthly_kwh: [...point.monthlyKwh],
    })),
  )
  await insertRows(trx, 'service_point', points)
  await appendEvents(
    trx,
    occasion,
    known.map(({ account, accountId }) => ({
      kind: 'account-listed' as const,
      accountId,
      clause: account.findings.map((code) => terms.eligibility[code].cite).join('; ') || null,
      data: {
        eligibility: account.eligibility,
        codes: account.findings,
        findings: account.findings.length === 0 ? '' : ` (${account.findings.join(', ')})`,
      },
    })),
  )
}
