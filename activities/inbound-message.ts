/** What identifies a message of the utility: whom it is for, and which transaction it is. */
import type { UtilityMessage } from '../edi/utility-messages.js'

/** The supplier that a transaction is for: interchange and group have to name the same. Null when they do not. */
export function supplierOf({ source }: UtilityMessage): string | null {
  return source.receiver === source.groupReceiver ? source.receiver : null
}

/** The utility's own number for the transaction; what has none is known by its place in its file. */
export function keyOf(message: UtilityMessage): string {
  const { sender, interchange, group, transaction } = message.source
  const place = `${sender}/${interchange}/${group}/${transaction}`
  switch (message.kind) {
    case 'acknowledgment':
      return `997/${sender}/${message.functionalIdentifier}/${message.acknowledgedGroup}/${message.verdict}`
    case 'unrecognised':
      return `unrecognised/${place}`
    default:
      return `${message.kind}/${sender}/${message.reference}`
  }
}
