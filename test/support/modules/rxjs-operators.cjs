// `rxjs/operators` of the one-file build of rxjs, see jest.config.mjs.
module.exports = require('rxjs').operators;
