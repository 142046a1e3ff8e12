/**
 * What a run knows of the ledger, said with every reading of its agenda: by it each of the two stores notices that the other was
 * restored from a backup.
 */
export interface RestoreMark {
  /** How often the run has read its agenda. */
  readonly turn: number
  /** Newest entry of the program's journal that it has seen. */
  readonly version: number
  /** Counts the reconciliations by a person. */
  readonly epoch: number
}
