/** The operator's verbs by name, for the commands. */
export { programStart, listImport, listSign, bidAdd, bidOpen, awardTo, moveClock } from './verbs/programs.js'
export { noticeProof, noticeApprove, evidenceAdd, returnAdd, reMail } from './verbs/notices.js'
export { receiptAdd, receiptCard } from './verbs/replies.js'
export { status } from './verbs/status.js'
export {
  stopSwitch,
  itemClose,
  sendingResolve,
  reconcileStores,
  showCase,
  showLedger,
} from './verbs/desk.js'
export { accountsExport, itemList, journalExport } from './verbs/records.js'
export { userAdd, userList, userEnd } from './verbs/users.js'
