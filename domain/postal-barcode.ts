/**
 * The digits of the Intelligent Mail barcode on a letter's address block (USPS-B-3200).
 *
 * Barcode id, service type, mailer id and serial number make 20 digits; the ZIP code adds 5 or 9. What the service type
 * and the mailer id must be is agreed with the postal service and re-issued by it, so they are settings, never constants.
 */
import type { PostalAddress } from './account.js'
import { accepted, refused } from './refusal.js'
import type { Outcome } from './refusal.js'

export interface PostalBarcodeSettings {
  /** Two digits, the second 0 to 4. */
  readonly barcodeId: string
  /** Service type (STID): three digits. */
  readonly serviceType: string
  /** Six or nine digits, assigned by the postal service. */
  readonly mailerId: string
  /** False while the three are made up, as in a rehearsal. */
  readonly verified: boolean
}

/**
 * @param serial identifies the piece under this mailer id: up to nine digits with a six-digit mailer id, up to six with a nine-digit one.
 * @returns 25 or 29 digits.
 */
export function postalBarcodeDigits(
  settings: PostalBarcodeSettings,
  serial: number,
  address: PostalAddress,
): Outcome<string> {
  const fault = settingsFault(settings)
  if (fault !== null) return refused('POSTAL_BARCODE_SETTINGS', `The postal barcode settings are unusable: ${fault}.`)
  const serialDigits = 15 - settings.mailerId.length
  if (!Number.isSafeInteger(serial) || serial < 0 || String(serial).length > serialDigits) {
    return refused(
      'POSTAL_BARCODE_SERIAL',
      `A serial number under a mailer id of ${settings.mailerId.length} digits has at most ${serialDigits} digits; start a new range.`,
    )
  }
  if (!/^\d{5}$/.test(address.zip) || !/^(\d{4})?$/.test(address.zip4)) {
    return refused(
      'POSTAL_BARCODE_ZIP',
      'The mailing address has no ZIP code of five digits (or a ZIP+4 that is not four); correct it in the list.',
    )
  }
  const tracking =
    settings.barcodeId + settings.serviceType + settings.mailerId + String(serial).padStart(serialDigits, '0')
  return accepted(tracking + address.zip + address.zip4)
}

function settingsFault(settings: PostalBarcodeSettings): string | null {
  if (!/^\d[0-4]$/.test(settings.barcodeId)) return 'the barcode id is not two digits of which the second is 0 to 4'
  if (!/^\d{3}$/.test(settings.serviceType)) return 'the service type is not three digits'
  if (!/^(\d{6}|\d{9})$/.test(settings.mailerId)) return 'the mailer id is not six or nine digits'
  return null
}
