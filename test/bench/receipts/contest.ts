export interface ReceiptSettings {
  /** A database of the contestant's own. */
  readonly url: string
  readonly receipts: number
  /** Asking at the same time. */
  readonly connections: number
}
