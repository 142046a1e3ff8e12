/** What a reply leads to, given where its account stands: the verdict of domain/, and its effect on the ledger. */
import type { CivilDate } from '../../domain/civil-date.js'
import { clauseOf } from '../../domain/clause.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { Judgement, Reply } from '../../domain/receipt.js'
import { judge, needsSignature } from '../../domain/timeliness.js'
import type { AccountState, Row } from '../tables.js'

export interface JudgedReply extends Omit<Judgement, 'verdict' | 'clause'> {
  readonly verdict: Row<'receipt'>['verdict']
  readonly effect: Row<'receipt'>['effect']
  readonly clause: string | null
  /** Kind of the work item that it becomes; null: nobody has to look at it. */
  readonly item: string | null
}

/** Row states in which the enrollment has begun, so that a timely reply has to be undone. */
const AFTER_FREEZE: readonly AccountState[] = [
  'rostered',
  'submitted',
  'accepted',
  'rejected',
  'rescinded',
  'in-service',
]

/** A reply whose number and code lead to no account. */
export function unmatchedReply(terms: PlanTerms): JudgedReply {
  const why = 'The number on the reply is none of this list; compare name and address on the reply with the list.'
  const clause = clauseOf(terms.channels)
  return { verdict: 'needs-a-person', effect: 'work-item', why, clause, item: 'unmatched-reply' }
}

/** @param deadline the account's own; null until the mailing of its newest notice is evidenced */
export function decideReply(
  reply: Reply,
  account: Pick<Row<'account'>, 'state' | 'eligibility'>,
  deadline: CivilDate | null,
  terms: PlanTerms,
): JudgedReply {
  const clause = clauseOf(terms.channels)
  if (account.eligibility !== 'auto-enroll') {
    const why = `The account is ${account.eligibility} and is never enrolled automatically, so there is nothing to opt out of; the reply is kept.`
    return { verdict: 'timely', effect: 'none', why, clause, item: null }
  }
  if (deadline === null) {
    const why = 'The mailing of this account’s notice is not evidenced yet; the reply is judged as soon as it is.'
    return { verdict: 'awaiting-evidence', effect: 'none', why, clause, item: null }
  }
  const judgement = judge(reply, deadline, terms)
  if (judgement.verdict === 'late') return { ...judgement, effect: 'none', item: null }
  if (judgement.verdict === 'needs-a-person') return { ...judgement, effect: 'work-item', item: 'reply-needs-a-person' }
  if (account.state === 'opted-out') return { ...judgement, effect: 'already-out', item: null }
  if (needsSignature(reply)) {
    const why = `${judgement.why} It is not signed; ask the household to sign, and until then the account is not enrolled.`
    return { verdict: 'needs-a-person', effect: 'work-item', why, clause: judgement.clause, item: 'unsigned-card' }
  }
  return { ...judgement, effect: AFTER_FREEZE.includes(account.state) ? 'undo' : 'opted-out', item: null }
}
