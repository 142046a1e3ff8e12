/** Every document that is not a letter of a print batch, by kind. Runs in the render thread. */
import { assertNever } from '../../domain/invariant.js'
import { printBidEvaluation } from './bid-evaluation.js'
import type { BidEvaluation } from './bid-evaluation.js'
import { printCommissionFiling } from './commission-filing.js'
import type { CommissionFiling } from './commission-filing.js'
import { printDataRequest } from './data-request.js'
import type { DataRequest } from './data-request.js'
import { printNoticeEnvelope } from './notice-envelope.js'
import type { NoticeEnvelope } from './notice-envelope.js'
import type { RenderedFile } from './pdf-file.js'
import { printRequestForProposals } from './request-for-proposals.js'
import type { RequestForProposals } from './request-for-proposals.js'

export type DocumentOrder = DataRequest | RequestForProposals | BidEvaluation | CommissionFiling | NoticeEnvelope

export function printDocument(order: DocumentOrder): RenderedFile {
  switch (order.kind) {
    case 'data-request':
      return printDataRequest(order)
    case 'request-for-proposals':
      return printRequestForProposals(order)
    case 'bid-evaluation':
      return printBidEvaluation(order)
    case 'commission-filing':
      return printCommissionFiling(order)
    case 'notice-envelope':
      return printNoticeEnvelope(order)
    default:
      return assertNever(order)
  }
}
