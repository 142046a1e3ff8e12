/** The activities of the send queue: one outside party each, one sending at a time. */
import type { SendActivities } from '../workflows/ports.js'
import type { ActivityContext } from './context.js'
import { sendInterchange } from './enrollment.js'
import { handOverBatch } from './notices.js'
import { sendMail } from './send-mail.js'

export function createSendActivities(context: ActivityContext): SendActivities {
  return {
    sendMail: (call) => sendMail(context, call),
    handOverBatch: (call) => handOverBatch(context, call),
    sendInterchange: (call) => sendInterchange(context, call),
  }
}
