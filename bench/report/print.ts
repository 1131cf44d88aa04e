import { type Finding, isMet, type Limit, type Target } from '../scenarios/scenario.js';
import { tableOf } from './table.js';

/** A scenario's table, facts and targets, for people. */
export function printed({ rows, notes = {}, targets, broken }: Finding): string {
  const facts = Object.entries(notes).map(([name, value]) => `        ${name}: ${value}`);
  const audit = broken.length === 0 ? ['ok      the audit holds'] : broken.map((rule) => `BROKEN  ${rule}`);
  const table = Object.keys(rows).length === 0 ? [] : [tableOf(rows), ''];
  return ['', ...table, ...facts, ...targets.map(printTarget), ...audit, ''].join('\n');
}

function printTarget(target: Target): string {
  const { name, value, limit, unit, detail } = target;
  const number = Number.isInteger(value) ? String(value) : value.toFixed(2);
  return `${isMet(target) ? 'ok    ' : 'MISSED'}  ${name}: ${number}${gap(unit)}${unit} (${boundOf(limit)}${gap(unit)}${unit})${detail === undefined ? '' : `; ${detail}`}`;
}

function boundOf(limit: Limit): string {
  if ('exactly' in limit) return `exactly ${limit.exactly}`;
  return 'atLeast' in limit ? `at least ${limit.atLeast}` : `at most ${limit.atMost}`;
}

function gap(unit: Target['unit']): string {
  return unit === '' ? '' : ' ';
}
