/**
 * How a run notices that one of the two stores was restored from a backup.
 *
 * With every agenda it says how often it has asked (`turn`) and the newest state of the ledger it has seen (`version`). A ledger that is
 * older than `version` was restored; a run whose `turn` is behind what the ledger remembers was. Either way sending is blocked.
 */
export interface RestoreMark {
  readonly turn: number
  readonly version: number
}

export const FIRST_MARK: RestoreMark = { turn: 0, version: 0 }
