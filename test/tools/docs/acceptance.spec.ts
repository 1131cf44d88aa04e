import { renderAcceptance, type Section } from '../../../tools/docs/acceptance.js';
import { citationsIn } from '../../../tools/docs/citations.js';

const file = 'test/e2e/pay.e2e-spec.ts';

describe('citations of acceptance rows', () => {
  it('belong to the test below them, and to the test around them', () => {
    const text = [
      "import x from 'x';",
      'describe("paying", () => {',
      '  // A-16, A-10: twice and once',
      "  it('keeps the first transaction', () => {});",
      "  it('answers 404', () => {",
      '    // A-16 unknown order',
      '  });',
      "  it('is live', () => {}); // A-05",
      '});',
    ].join('\n');

    expect(citationsIn(file, text)).toEqual([
      { id: 'A-16', file, test: ['paying', 'keeps the first transaction'] },
      { id: 'A-10', file, test: ['paying', 'keeps the first transaction'] },
      { id: 'A-16', file, test: ['paying', 'answers 404'] },
      { id: 'A-05', file, test: ['paying', 'is live'] },
    ]);
  });

  it('belong to a table of tests, a group, or the file', () => {
    const text = [
      '// A-62',
      "import x from 'x';",
      '/** A-33 */',
      "describe('the last unit', () => {",
      '  // A-13',
      '  it.each([',
      "    ['created', 'paid'],",
      "  ])('%s to %s', () => {});",
      '});',
    ].join('\n');

    expect(citationsIn(file, text)).toEqual([
      { id: 'A-62', file, test: [] },
      { id: 'A-33', file, test: ['the last unit'] },
      { id: 'A-13', file, test: ['the last unit', '%s to %s'] },
    ]);
  });

  it('stand in comments alone', () => {
    expect(citationsIn(file, "it('mentions A-07', () => { const id = 'A-07'; });")).toEqual([]);
  });
});

describe('the acceptance page', () => {
  const sections: Section[] = [
    {
      section: 'Orders',
      rows: [
        { id: 'A-10', title: 'Pays' },
        { id: 'A-11', title: 'Adds up' },
      ],
    },
  ];

  it('links each row to its tests once and lists the rows without one', () => {
    const paid = { id: 'A-10', file, test: ['paying', 'is live'] };

    const page = renderAcceptance(sections, [paid, paid]);

    expect(page).toContain('1 of 2 rows have a test. Missing: A-11.');
    expect(page).toContain(`| A-10 | Pays | [is live](../${file}) |`);
    expect(page).toContain('| A-11 | Adds up | **no test yet** |');
  });

  it('refuses a citation of a row that does not exist', () => {
    expect(() => renderAcceptance(sections, [{ id: 'A-99', file, test: [] }])).toThrow(`${file} cites A-99`);
  });
});
