import { DefaultNamingStrategy } from 'typeorm';

const camelNames = new Map<string, string>();

/** `order_id` → `orderId`, remembered, since a result repeats its few column names for every row. */
export function camelCase(column: string): string {
  const known = camelNames.get(column);
  if (known !== undefined) return known;
  const name = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  camelNames.set(column, name);
  return name;
}

function snakeCase(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Columns are snake_case, properties camelCase; this is the only place that knows how one becomes the other. */
export class SnakeCaseColumns extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName ?? snakeCase(propertyName);
  }
}

/** Rows as SQL named them, with the property names of the code. Values are left as they are. */
export function rowsToCamelCase<Row extends object>(rows: readonly object[]): Row[] {
  return rows.map((row) => {
    const named: Row = Object.create(Object.prototype);
    for (const [column, value] of Object.entries(row)) Reflect.set(named, camelCase(column), value);
    return named;
  });
}
