/**
 * The event catalogue: every kind of entry the journal knows, and how it is said to people.
 *
 * `one` is the sentence for a single entry. `many` is the sentence for several entries of one kind: `{n}` is how many they are, numbers
 * are added up, and entries whose plain text slots differ stay apart (the forms of slots are in event-sentence.ts). Account entries
 * without `many` never appear in a timeline; program entries without it are told one by one. A digest counts by the day, or as `digest`
 * says: by the week what comes in small numbers day after day, not at all what another entry tells people already.
 */
import { workItemWords } from './work-item-kinds.js'

export interface EventKindEntry {
  readonly about: 'program' | 'account'
  readonly one: string
  readonly many?: string
  readonly digest?: 'by-week' | 'left-out'
}

const program = (one: string, many?: string): EventKindEntry =>
  many === undefined ? { about: 'program', one } : { about: 'program', one, many }
const account = (one: string, many?: string): EventKindEntry =>
  many === undefined ? { about: 'account', one } : { about: 'account', one, many }
const byWeek = (entry: EventKindEntry): EventKindEntry => ({ ...entry, digest: 'by-week' })
const notInDigest = (entry: EventKindEntry): EventKindEntry => ({ ...entry, digest: 'left-out' })

export const EVENT_CATALOGUE = {
  'program-started': program('Program started under the plan of {planVersion}'),
  'data-request-drafted': program('Data request to the utility drafted, ready to sign'),
  'data-request-sent': program('Data request e-mailed to the utility and filed'),
  'data-request-reminded': program('No list yet: the utility was reminded (reminder {reminder})'),
  'list-received': program('Customer list received ({source}): {files file/files}, kept word for word as {list}'),
  'list-repeated': program('The same customer list came again: nothing changed'),
  'list-reviewed': program(
    'List reviewed: {rows row/rows}, {accounts account/accounts}, {duplicateRows repeat/repeats} merged, {problems row/rows} refused; {autoEnroll} to enroll unless they opt out, {optInOnly} may ask to join, {ineligible} not eligible, {needsReview} for a person to review',
  ),
  'list-signed': program('Reviewed list signed off by {person} ({signatures} of {needed})'),
  'rfp-issued': program(
    'Request for proposals issued with anonymous usage: {cells group/groups} shown, {suppressed} held back',
  ),
  'bid-received': program('Sealed bid received from {supplier}', '{n sealed bid/sealed bids} received: {supplier,}'),
  'bids-opened': program('{bids bid/bids} opened, of which {qualified} may be awarded'),
  'bids-evaluated': program('Evaluation table of the bids made for the board'),
  'award-refused': program('Award to {supplier} refused: {why}'),
  awarded: program('Awarded to {supplier} for {termMonths month/months}: {rates}'),
  'bids-rejected': program('All bids rejected; the round ends without an award'),
  'no-bid': program('No bid to open; the round ends without an award'),
  'price-lock-expired': program('Quotes expired unsigned at the end of {day}; a new round is needed'),
  'commission-filing-drafted': program('Commission filing drafted, due {due}'),
  'commission-filing-due': program('Commission filing now due {due}: {why}'),
  'commission-filed': program('Commission filing made'),
  'drops-planned': program('Notice mailing planned: {drops drop/drops}, {pieces letter/letters}'),
  'proof-checked': program('Notice proof checked: all {items} content items found on the page'),
  'proof-stopped': program('Notice proof stopped: {why}'),
  'notice-unchecked': program('The letter rests on values that nobody has checked against a document: {what}'),
  'notice-approved': program('Notice proof approved by {person}'),
  'batch-rendered': notInDigest(program('Print batch {batch} made: {letters letter/letters}')),
  'batch-handed-over': program(
    'Print batch {batch} handed to the mail house with its manifest: {letters letter/letters}',
    '{n print batch/print batches} handed to the mail house with manifests: {letters letter/letters}',
  ),
  'evidence-recorded': program(
    'Drop {drop} mailed: evidence for {pieces piece/pieces} on {on}; replies until {deadline}',
  ),
  'evidence-mismatch': program(
    'Mailing evidence for drop {drop} shows {pieces piece/pieces}, the manifest {expected}: the clock does not start until it is corrected',
  ),
  'evidence-corrected': program(
    'Mailing evidence for drop {drop} corrected to {on}: every clock that hangs on it was derived again',
  ),
  'window-closed': program('Response window of {window} closed: {optedOut} opted out in time so far'),
  'roster-frozen': program(
    'Roster frozen: {rostered account/accounts} to enroll, {optedOut} opted out, {pending} kept out as pending, {notNoticed} not noticed',
  ),
  'follow-up-started': program('Follow-up cohort started for late re-mailed notices: {accounts account/accounts}'),
  'interchange-sent': program(
    '{what} file {control} sent: {requests service point/service points}, bill group {billGroup}, read {readOn}',
    '{what} files sent to the utility: {n}, for {requests service point/service points} with reads {readOn~}',
  ),
  'interchange-acknowledged': program(
    'The utility acknowledged file {control}',
    'The utility acknowledged {n file/files}',
  ),
  'interchange-refused': program('The utility refused file {control}: {why}'),
  'acknowledgment-late': program(
    'No acknowledgment of file {control} within {hours hour/hours}',
    'No acknowledgment of {n file/files} in time',
  ),
  'response-late': program(
    'No answer to file {control} within {days business day/business days}',
    'No answer to {n file/files} in time',
  ),
  'file-received': byWeek(
    program(
      'File from the utility stored and applied: {transactions transaction/transactions}',
      '{n file/files} from the utility stored and applied: {transactions transaction/transactions}',
    ),
  ),
  'file-quarantined': program('File from the utility quarantined whole: {why}'),
  'transaction-unmatched': program(
    'A transaction from the utility matches nothing of ours: {why}',
    '{n transaction/transactions} from the utility match nothing of ours: {why}',
  ),
  'rescission-window-closed': program(
    'Rescission window closed for enrollments processed {processed}: {enrolled} stand',
  ),
  'stop-on': program('Sending to {party} stopped by {person}: {why}'),
  'stop-off': program('Sending to {party} released by {person}'),
  'sending-unknown': program('Outcome of a sending to {party} is unknown: a person decides'),
  'sending-decided': program('{person} decided about the sending {subject} to {party}: {choice}'),
  'program-alarm': program('Alarm: {what}'),

  'account-listed': account('Listed by the utility; list review: {eligibility}{findings}'),
  'account-unlisted': account('Not on the newest list', '{n account is/accounts are} not on the newest list'),
  'account-unpriced': account(
    'Held for review: no rate or no default rate for class {rateClass}',
    '{n account/accounts} held for review: no rate for the class ({rateClass#})',
  ),
  'piece-in-review': account(
    'Letter held back: {why}',
    '{n letter/letters} held back for a person: too long for the page or not printable',
  ),
  'notice-printed': account('Notice printed in drop {drop}'),
  noticed: account('Notice mailed {on}; replies until {deadline}'),
  'notice-returned': account('Notice came back undeliverable on {on}', '{n notice/notices} came back undeliverable'),
  're-mailed': account(
    'Notice re-mailed {on}; replies until {deadline}',
    '{n notice/notices} re-mailed, with a window of their own',
  ),
  'deadline-changed': account('Reply deadline now {deadline}', '{n reply deadline/reply deadlines} changed'),
  'receipt-recorded': byWeek(
    account('Reply {receipt} by {channel}: {verdict}. {why}', '{n reply/replies} recorded ({channel#}): {verdict#}'),
  ),
  'opted-out': byWeek(account('Opted out by reply {receipt}', '{n account/accounts} opted out')),
  'receipt-unmatched': byWeek(
    account('Reply {receipt} matches no account', '{n reply matches/replies match} no account of the list'),
  ),
  'receipt-rejudged': account(
    'Reply {receipt} judged again: {verdict}. {why}',
    '{n reply/replies} judged again: {verdict#}',
  ),
  'work-item-opened': account('To do: {what}', 'To do: {what}'),
  'work-item-closed': account('Done: {what}', 'Done: {what}'),
  rostered: account('On the roster; scheduled read {readOn}'),
  'held-pending': account(
    'Kept off the roster: an open work item',
    '{n account/accounts} kept out as pending: something about them is still to do',
  ),
  'left-not-noticed': account(
    'Left off the roster: no notice reached the household',
    '{n account/accounts} left out: no notice reached the household',
  ),
  'moved-to-follow-up': account('Moved to the follow-up cohort', '{n account/accounts} moved to the follow-up cohort'),
  'no-read': account('No scheduled read in sight: {why}', '{n account waits/accounts wait} for a read: {why}'),
  'enrollment-sent': account('Enrollment request sent for read {readOn}'),
  'enrollment-accepted': account(
    'Enrollment accepted, processed {processed}; may be rescinded through {lastDay}; start planned {placeholder}',
    '{n enrollment/enrollments} accepted by the utility; may be rescinded through {lastDay~}',
  ),
  'enrollment-rejected': account(
    'Enrollment rejected with {code}: {meaning}',
    '{n enrollment/enrollments} rejected by the utility: {meaning#}',
  ),
  rescinded: account(
    'Enrollment rescinded with the utility on {on}',
    '{n enrollment/enrollments} rescinded by the household with the utility',
  ),
  'dropped-by-utility': account(
    'The utility dropped the enrollment on {on}: {why}',
    '{n enrollment/enrollments} dropped by the utility',
  ),
  undone: account(
    'Timely reply after submission: {stage}',
    '{n enrollment/enrollments} undone, a timely reply having come after submission: {stage}',
  ),
  'undo-letter': account(
    'Letter sent: no enrollment, no fee',
    '{n letter/letters} to say that the opt-out is in effect, without a fee',
  ),
  'account-renumbered': account(
    'The utility carries the account under a new number since {on} ({why})',
    '{n account/accounts} now under a new number of the utility',
  ),
  'former-number-closed': account('The utility closed the former number of the account on {on}'),
  'drop-sent': account('Drop request sent'),
  'drop-accepted': account(
    'Drop accepted by the utility, effective {on}',
    '{n drop/drops} accepted by the utility, effective {on~}',
  ),
  'drop-rejected': account(
    'Drop rejected by the utility with {code}',
    '{n drop/drops} rejected by the utility ({code#})',
  ),
  'service-started': byWeek(
    account('Service started {on}{outside}', 'Service began at {n service point/service points}'),
  ),
  'start-outside-window': account(
    'Start {on} lies outside the billing window {from} to {to}',
    '{n start/starts} outside the billing window',
  ),
} as const satisfies Record<string, EventKindEntry>

export type EventKind = keyof typeof EVENT_CATALOGUE

/** The sentence for several entries of one kind, given the data of one of them; undefined when they are told one by one or not at all. */
export function sentenceForMany(kind: EventKind, data: Readonly<Record<string, unknown>>): string | undefined {
  if (kind === 'work-item-opened') return `To do: ${workItemWords(data.item).todo}`
  if (kind === 'work-item-closed') return `Done: {n ${workItemWords(data.item).noun}}`
  const entry: EventKindEntry = EVENT_CATALOGUE[kind]
  return entry.many
}
