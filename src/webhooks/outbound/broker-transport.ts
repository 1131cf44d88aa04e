/** The transport to a broker, in processes that have one. */
export const BROKER_TRANSPORT = Symbol('BROKER_TRANSPORT');
