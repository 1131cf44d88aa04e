import { isUsState, zoneOf } from './zone.js';

//
const STATES = {
  us_west: 'CA OR WA NV AZ UT ID MT WY CO NM AK HI',
  us_east: 'NY NJ PA MA CT RI VT NH ME MD DE VA WV NC SC GA FL',
  us_central: 'DC ND SD NE KS OK TX MN IA MO AR LA WI IL MI IN OH KY TN MS AL',
  international: 'PR GU VI AS MP',
} as const;

describe('zoneOf', () => {
  it.each(Object.entries(STATES).flatMap(([zone, states]) => states.split(' ').map((state) => [state, zone])))(
    'puts %s into %s',
    (state, zone) => {
      expect(zoneOf({ country: 'US', state })).toBe(zone);
      expect(isUsState(state ?? '')).toBe(true);
    },
  );

  it('knows fifty states, the capital and five territories', () => {
    const codes = Object.values(STATES).flatMap((states) => states.split(' '));

    expect(new Set(codes).size).toBe(56);
  });

  it.each(['DE', 'CA', 'PR', 'MX'])('puts the country %s outside, whatever its state is called', (country) => {
    expect(zoneOf({ country, state: 'CA' })).toBe('international');
    expect(zoneOf({ country })).toBe('international');
  });
});

describe('isUsState', () => {
  it.each(['', 'XX', 'ca', 'California', 'UK'])('does not know %j', (code) => {
    expect(isUsState(code)).toBe(false);
  });
});
