/**
 * The event catalogue: every kind of entry the journal knows, and how it is said to people.
 *
 * `one` is the sentence for a single entry; slots in braces come from the entry's data. `many` is the sentence for all the
 * entries of one kind on one day, where `{n}` is their count; kinds without it never appear in the timeline.
 */
export interface EventKindEntry {
  readonly about: 'program' | 'account'
  readonly one: string
  readonly many?: string
}

const program = (one: string): EventKindEntry => ({ about: 'program', one, many: one })
const account = (one: string, many?: string): EventKindEntry =>
  many === undefined ? { about: 'account', one } : { about: 'account', one, many }

export const EVENT_CATALOGUE = {
  'program-started': program('Program started under the plan of {planVersion}'),
  'data-request-drafted': program('Data request to the utility drafted, ready to sign'),
  'data-request-sent': program('Data request e-mailed to the utility and filed'),
  'data-request-reminded': program('No list yet: the utility was reminded (reminder {reminder})'),
  'list-received': program('Customer list {list} received ({files} files, {source})'),
  'list-repeated': program('The same customer list came again: nothing changed'),
  'list-reviewed': program(
    'List reviewed: {rows} rows, {accounts} accounts, {duplicateRows} repeats merged, {problems} rows refused; {autoEnroll} auto-enroll, {optInOnly} opt-in only, {ineligible} ineligible, {needsReview} to review',
  ),
  'list-signed': program('Reviewed list signed off by {person} ({signatures} of {needed})'),
  'rfp-issued': program('Request for proposals issued with anonymous usage ({cells} groups shown, {suppressed} held back)'),
  'bid-received': program('Sealed bid received from {supplier}'),
  'bids-opened': program('Bids opened and evaluated: {bids}, of which {qualified} may be awarded'),
  'bids-evaluated': program('Evaluation table of the bids made for the board'),
  'award-refused': program('Award to {supplier} refused: {why}'),
  awarded: program('Awarded to {supplier}: {rates}; {termMonths} months'),
  'bids-rejected': program('All bids rejected; the round ends without an award'),
  'no-bid': program('No bid to open; the round ends without an award'),
  'price-lock-expired': program('Quotes expired unsigned at the end of {day}; a new round is needed'),
  'commission-filing-drafted': program('Commission filing drafted, due {due}'),
  'commission-filing-due': program('Commission filing now due {due}: {why}'),
  'commission-filed': program('Commission filing made'),
  'drops-planned': program('Notice mailing planned: {drops} drops, {pieces} letters'),
  'proof-checked': program('Notice proof checked: all {items} content items found on the page'),
  'proof-stopped': program('Notice proof stopped: {why}'),
  'notice-approved': program('Notice proof approved by {person}'),
  'batch-rendered': program('Print batch {batch} rendered: {letters} letters'),
  'batch-handed-over': program('Print batch {batch} handed to the mail house: {letters} letters with manifest'),
  'evidence-recorded': program('Mailing evidence for drop {drop}: {pieces} pieces on {on}; replies until {deadline}'),
  'evidence-mismatch': program(
    'Mailing evidence for drop {drop} shows {pieces} pieces, the manifest {expected}: the clock does not start until it is corrected',
  ),
  'evidence-corrected': program('Mailing evidence for drop {drop} corrected to {on}: every clock that hangs on it was derived again'),
  'window-closed': program('Response window of {window} closed: {optedOut} opted out in time so far'),
  'roster-frozen': program(
    'Roster frozen: {rostered} to enroll, {optedOut} opted out, {pending} kept out as pending, {notNoticed} not noticed',
  ),
  'follow-up-started': program('Follow-up cohort started for late re-mailed notices: {accounts} accounts'),
  'interchange-sent': program('{what} file {control} sent: {requests} service points, bill group {billGroup}, read {readOn}'),
  'interchange-acknowledged': program('The utility acknowledged file {control}'),
  'interchange-refused': program('The utility refused file {control}: {why}'),
  'acknowledgment-late': program('No acknowledgment of file {control} within {hours} hours'),
  'response-late': program('No answer to file {control} within {days} business days'),
  'file-received': program('File from the utility stored and applied: {transactions} transactions'),
  'file-quarantined': program('File from the utility quarantined whole: {why}'),
  'transaction-unmatched': program('A transaction from the utility matches nothing of ours: {why}'),
  'rescission-window-closed': program('Rescission window closed for enrollments processed {processed}: {enrolled} stand'),
  'stop-on': program('Sending to {party} stopped by {person}: {why}'),
  'stop-off': program('Sending to {party} released by {person}'),
  'sending-unknown': program('Outcome of a sending to {party} is unknown: a person decides'),
  'program-alarm': program('Alarm: {what}'),

  'account-listed': account('Listed by the utility; list review: {eligibility}{findings}'),
  'account-unlisted': account('Not on the newest list', '{n} accounts are not on the newest list'),
  'account-unpriced': account('Held for review: no rate or no default rate for class {rateClass}', '{n} accounts held for review: their class has no rate'),
  'piece-in-review': account('Letter held back: {why}', '{n} letters held back for a person: they do not fit or cannot be printed'),
  'notice-printed': account('Notice printed in drop {drop}'),
  noticed: account('Notice mailed {on}; replies until {deadline}'),
  'notice-returned': account('Notice came back undeliverable on {on}', '{n} notices came back undeliverable'),
  're-mailed': account('Notice re-mailed {on}; replies until {deadline}', '{n} notices re-mailed with their own clock'),
  'deadline-changed': account('Reply deadline now {deadline}'),
  'receipt-recorded': account('Reply {receipt} by {channel}: {verdict}. {why}', '{n} replies recorded'),
  'opted-out': account('Opted out by reply {receipt}', '{n} accounts opted out'),
  'receipt-unmatched': account('Reply {receipt} matches no account', '{n} replies match no account: to be worked'),
  'receipt-rejudged': account('Reply {receipt} judged again: {verdict}. {why}', '{n} replies judged again'),
  'work-item-opened': account('To do: {what}', '{n} work items opened'),
  'work-item-closed': account('Done: {what}', '{n} work items closed'),
  rostered: account('On the roster; scheduled read {readOn}'),
  'held-pending': account('Kept off the roster: an open work item', '{n} accounts kept out as pending'),
  'left-not-noticed': account('Left off the roster: no notice reached the household', '{n} accounts left out as not noticed'),
  'moved-to-follow-up': account('Moved to the follow-up cohort', '{n} accounts moved to the follow-up cohort'),
  'no-read': account('No scheduled read in sight: {why}', '{n} service points wait for a read: {why}'),
  'enrollment-sent': account('Enrollment request sent for read {readOn}', '{n} enrollment requests sent'),
  'enrollment-accepted': account(
    'Enrollment accepted, processed {processed}; may be rescinded through {lastDay}; start planned {placeholder}',
    '{n} enrollments accepted by the utility',
  ),
  'enrollment-rejected': account('Enrollment rejected with {code}: {meaning}', '{n} enrollments rejected'),
  rescinded: account('Enrollment rescinded with the utility on {on}', '{n} enrollments rescinded'),
  'dropped-by-utility': account('The utility dropped the enrollment on {on}: {why}', '{n} enrollments dropped by the utility'),
  undone: account('Timely reply after submission: {stage}', '{n} enrollments undone for timely replies'),
  'undo-letter': account('Letter sent: no enrollment, no fee', '{n} undo letters sent'),
  'drop-sent': account('Drop request sent', '{n} drop requests sent'),
  'drop-accepted': account('Drop accepted by the utility, effective {on}', '{n} drops accepted by the utility'),
  'drop-rejected': account('Drop rejected by the utility with {code}', '{n} drops rejected by the utility'),
  'service-started': account('Service started {on}{outside}', '{n} service points started'),
  'start-outside-window': account('Start {on} lies outside the billing window {from} to {to}', '{n} starts outside the billing window'),
} as const satisfies Record<string, EventKindEntry>

export type EventKind = keyof typeof EVENT_CATALOGUE

/** Fills the slots of a catalogue sentence; an empty slot stays visible as `…`. */
export function sayEvent(sentence: string, data: Readonly<Record<string, unknown>>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const value = data[slot]
    return value === undefined || value === null ? '…' : String(value)
  })
}
