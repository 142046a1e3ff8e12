/**
 * What waits for a person, by kind, as it is said of several at once.
 *
 * `todo` is the task and `noun` what it is done to; both in the slots of event-sentence.ts.
 */
export interface WorkItemWords {
  readonly todo: string
  readonly noun: string
}

export const WORK_ITEM_KINDS: Readonly<Record<string, WorkItemWords>> = {
  'commission-filing': { todo: 'make the filing with the commission', noun: 'commission filing/commission filings' },
  'evidence-mismatch': {
    todo: 'settle {n count/counts} of mailed pieces that differ from the manifest',
    noun: 'differing count/differing counts',
  },
  'notice-returned': {
    todo: 'find the right address for {n returned notice/returned notices}, or leave the account out',
    noun: 'returned notice/returned notices',
  },
  'unmatched-reply': {
    todo: 'find the account of {n reply/replies} whose number is not on the list',
    noun: 'unmatched reply/unmatched replies',
  },
  'unsigned-card': { todo: 'have {n unsigned card/unsigned cards} signed', noun: 'unsigned card/unsigned cards' },
  'reply-needs-a-person': {
    todo: 'judge {n reply/replies} that no rule settles',
    noun: 'unclear reply/unclear replies',
  },
  'omitted-member': {
    todo: 're-mail {n household/households} that no notice reached, or leave the account out',
    noun: 'household not noticed/households not noticed',
  },
  'no-read': { todo: 'choose a read for {n account/accounts}', noun: 'account without a read/accounts without a read' },
  'enrollment-rejected': {
    todo: 'mend {n rejected enrollment/rejected enrollments} and decide',
    noun: 'rejected enrollment/rejected enrollments',
  },
  'reconcile-duplicate': {
    todo: 'compare {n enrollment/enrollments} that the utility says it has already',
    noun: 'duplicate enrollment/duplicate enrollments',
  },
  'half-active': {
    todo: 'agree with {n household/households} of which one service point was dropped',
    noun: 'half-enrolled account/half-enrolled accounts',
  },
  renumbered: {
    todo: 'settle {n enrollment/enrollments} that the utility moved to a new account number',
    noun: 'moved enrollment/moved enrollments',
  },
  'drop-rejected': {
    todo: 'call the utility about {n rejected drop/rejected drops}',
    noun: 'rejected drop/rejected drops',
  },
  'start-outside-window': {
    todo: 'ask the utility about {n start/starts} outside the billing window',
    noun: 'odd start/odd starts',
  },
  'unmatched-transaction': {
    todo: 'look up {n transaction/transactions} that match nothing of ours',
    noun: 'unmatched transaction/unmatched transactions',
  },
  'file-quarantined': {
    todo: 'ask the utility to send {n file/files} again',
    noun: 'quarantined file/quarantined files',
  },
  'list-left': {
    todo: 'find out whose {n customer list/customer lists} on the file server is, and import it',
    noun: 'customer list left on the file server/customer lists left on the file server',
  },
  'file-refused': {
    todo: 'find the fault in {n file/files} that the utility refused',
    noun: 'refused file/refused files',
  },
  'sending-unknown': {
    todo: 'find out whether {n sending/sendings} arrived',
    noun: 'unknown sending/unknown sendings',
  },
  'sending-refused': {
    todo: 'mend {n sending/sendings} that a party refused',
    noun: 'refused sending/refused sendings',
  },
  'changed-host-key': {
    todo: 'ask {n party/parties} about the changed host key of the file server',
    noun: 'changed host key/changed host keys',
  },
  'restored-store': {
    todo: 'compare what was sent since the backup with the parties',
    noun: 'restored store/restored stores',
  },
}

const OTHER: WorkItemWords = { todo: 'settle {n item/items}', noun: 'item/items' }

/** Words for a kind; a journal of a later version may hold others. */
export function workItemWords(kind: unknown): WorkItemWords {
  return (typeof kind === 'string' ? WORK_ITEM_KINDS[kind] : undefined) ?? OTHER
}
