import { describe, expect, test } from 'vitest'
import type { PostalAddress } from '../../domain/account.js'
import { postalBarcodeDigits } from '../../domain/postal-barcode.js'
import type { PostalBarcodeSettings } from '../../domain/postal-barcode.js'

const settings: PostalBarcodeSettings = { barcodeId: '00', serviceType: '310', mailerId: '900000', verified: false }
const address = (zip: string, zip4: string): PostalAddress => ({
  street: '1 Test Rd',
  unit: '',
  city: 'Mahomet',
  state: 'IL',
  zip,
  zip4,
})

describe('Intelligent Mail barcode digits', () => {
  test.each([
    ['900000', 7, '61853', '', '00310900000000000007' + '61853'],
    ['900000', 999_999_999, '61853', '1005', '00310900000999999999' + '618531005'],
    ['900000123', 999_999, '06853', '', '00310900000123999999' + '06853'],
  ])('mailer id %s, serial %i, ZIP %s-%s', (mailerId, serial, zip, zip4, digits) => {
    expect(postalBarcodeDigits({ ...settings, mailerId }, serial, address(zip, zip4))).toEqual({
      ok: true,
      value: digits,
    })
  })

  test.each(['05', '19', '0', '000', 'x0'])('the barcode id "%s" is refused', (barcodeId) => {
    expect(postalBarcodeDigits({ ...settings, barcodeId }, 1, address('61853', ''))).toMatchObject({
      refusal: { code: 'POSTAL_BARCODE_SETTINGS' },
    })
  })

  test.each(['00', '14', '94'])('the barcode id "%s" is taken', (barcodeId) => {
    expect(postalBarcodeDigits({ ...settings, barcodeId }, 1, address('61853', '')).ok).toBe(true)
  })

  test.each([
    [{ serviceType: '31' }, 1, '61853', '', 'POSTAL_BARCODE_SETTINGS'],
    [{ mailerId: '9000000' }, 1, '61853', '', 'POSTAL_BARCODE_SETTINGS'],
    [{ mailerId: '900000' }, 1_000_000_000, '61853', '', 'POSTAL_BARCODE_SERIAL'],
    [{ mailerId: '900000123' }, 1_000_000, '61853', '', 'POSTAL_BARCODE_SERIAL'],
    [{}, -1, '61853', '', 'POSTAL_BARCODE_SERIAL'],
    [{}, 1, '6185', '', 'POSTAL_BARCODE_ZIP'],
    [{}, 1, '', '', 'POSTAL_BARCODE_ZIP'],
    [{}, 1, '61853', '105', 'POSTAL_BARCODE_ZIP'],
  ])('%j with serial %i and ZIP %s-%s is refused', (change, serial, zip, zip4, code) => {
    expect(postalBarcodeDigits({ ...settings, ...change }, serial, address(zip, zip4))).toMatchObject({
      refusal: { code },
    })
  })
})
