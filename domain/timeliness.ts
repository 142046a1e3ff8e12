/**
 * Whether a reply is in time: two tests in one window (ruling R-004).
 *
 * A card is timed by its postmark, so one mailed on the last day counts whenever it arrives. Every other channel is
 * timed by receipt. Whether a card is signed is another question and does not enter the verdict.
 */
import { clauseOf } from './clause.js'
import { addDays } from './civil-date.js'
import type { CivilDate } from './civil-date.js'
import { dateIn } from './instant.js'
import type { PlanTerms } from './plan.js'
import type { Channel, Judgement, Reply, TimelinessVerdict } from './receipt.js'

export type TimelinessTerms = Pick<PlanTerms, 'zone' | 'channels' | 'presumedTransitDays'>

/** @param deadline the account's own: last day in time, inclusive. */
export function judge(reply: Reply, deadline: CivilDate, terms: TimelinessTerms): Judgement {
  const clause = clauseOf(terms.channels)
  if (!terms.channels.value.includes(reply.channel)) {
    const why = `The plan names no opt-out by ${reply.channel}; a person decides about the reply received ${dateIn(terms.zone, reply.received)} against the deadline ${deadline}.`
    return { verdict: 'needs-a-person', why, clause }
  }
  return reply.channel === 'card' ? judgeCard(reply, deadline, terms) : judgeByReceipt(reply, deadline, terms)
}

/** True for a card without the account holder's signature: it is kept as a work item. No other channel is signed. */
export function needsSignature(reply: Reply): boolean {
  return reply.channel === 'card' && !reply.signed
}

function judgeCard(card: Reply, deadline: CivilDate, terms: TimelinessTerms): Judgement {
  const received = dateIn(terms.zone, card.received)
  if (card.postmark === null) {
    const mailed = addDays(received, -terms.presumedTransitDays.value)
    const verdict = verdictOn(mailed, deadline)
    const why = `A card without a legible postmark, received ${received}, is presumed mailed ${mailed}, ${against(verdict, deadline)}.`
    return { verdict, why, clause: clauseOf(terms.presumedTransitDays) }
  }
  const clause = clauseOf(terms.channels)
  if (card.postmark > received) {
    const why = `The card is recorded as postmarked ${card.postmark} and received ${received}, before it was mailed; one of the dates is wrong, so a person compares it with the deadline ${deadline}.`
    return { verdict: 'needs-a-person', why, clause }
  }
  const verdict = verdictOn(card.postmark, deadline)
  return { verdict, why: `The card is postmarked ${card.postmark}, ${against(verdict, deadline)}.`, clause }
}

function judgeByReceipt(reply: Reply, deadline: CivilDate, terms: TimelinessTerms): Judgement {
  // received on the last local day is received before the window closes, which it does at local midnight
  const received = dateIn(terms.zone, reply.received)
  const verdict = verdictOn(received, deadline)
  const ignored = reply.postmark === null ? '' : '; its postmark counts for nothing, since only cards are timed by one'
  const why = `The ${WORDS[reply.channel]} was received ${received}, ${against(verdict, deadline)}${ignored}.`
  return { verdict, why, clause: clauseOf(terms.channels) }
}

function verdictOn(day: CivilDate, deadline: CivilDate): TimelinessVerdict {
  return day <= deadline ? 'timely' : 'late'
}

function against(verdict: TimelinessVerdict, deadline: CivilDate): string {
  return verdict === 'timely' ? `not after the deadline ${deadline}` : `after the deadline ${deadline}`
}

const WORDS: Readonly<Record<Channel, string>> = {
  card: 'card',
  phone: 'telephone call',
  web: 'web reply',
  email: 'e-mail',
  fax: 'fax',
  counter: 'reply at the counter',
}
