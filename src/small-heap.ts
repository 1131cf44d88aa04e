import { setFlagsFromString } from 'node:v8';

// V8 lets a heap grow by half and more before it collects all of it, which for a service that keeps little between requests is
// memory that nobody uses. Imported first, so that it holds for what the modules leave behind as well.
setFlagsFromString('--heap-growing-percent=10');
