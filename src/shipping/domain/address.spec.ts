import { addressFaults, normalizeAddress } from './address.js';

const home = { line1: '1 Main St', city: 'Springfield', state: 'CA', postal_code: '90210', country: 'US' };

describe('normalizeAddress', () => {
  it('writes the codes of a US address in upper case and leaves the rest as it came', () => {
    const given = { ...home, line1: '1 main st', state: ' ca', country: 'us ', name: 'ada', phone: '+1 555' };

    expect(normalizeAddress(given)).toEqual({ ...given, state: 'CA', country: 'US' });
  });

  it('leaves the name of a region abroad as it came', () => {
    const address = { line1: 'Hauptstr. 1', city: 'Bonn', state: 'Nordrhein', postal_code: '53111', country: 'de' };

    expect(normalizeAddress(address)).toEqual({ ...address, country: 'DE' });
  });

  it('adds no state where none was given', () => {
    const address = { line1: 'x', city: 'Singapore', postal_code: '1', country: 'SG' };

    expect(normalizeAddress(address)).toEqual(address);
  });
});

//
describe('addressFaults', () => {
  it.each(['90210', '90210-1234'])('accepts the US postal code %s', (postal_code) => {
    expect(addressFaults({ ...home, postal_code })).toEqual([]);
  });

  it.each(['9021', '902101', '90210-', '90210-12', '90210 1234', 'SW1A 1AA', '', '٩٠٢١٠', '90210\n'])(
    'refuses the US postal code %j',
    (postal_code) => {
      expect(addressFaults({ ...home, postal_code })).toEqual([
        { field: 'postal_code', message: 'must be a US postal code: 12345 or 12345-6789' },
      ]);
    },
  );

  it('takes codes in either case', () => {
    expect(addressFaults({ ...home, state: 'ca', country: 'us' })).toEqual([]);
  });

  it('requires a state in the US', () => {
    const { state: _, ...withoutState } = home;

    expect(addressFaults(withoutState)).toEqual([{ field: 'state', message: 'is required for addresses in the US' }]);
  });

  it.each(['XX', 'California', ''])('refuses the US state %j', (state) => {
    expect(addressFaults({ ...home, state })).toEqual([
      { field: 'state', message: 'must be a two-letter US state code, such as CA' },
    ]);
  });

  it('lists all faults at once', () => {
    const faults = addressFaults({ ...home, state: 'XX', postal_code: '1' });

    expect(faults.map(({ field }) => field)).toEqual(['state', 'postal_code']);
  });

  it.each(['', 'U', 'USA', 'XX', 'UK', 'EU', '00'])('refuses the country %j', (country) => {
    expect(addressFaults({ ...home, country })).toEqual([
      { field: 'country', message: 'must be an ISO 3166-1 alpha-2 code, such as US' },
    ]);
  });

  it.each(['GB', 'de', 'JP', 'PR'])('asks for no state and no form of postal code in %s', (country) => {
    expect(addressFaults({ line1: 'x', city: 'y', postal_code: 'anything', country })).toEqual([]);
  });
});
