/** What the activities work with; made once per worker by whoever starts it. */
import type { PostalBarcodeSettings } from '../domain/postal-barcode.js'
import type { Database } from '../persistence/database.js'
import { type Occasion, SYSTEM } from '../persistence/ledger/journal.js'
import type { MailParty } from './mail.js'
import type { FileParty } from './file-party.js'

export interface ActivityContext {
  readonly database: Database
  /** Letters, documents and EDI files lie here; one folder per kind. */
  readonly folder: string
  readonly mail: MailParty
  readonly mailHouse: FileParty
  readonly utility: FileParty
  readonly settings: ProgramSettings
  /** A sign of life to the server. */
  heartbeat(done: number): void
  /** This attempt has outlived its time, and the server has asked another one: nothing of it may count any more. */
  isLate(): boolean
  /** @unit ms; ten seconds when left out, a third of the heartbeat timeout. */
  readonly heartbeatEvery?: number
}

/** What belongs to the place and not to the plan: addresses and numbers of this installation. */
export interface ProgramSettings {
  /** Where replies go, as printed on the letter. */
  readonly replies: {
    readonly url: string | null
    readonly phone: string | null
    readonly email: string | null
    readonly fax: string | null
    readonly mailTo: readonly string[] | null
  }
  readonly postal: PostalBarcodeSettings | null
  readonly letterStyle: 'letter' | 'blank'
  /** E-mail addresses: ours, and the utility's for data requests. */
  readonly mailFrom: string
  readonly utilityMail: string
  /** The utility’s electronic files: `T` test or `P` production in ISA15. */
  readonly usage: 'T' | 'P'
}

/** The system acting by itself in a program. */
export function systemOccasion(call: { readonly programId: string; readonly asOf: Occasion['at'] }): Occasion {
  return { programId: call.programId, at: call.asOf, actor: SYSTEM }
}
