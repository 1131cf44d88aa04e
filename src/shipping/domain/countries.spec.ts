import { isCountry } from './countries.js';

describe('isCountry', () => {
  it('knows the 249 assigned codes and nothing else of two letters', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const known = letters.flatMap((a) => letters.map((b) => a + b)).filter(isCountry);

    expect(known).toHaveLength(249);
    expect(known).toEqual(expect.arrayContaining(['AX', 'BQ', 'CI', 'DE', 'GB', 'SS', 'US', 'ZW']));
  });
});
