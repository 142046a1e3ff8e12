/** What a run may have to do: the ledger finds what is due, the workflow carries it out, and both mean the same by it. */

/** In the order in which a cycle goes through them. */
export type CyclePhase = 'data-request' | 'list-review' | 'rfp-award' | 'term'

/** What may be due in any of them. */
export type CycleDuty =
  | { readonly kind: 'draft-data-request' }
  | { readonly kind: 'send-mail'; readonly sendingId: number }
  | { readonly kind: 'remind-utility' }
  | { readonly kind: 'review-list'; readonly listId: string }
  | { readonly kind: 'issue-rfp' }
  | { readonly kind: 'evaluate-bids' }
  | { readonly kind: 'expire-price-lock' }
  | { readonly kind: 'draft-commission-filing' }
  | { readonly kind: 'note-filing-clock' }

/** Each handles everything of its kind that is due; a follow-up is started by its name. */
export type CohortDuty =
  | { readonly kind: 'print-batches'; readonly batches: readonly number[] }
  | { readonly kind: 'apply-evidence' }
  | { readonly kind: 'close-windows' }
  | { readonly kind: 'freeze-roster' }
  | { readonly kind: 'start-follow-up'; readonly cohort: string }
  | { readonly kind: 'plan-undos' }
  | { readonly kind: 'plan-interchanges' }
  | { readonly kind: 'send-interchanges'; readonly interchanges: readonly number[] }
  | { readonly kind: 'raise-alarms' }
  | { readonly kind: 'close-rescission-windows' }
