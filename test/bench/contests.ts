/** All contests, in the order in which they run and stand on the page. */
import type { Contest } from './contest.js'
import { ediContest } from './edi/contest.js'
import { letterContest } from './letters/contest.js'
import { listContest } from './lists/contest.js'
import { receiptContest } from './receipts/contest.js'

export const CONTESTS: readonly Contest[] = [letterContest, listContest, receiptContest, ediContest]
