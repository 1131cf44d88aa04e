/** The one version of Stripe's API that the sandbox speaks: the version of the SDK that the project pins. */
export const API_VERSION = '2026-10-28.endive';
