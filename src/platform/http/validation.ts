import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { type FieldFault, ValidationFailed } from './http.errors.js';

const MAX_FAULTS = 50;

/** Every DTO is checked as a whole: unknown members are refused, nothing is converted behind the client's back. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new ValidationFailed(errors.flatMap((error) => faultsOf(error, '')).slice(0, MAX_FAULTS)),
  });
}

function faultsOf(error: ValidationError, parent: string): FieldFault[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    field,
    message: withoutName(message, error),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}

/** class-validator repeats the property's name in front of the message; the field says it already. */
function withoutName(message: string, error: ValidationError): string {
  return message.startsWith(`${error.property} `) ? message.slice(error.property.length + 1) : message;
}
